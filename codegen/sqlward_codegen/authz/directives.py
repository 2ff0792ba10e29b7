"""The grammar of `-- authz: …` and `-- exposes: …`, and what is wrong with a directive's form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlward_codegen.authz.resources import SYSTEM
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.model import Directive, Span


class Strategy(StrEnum):
    """How a rule is kept: the word in the lock file."""

    READ = "read"
    CREATE = "create"
    VIA = "via"
    FILTER = "filter"
    GUARD = "guard"
    SYSTEM = "system"
    CUSTOM = "custom"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a directive and where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Given:
    """`name=@parameter`."""

    name: Word
    parameter: Word


@dataclass(frozen=True, slots=True)
class Rule:
    """One `-- authz:` line. `fetch` and `given` are of `via`, or `given` of `create`."""

    strategy: Strategy
    span: Span
    action: Word | None = None
    resource: Word | None = None
    given: tuple[Given, ...] = ()
    fetch: Word | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One `resource(column, …)` of an `-- exposes:` line."""

    resource: Word
    columns: tuple[Word, ...]
    span: Span


FORMS: Final = (
    "`-- authz: read chat`, `create chat(owner=@owner_id)`, `update chat via GetChat(id=@id)`, "
    '`filter read chat`, `guard update chat`, `update system`, `custom`, or `none "reason"`'
)

_TOKEN: Final = re.compile(r'\s*([A-Za-z_]\w*|@\w+|"[^"]*"|\S)')
_KEYWORDS: Final = frozenset({"via", "filter", "guard", "custom", "none"})


def read_rule(directive: Directive) -> Rule | Diagnostic:
    """Read an `authz` directive."""
    return _Parser(directive).rule()


def read_exposures(directive: Directive) -> tuple[Exposure, ...] | Diagnostic:
    """Read an `exposes` directive."""
    return _Parser(directive).exposures()


class _WrongError(Exception):
    def __init__(self, message: str, word: Word | None, help: str | None = None) -> None:
        self.message, self.word, self.help = message, word, help
        super().__init__(message)


class _Parser:
    """Reads the words behind the colon, one by one."""

    def __init__(self, directive: Directive) -> None:
        self._directive = directive
        span = directive.span
        # What a directive says is the end of its line.
        offset = span.end - len(directive.value)
        self._words = [
            Word(m.group(1), Span(span.path, offset + m.start(1), offset + m.end(1)))
            for m in _TOKEN.finditer(directive.value)
        ]
        self._at = 0

    def rule(self) -> Rule | Diagnostic:
        try:
            rule = self._rule()
            self._end()
        except _WrongError as wrong:
            return self._diagnostic(wrong, f"one of {FORMS}")
        return rule

    def exposures(self) -> tuple[Exposure, ...] | Diagnostic:
        try:
            found = [self._exposure()]
            while self._is(","):
                self._next()
                found.append(self._exposure())
            self._end()
        except _WrongError as wrong:
            return self._diagnostic(wrong, "write `-- exposes: user(username, email)`")
        return tuple(found)

    def _diagnostic(self, wrong: _WrongError, form: str) -> Diagnostic:
        span = wrong.word.span if wrong.word else self._directive.span
        return Diagnostic("SW411", wrong.message, (Label(span),), wrong.help or form)

    # --- authz -------------------------------------------------------------------------

    def _rule(self) -> Rule:
        span = self._directive.span
        first = self._next("a rule")
        if first.text == "custom":
            return Rule(Strategy.CUSTOM, span)
        if first.text == "none":
            return Rule(Strategy.NONE, span, reason=self._reason(first))
        if first.text in ("filter", "guard"):
            action, resource = self._name("an action"), self._name("a resource")
            return Rule(Strategy(first.text), span, action, resource)
        self._at -= 1
        action, resource = self._name("an action"), self._name("a resource")
        if self._is("via"):
            self._next()
            fetch = self._name("the name of a query")
            return Rule(Strategy.VIA, span, action, resource, self._arguments(fetch), fetch)
        if resource.text == SYSTEM:
            return Rule(Strategy.SYSTEM, span, action, resource)
        if action.text == "create":
            given = self._arguments(resource) if self._is("(") else ()
            return Rule(Strategy.CREATE, span, action, resource, given)
        return Rule(Strategy.READ, span, action, resource)

    def _reason(self, word: Word) -> str:
        found = self._words[self._at] if self._at < len(self._words) else None
        reason = found.text.strip('"').strip() if found and found.text.startswith('"') else ""
        if not reason:
            raise _WrongError(
                "an exemption without a reason",
                found or word,
                'say why nobody has to be asked: `-- authz: none "health check"`',
            )
        self._next()
        return reason

    def _arguments(self, after: Word) -> tuple[Given, ...]:
        if not self._is("("):
            raise _WrongError(
                f"expected `(` after `{after.text}`",
                self._words[self._at] if self._at < len(self._words) else after,
                f"write `{after.text}(id=@id)`",
            )
        self._next()
        found: list[Given] = []
        while not self._is(")"):
            name = self._name("a name")
            self._expect("=", f"`{name.text}=@{name.text}`")
            parameter = self._next(f"a parameter, as in `{name.text}=@{name.text}`")
            if not parameter.text.startswith("@"):
                raise _WrongError(
                    f"`{parameter.text}` is no parameter of the query",
                    parameter,
                    f"write `{name.text}=@{parameter.text.lstrip('$:')}`",
                )
            if any(g.name.text == name.text for g in found):
                raise _WrongError(f"`{name.text}` is given twice", name)
            found.append(Given(name, Word(parameter.text[1:], parameter.span)))
            if not self._is(","):
                break
            self._next()
        self._expect(")", "`)`")
        return tuple(found)

    # --- exposes -----------------------------------------------------------------------

    def _exposure(self) -> Exposure:
        resource = self._name("a resource")
        self._expect("(", f"`{resource.text}(column, …)`")
        columns = [self._column()]
        while self._is(","):
            self._next()
            columns.append(self._column())
        last = self._expect(")", "`)`")
        span = Span(resource.span.path, resource.span.start, last.span.end)
        return Exposure(resource, tuple(columns), span)

    def _column(self) -> Word:
        return self._next() if self._is("*") else self._name("a column")

    # --- words -------------------------------------------------------------------------

    def _is(self, text: str) -> bool:
        return self._at < len(self._words) and self._words[self._at].text == text

    def _next(self, wanted: str = "") -> Word:
        if self._at >= len(self._words):
            last = self._words[-1] if self._words else None
            raise _WrongError(f"expected {wanted}, found the end of the line", last)
        self._at += 1
        return self._words[self._at - 1]

    def _name(self, wanted: str) -> Word:
        word = self._next(wanted)
        if not word.text.isidentifier() or word.text in _KEYWORDS:
            raise _WrongError(f"expected {wanted}, found `{word.text}`", word)
        return word

    def _expect(self, text: str, wanted: str) -> Word:
        word = self._next(wanted)
        if word.text != text:
            raise _WrongError(f"expected {wanted}, found `{word.text}`", word)
        return word

    def _end(self) -> None:
        if self._at < len(self._words):
            rest = self._words[self._at]
            raise _WrongError(f"unexpected `{rest.text}`", rest)
