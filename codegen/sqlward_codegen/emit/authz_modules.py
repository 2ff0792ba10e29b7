"""The modules of the authorization layer: `authz.py` and `authz_store.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.authz.pushdown import id_column, quoted
from sqlward_codegen.authz.resources import SYSTEM, Resource
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.emit.authz_bodies import Surroundings, body
from sqlward_codegen.emit.authz_objects import Objects
from sqlward_codegen.emit.authz_plan import (
    AUTHZ,
    AUTHZ_STORE,
    AuthzMethodText,
    AuthzModule,
    AuthzStoreModule,
    SignatureText,
    StoreRules,
)
from sqlward_codegen.emit.authz_variants import (
    filtered_name,
    locking_name,
    method_variants,
    predicate_name,
)
from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.plan import EnumText, MemberText, MethodText
from sqlward_codegen.emit.schema_classes import Models
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.signature import method_text
from sqlward_codegen.emit.text import docstring, string
from sqlward_codegen.model import Command
from sqlward_codegen.names import constant_case

LAYER_NAMES = frozenset(
    {
        "Action",
        "AsyncAuthzStore",
        "AsyncInnerStore",
        "AsyncPolicy",
        "AuthzStore",
        "InnerStore",
        "Policy",
        "Resource",
    }
)
"""Names of the package in a project with the layer, which no class of the schema may have."""


def authz_module(rules: StoreRules) -> AuthzModule:
    """Give the plan of the module of resources, actions and predicates."""
    scope = Scope(AUTHZ, {"Action", "Resource"})
    scope.name("enum", "StrEnum")
    names = [r.name for r in rules.resources.resources]
    types = tuple(dict.fromkeys([*names, SYSTEM]))
    actions = dict.fromkeys(a for r in rules.resources.resources for a in r.actions)
    actions |= dict.fromkeys(rules.resources.system_actions)
    enums = (
        EnumText("Resource", docstring(("A type of object.",), 4), _members(types)),
        EnumText("Action", docstring(("What can be done to an object.",), 4), _members(actions)),
    )
    constants = tuple(
        (predicate_name(resource.name), _predicate(resource, scope)) for resource in rules.pushed
    )
    if constants:
        scope.name("typing", "Final")
    doc = docstring(("The resources and actions of `schema/resources.toml`.",), 0)
    return AuthzModule("authz.py", doc, scope.imports(), enums, constants)


def _members(words: Iterable[str]) -> tuple[MemberText, ...]:
    return tuple(MemberText(constant_case(word), string(word)) for word in words)


def _predicate(resource: Resource, scope: Scope) -> str:
    predicate = scope.name("sqlward.authz", "predicate")
    columns = scope.name("sqlward.authz", "ResourceColumns")
    column = scope.name("sqlward.authz", "IdColumn")
    given = []
    for part, name in resource.parts:
        if part.endswith("_acl"):
            given.append(f"{part}={string(quoted(name))}")
        else:
            sql, kind = id_column(resource, name)
            type_ = "" if kind == "uuid" else f", {string(kind)}"
            given.append(f"{part}={column}({string(sql)}{type_})")
    return f"{predicate}({columns}({', '.join(given)}))"


def authz_store_module(
    methods: Sequence[Method], rules: StoreRules, models: Models
) -> AuthzStoreModule:
    """Give the plan of the layer's module."""
    local = {a.name for m in methods for a in m.arguments} | {
        r.name for r in rules.resources.resources
    }
    scope = Scope(
        AUTHZ_STORE, LAYER_NAMES - {"Action", "Resource"}, {m.name for m in methods}, local
    )
    for module, name in _ALWAYS:
        scope.name(module, name)
    objects = Objects(scope, rules.resources, models)
    around = Surroundings(rules, {m.query.name: m for m in methods}, objects, scope)
    written = tuple(_method(method, around) for method in methods)
    variants = tuple(_variants(methods, rules, scope))
    policy = tuple(_policy(methods, rules, scope))
    if policy:
        scope.name("sqlward.authz", "Authorizer")
    doc = docstring(("The store behind authorization.",), 0)
    return AuthzStoreModule(
        "authz_store.py",
        doc,
        scope.imports(),
        objects=objects.functions,
        variants=variants,
        policy=policy,
        methods=written,
    )


