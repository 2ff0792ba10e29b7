"""The other forms of a query that the authorization layer runs: filtered, and locking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.emit.authz_plan import AUTHZ, StoreRules
from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.plan import MethodText, QueryText
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.text import docstring, sql_literal, string
from sqlward_codegen.model import Command
from sqlward_codegen.names import constant_case


def filtered_name(name: str) -> str:
    """Give the name of the form that takes a grant."""
    return f"{name}_authorized"


def locking_name(name: str) -> str:
    """Give the name of the form that locks the row."""
    return f"{name}_for_update"


def predicate_name(resource: str) -> str:
    """Give the name of the constant that holds a resource's predicate."""
    return f"{constant_case(resource)}_PREDICATE"


def counted_command(command: Command, rule: ProvedRule) -> Command:
    """Give the command of the filtered form: a guard has to know whether it touched anything."""
    is_silent = rule.strategy is Strategy.GUARD and command is Command.EXEC
    return Command.EXECROWS if is_silent else command


def query_variants(method: Method, text: QueryText, rules: StoreRules) -> Iterator[QueryText]:
    """Give the constants of the other forms of a query; `text` is its own."""
    query = method.query
    head = f"-- name: {query.name} {method.command}\n"
    bare = replace(text, classes=(), alias=None, functions=())
    if query.statement.pushdown is not None and rules.pushed_rule(query.name) is not None:
        own = [k for k in text.keywords if k.startswith("parameters=")]
        rest = [k for k in text.keywords if not k.startswith("parameters=")]
        inside = own[0].removeprefix("parameters=(").removesuffix(")").rstrip(",") if own else ""
        types = [inside] if inside else []
        types += [string(_type_name(t)) for t in query.statement.pushdown.types]
        yield replace(
            bare,
            constant=f"{text.constant}_AUTHORIZED",
            sql=sql_literal(head + query.statement.sql),
            keywords=(f"parameters=({', '.join(types)},)", *rest),
        )
    if query.name in rules.locked and query.locking is not None:
        yield replace(
            bare,
            constant=f"{text.constant}_FOR_UPDATE",
            sql=sql_literal(head + query.locking),
        )


def _type_name(sql: str) -> str:
    return {"boolean": "bool"}.get(sql, sql)


def method_variants(
    method: Method, text: MethodText, rules: StoreRules, scope: Scope
) -> Iterator[MethodText]:
    """Give the methods of the other forms of a query; `text` is its own, with its call."""
    rule = rules.pushed_rule(method.query.name)
    if rule is not None and method.query.statement.pushdown is not None:
        yield _filtered(method, text, rule, scope)
    if method.query.name in rules.locked:
        doc = f"`{method.name}` with its row locked until the transaction ends."
        call = text.call.replace(f"({method.constant}", f"({method.constant}_FOR_UPDATE", 1)
        yield replace(text, name=locking_name(method.name), doc=docstring((doc,), 8), call=call)


def _filtered(method: Method, text: MethodText, rule: ProvedRule, scope: Scope) -> MethodText:
    grant = scope.name("sqlward.authz", "Grant")
    predicate = scope.name(AUTHZ, predicate_name(rule.resource), called=True)
    command = counted_command(method.command, rule)
    name = grant_argument(method)
    call = text.call.removesuffix(")").replace(
        f"({method.constant}", f"({method.constant}_AUTHORIZED", 1
    )
    if command is not method.command:
        call = call.replace("self._exec(", "self._execrows(", 1)
    counts = command is not method.command
    return replace(
        text,
        name=filtered_name(method.name),
        arguments=_with_grant(text.arguments, name, grant),
        async_arguments=_with_grant(text.async_arguments, name, grant),
        result="int" if counts else text.result,
        async_result="int" if counts else text.async_result,
        doc=docstring((f"`{method.name}` for the rows that a subject's grant admits.",), 8),
        call=f"{call}, *{predicate}.values({name}))",
    )


def grant_argument(method: Method) -> str:
    """Give the name of the argument that takes the grant."""
    return "grant_" if any(a.name == "grant" for a in method.arguments) else "grant"


def _with_grant(arguments: str, name: str, annotation: str) -> str:
    return arguments.replace("self", f"self, {name}: {annotation}", 1)
