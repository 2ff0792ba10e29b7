"""The bodies of the layer's methods: ask, fetch, run, look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.emit.authz_objects import Objects
from sqlward_codegen.emit.authz_plan import PUSHED, StoreRules
from sqlward_codegen.emit.authz_variants import filtered_name, locking_name
from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.text import string
from sqlward_codegen.model import Command, Write

_PER_ITEM = (Command.COPYFROM, Command.BATCHEXEC, Command.BATCHONE, Command.BATCHMANY)
_NOTHING = {
    Command.OPT: "return None",
    Command.MANY: "return []",
    Command.EXEC: "return",
    Command.EXECROWS: "return 0",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a body is written with: the rules, the methods by query, and the module's names."""

    rules: StoreRules
    methods: dict[str, Method]
    objects: Objects
    scope: Scope


def body(method: Method, around: Surroundings, *, is_async: bool) -> tuple[tuple[str, ...], bool]:
    """Give the lines of a method's body, and whether it is a generator."""
    writer = _Body(method, around, is_async)
    return tuple(writer.lines()), writer.is_generator


class _Body:
    def __init__(self, method: Method, around: Surroundings, is_async: bool) -> None:
        self._method = method
        self._rules = around.rules.rules(method.query.name)
        self._methods = around.methods
        self._objects = around.objects
        self._scope = around.scope
        self._is_async = is_async
        self._await = "await " if is_async else ""
        self._taken = {argument.name for argument in method.arguments} | {"rows"}
        reads = any(rule.strategy is Strategy.READ for rule in self._rules)
        is_iter = method.command is Command.ITER
        self.is_generator = is_iter and (reads or self._needs_transaction())

    def lines(self) -> Iterator[str]:
        if self._runs_before_asking():
            yield "self._require_actor()"
        if not self._needs_transaction():
            yield from self._steps("self._inner")
            return
        inner = self._local("inner")
        word = "async with" if self._is_async else "with"
        yield f"{word} self._inner.transaction() as {inner}:"
        yield from _indented(self._steps(inner))

    def _steps(self, inner: str) -> Iterator[str]:
        for rule in self._rules:
            yield from self._before(rule, inner)
        pushed = next((r for r in self._rules if r.strategy in PUSHED), None)
        reads = [rule for rule in self._rules if rule.strategy is Strategy.READ]
        if pushed is not None:
            yield from self._pushed(pushed, inner, reads)
        else:
            yield from self._finish(self._call(inner), reads)

    # --- before ------------------------------------------------------------------------

    def _before(self, rule: ProvedRule, inner: str) -> Iterator[str]:
        objects = self._objects
        match rule.strategy:
            case Strategy.SYSTEM:
                made = objects.without_parts(rule)
                yield f"self._authorize({objects.action(rule)}, {made})"
            case Strategy.CREATE if self._method.command in _PER_ITEM:
                each = "_each"
                is_stream = self._method.command is Command.COPYFROM
                if self._is_async and is_stream:
                    each = "_each_async"
                made = objects.of_items(rule, self._method)
                rows = self._local("checked")
                yield f"{rows} = self.{each}({objects.action(rule)}, rows, {made})"
            case Strategy.CREATE:
                made = objects.of_arguments(rule, self._method)
                yield f"self._authorize({objects.action(rule)}, {made})"
            case Strategy.VIA:
                yield from self._via(rule, inner)
            case Strategy.CUSTOM:
                yield from self._custom(rule, inner)

    def _via(self, rule: ProvedRule, inner: str) -> Iterator[str]:
        fetch = self._methods[rule.fetch]
        name = locking_name(fetch.name) if rule.locking_variant else fetch.name
        fetched = self._local(rule.resource)
        call = f"{inner}.{name}({self._fetch_arguments(rule, fetch)})"
        yield f"{fetched} = {self._await}{call}"
        if fetch.command is Command.OPT:
            yield f"if {fetched} is None:"
            yield f"    raise {self._not_authorized()}"
        made = self._objects.of_rows(rule, fetch)
        yield f"self._authorize({self._objects.action(rule)}, {made}({fetched}))"

    def _fetch_arguments(self, rule: ProvedRule, fetch: Method) -> str:
        own = dict(zip(_numbers(self._method), self._method.arguments, strict=True))
        given = dict(rule.given)
        values = [
            (argument.name, own[given[number]].name)
            for number, argument in zip(_numbers(fetch), fetch.arguments, strict=True)
        ]
        if len(values) == 1:
            return values[0][1]
        return ", ".join(f"{name}={value}" for name, value in values)

    def _custom(self, rule: ProvedRule, inner: str) -> Iterator[str]:
        method = self._method
        is_async_rule = rule.reason == "async"
        if is_async_rule and not self._is_async:
            message = f"the rule of `{method.query.name}` is asynchronous: use AsyncAuthzStore"
            yield f"raise TypeError({string(message)})"
            return
        given = "".join(f", {a.name}={a.name}" for a in method.arguments)
        if method.item is not None:
            given = ", rows=rows"
        check = f"self._check({string(method.query.name)}, {inner})"
        prefix = "await " if is_async_rule else ""
        yield f"{prefix}self._policy.{method.name}({check}{given})"

    # --- the statement -----------------------------------------------------------------

    def _call(self, inner: str, name: str | None = None, first: str = "") -> str:
        method = self._method
        if method.item is not None:
            is_checked = any(rule.strategy is Strategy.CREATE for rule in self._rules)
            return f"{inner}.{method.name}({self._local('checked') if is_checked else 'rows'})"
        arguments = [argument.name for argument in method.arguments]
        if len(arguments) > 1:
            arguments = [f"{a}={a}" for a in arguments]
        given = [*([first] if first else []), *arguments]
        return f"{inner}.{name or method.name}({', '.join(given)})"

    def _pushed(self, rule: ProvedRule, inner: str, reads: list[ProvedRule]) -> Iterator[str]:
        grant = self._local("grant")
        action, resource = self._objects.action(rule), self._objects.resource(rule)
        yield f"{grant} = self._grant({action}, {resource})"
        refused = self._refused(rule)
        if refused is not None:
            declared = self._objects.declared(rule)
            has_acl = declared.user_acl or (declared.group_acl and declared.organization)
            yield f"if {grant}.{'never' if has_acl else 'never_without_acls'}:"
            yield f"    {refused}"
        yield f"if {grant}.site_all:"
        yield from _indented(self._finish(self._call(inner), reads, is_last=False))
        call = self._call(inner, filtered_name(self._method.name), grant)
        if rule.strategy is Strategy.GUARD:
            yield from self._guarded(call, reads)
        else:
            yield from self._finish(call, reads)

    def _refused(self, rule: ProvedRule) -> str | None:
        """Give what to do when no row can be meant; None where the statement has to say."""
        if rule.strategy is Strategy.GUARD:
            return f"raise {self._not_authorized()}"
        access = self._method.query.access
        if access is not None and "an aggregate" in access.narrowed:
            return None
        if self._method.command is Command.ONE:
            return f"raise {self._not_authorized()}"
        if self._method.command is Command.ITER:
            if self.is_generator:
                return "return"
            nothing = self._scope.name("sqlward.authz.layer", "nothing", called=True)
            return f"return {nothing}()" if self._is_async else "return iter(())"
        return _NOTHING.get(self._method.command)

    def _guarded(self, call: str, reads: list[ProvedRule]) -> Iterator[str]:
        """Run the statement, and take it as a refusal when it touched nothing."""
        error = self._not_authorized()
        command = self._method.command
        if command is Command.ONE:
            missing = self._scope.name("sqlward.errors", "NoRowsError", called=True)
            yield "try:"
            yield from _indented(self._finish(call, reads))
            yield f"except {missing}:"
            yield f"    raise {error} from None"
            return
        found = self._local("touched")
        test = {
            Command.OPT: f"{found} is None",
            Command.EXECRESULT: f"not {found}.rows",
        }.get(command, f"not {found}")
        yield f"{found} = {self._await}{call}"
        yield f"if {test}:"
        yield f"    raise {error}"
        if command is not Command.EXEC:
            yield f"return {found}"

    # --- after -------------------------------------------------------------------------

    def _finish(self, call: str, reads: list[ProvedRule], *, is_last: bool = True) -> Iterator[str]:
        command = self._method.command
        if command is Command.ITER:
            yield from self._iterate(call, reads, is_last)
            return
        if not reads:
            if command in (Command.EXEC, Command.BATCHEXEC):
                yield f"{self._await}{call}"
                if not is_last:
                    yield "return"
            else:
                yield f"return {self._await}{call}"
            return
        if command is Command.MANY:
            found = f"{self._await}{call}"
            for rule in reads:
                made = self._objects.of_rows(rule, self._method)
                found = f"self._allowed({self._objects.action(rule)}, {found}, {made})"
            yield f"return {found}"
            return
        row = self._local("row")
        yield f"{row} = {self._await}{call}"
        checks = [
            f"self._authorize({self._objects.action(rule)}, "
            f"{self._objects.of_rows(rule, self._method)}({row}))"
            for rule in reads
        ]
        if command is Command.OPT:
            yield f"if {row} is not None:"
            checks = [f"    {check}" for check in checks]
        yield from checks
        yield f"return {row}"

    def _iterate(self, call: str, reads: list[ProvedRule], is_last: bool) -> Iterator[str]:
        if not self.is_generator:
            yield f"return {call}"
            return
        row = self._local("row")
        tests = [
            f"self._allows({self._objects.action(rule)}, "
            f"{self._objects.of_rows(rule, self._method)}({row}))"
            for rule in reads
        ]
        if not tests and not self._is_async:
            yield f"yield from {call}"
        else:
            yield f"{'async for' if self._is_async else 'for'} {row} in {call}:"
            if tests:
                yield f"    if {' and '.join(tests)}:"
                yield f"        yield {row}"
            else:
                yield f"    yield {row}"
        if not is_last:
            yield "return"

    # --- names -------------------------------------------------------------------------

    def _needs_transaction(self) -> bool:
        strategies = {rule.strategy for rule in self._rules}
        return Strategy.VIA in strategies or (Strategy.CUSTOM in strategies and self._writes())

    def _runs_before_asking(self) -> bool:
        """Whether something is read before anybody is asked for: then ask first who acts."""
        return self._needs_transaction() or self._rules[0].strategy is Strategy.READ

    def _writes(self) -> bool:
        access = self._method.query.access
        if access is None:
            return True
        return any(o.write is not Write.NOTHING for o in access.occurrences)

    def _local(self, name: str) -> str:
        return name if name not in self._taken else f"{name}_"

    def _not_authorized(self) -> str:
        name = self._scope.name("sqlward.authz", "NotAuthorizedError", called=True)
        return f"{name}({string(self._method.query.name)})"


def _numbers(method: Method) -> list[int]:
    return sorted(p.number for p in method.query.parameters)


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