_ALWAYS = (
    ("typing", "Protocol"),
    ("sqlward.authz.layer", "AsyncAuthzLayer"),
    ("sqlward.authz.layer", "AsyncLayeredStore"),
    ("sqlward.authz.layer", "AuthzLayer"),
    ("sqlward.authz.layer", "LayeredStore"),
    (".store", "AsyncStore"),
    (".store", "Store"),
)


def _method(method: Method, around: Surroundings) -> AuthzMethodText:
    text = method_text(method, around.scope)
    lines, _ = body(method, around, is_async=False)
    async_lines, is_generator = body(method, around, is_async=True)
    return AuthzMethodText(
        name=text.name,
        arguments=text.arguments,
        async_arguments=text.async_arguments,
        result=text.result,
        async_result=text.async_result,
        doc=text.doc,
        body=lines,
        async_body=async_lines,
        is_coroutine=method.command is not Command.ITER or is_generator,
    )


def _variants(
    methods: Sequence[Method], rules: StoreRules, scope: Scope
) -> Iterator[SignatureText]:
    names = Scope(AUTHZ_STORE)
    for method in methods:
        text: MethodText = method_text(method, scope)
        for variant in method_variants(method, text, rules, names):
            scope.name("sqlward.authz", "Grant")
            yield SignatureText(
                variant.name,
                variant.arguments,
                variant.async_arguments,
                variant.result,
                variant.async_result,
                async_is_coroutine=variant.is_coroutine,
            )


def _policy(methods: Sequence[Method], rules: StoreRules, scope: Scope) -> Iterator[SignatureText]:
    for method in methods:
        rule = next(
            (r for r in rules.rules(method.query.name) if r.strategy is Strategy.CUSTOM), None
        )
        if rule is None:
            continue
        check = scope.name("sqlward.authz.layer", "Check")
        text = method_text(method, scope)
        is_async = rule.reason == "async"
        yield SignatureText(
            method.name,
            _with_check(text.arguments, f"{check}[InnerStore]"),
            _with_check(text.async_arguments, f"{check}[AsyncInnerStore]"),
            "None",
            "None",
            is_coroutine=not is_async,
            async_is_coroutine=is_async,
        )


def _with_check(arguments: str, check: str) -> str:
    rest = arguments.removeprefix("self").removeprefix(", ").removeprefix("*, ")
    return f"self, check: {check}, /" + (f", *, {rest}" if rest else "")


def layer_classes(rules: StoreRules) -> list[tuple[str, str]]:
    """Give module and name of what the layer adds to the package."""
    found = [
        (AUTHZ, "Action"),
        (AUTHZ, "Resource"),
        (AUTHZ_STORE, "AsyncAuthzStore"),
        (AUTHZ_STORE, "AuthzStore"),
    ]
    strategies = {r.strategy for ruled in rules.authorization.queries for r in ruled.rules}
    if Strategy.CUSTOM in strategies:
        found += [(AUTHZ_STORE, "AsyncPolicy"), (AUTHZ_STORE, "Policy")]
    return found


def variant_collisions(methods: Sequence[Method], rules: StoreRules) -> list[Diagnostic]:
    """Report queries that are called like another form of a query."""
    made: dict[str, Method] = {}
    for method in methods:
        if rules.pushed_rule(method.query.name) is not None:
            made[filtered_name(method.name)] = method
        if method.query.name in rules.locked:
            made[locking_name(method.name)] = method
    return [
        Diagnostic(
            "SW305",
            f"`{method.query.name}` would be the method `{method.name}`, a form of "
            f"`{made[method.name].query.name}`",
            (Label(method.query.statement.query.name_span),),
            help="give the query another name",
        )
        for method in methods
        if method.name in made
    ]
