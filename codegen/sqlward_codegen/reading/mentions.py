"""Where a query mentions a parameter or an embed: `@name`, `$1`, `sqlc.arg(name)` and kin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import Span
from sqlward_codegen.reading.embeds import misplaced
from sqlward_codegen.reading.lexer import (
    COMMENTS,
    CONSTANTS,
    IDENTIFIER,
    OPERATOR,
    PARAMETER,
    RESERVED,
    STRING,
    UNICODE_IDENTIFIER,
    UNICODE_STRING,
    Token,
    Tokens,
    identifier,
)

MACROS: Final = ("arg", "narg", "slice", "embed")

_OPEN, _CLOSE, _COMMA, _DOT = ord("("), ord(")"), ord(","), ord(".")
_BRACKET_CLOSE: Final = ord("]")

# `b=@x` scans as the operator `=@`. No operator that PostgreSQL or its contributed modules
# define is one of these with `@` behind it, so the `@` is the parameter's.
_OPERATORS_BEFORE: Final = frozenset(
    {"=", "<>", "!=", "<=", ">=", ">", "+", "-", "*", "/", "%", "||", "->", "->>", "#>", "#>>"}
)

# Words that can be names, and yet stand before an expression: `ORDER BY @x`, `ROWS @n PRECEDING`,
# `AT TIME ZONE @zone`. After any other such word an `@` is an infix operator.
_BEFORE_EXPRESSION: Final = frozenset(
    {
        "BY",
        "ESCAPE",
        "ROWS",
        "RANGE",
        "GROUPS",
        "FIRST",
        "NEXT",
        "ZONE",
        "VALUE",
        "VALUES",
        "PASSING",
        "BETWEEN",
        "LIKE",
        "ILIKE",
        "SIMILAR",
        "TO",
    }
)
_RESERVED_OPERANDS: Final = frozenset(
    {
        "NULL",
        "TRUE",
        "FALSE",
        "END",
        "USER",
        "CURRENT_USER",
        "SESSION_USER",
        "SYSTEM_USER",
        "CURRENT_ROLE",
        "CURRENT_DATE",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "CURRENT_CATALOG",
        "LOCALTIME",
        "LOCALTIMESTAMP",
    }
)
_VALUES: Final = CONSTANTS | {PARAMETER}


@dataclass(frozen=True, slots=True)
class ParameterMention:
    """A parameter at characters `[start, end)` of the query's SQL; `name` or `number` is set.

    `operator` is what its `IN` becomes: `(start, end, text)`.
    """

    start: int
    end: int
    name: str | None = None
    number: int | None = None
    is_nullable: bool = False
    is_slice: bool = False
    operator: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True)
class EmbedMention:
    """A `sqlc.embed`: `relation` is the name, `sql` how it is written."""

    start: int
    end: int
    relation: str
    sql: str


@dataclass(frozen=True, slots=True)
class AuthorizedMention:
    """A `sqlward.authorized`: `alias` is how its table is called, as it is written."""

    start: int
    end: int
    alias: str


Mention = ParameterMention | EmbedMention | AuthorizedMention


def find_mentions(tokens: Tokens, path: str, offset: int) -> tuple[list[Mention], list[Diagnostic]]:
    """Give the mentions in a query's tokens, in order, and what is wrong with the others.

    `offset` is where the query's SQL starts in the file `path`.
    """
    finder = _Finder(tokens, path, offset)
    finder.find()
    return finder.mentions, finder.diagnostics


class _Finder:
    def __init__(self, tokens: Tokens, path: str, offset: int) -> None:
        self._tokens = tokens
        self._kinds = tokens.kinds
        self._path = path
        self._offset = offset
        self.mentions: list[Mention] = []
        self.diagnostics: list[Diagnostic] = []

    def find(self) -> None:
        text = self._tokens.text.lower()
        has_macros = "sqlc" in text or "sqlward" in text
        for index, kind in enumerate(self._kinds):
            if kind == PARAMETER:
                token = self._tokens[index]
                number = int(token.text[1:])
                self.mentions.append(ParameterMention(token.start, token.end, number=number))
            elif kind == OPERATOR:
                self._operator(index)
            elif has_macros and kind == IDENTIFIER:
                self._macro(index)

    # --- @name -------------------------------------------------------------------------

    def _operator(self, index: int) -> None:
        sign = self._tokens[index]
        if not sign.text.endswith("@") or index + 1 == len(self._kinds):
            return
        name = self._tokens[index + 1]
        if name.start != sign.end or not _can_name(name):
            return
        if sign.text == "@":
            if self._follows_operand(index):
                return
        elif sign.text[:-1] not in _OPERATORS_BEFORE:
            return
        self.mentions.append(ParameterMention(sign.end - 1, name.end, identifier(name.text)))

    def _follows_operand(self, index: int) -> bool:
        before = self._before(index)
        if before is None:
            return False
        token = self._tokens[before]
        if token.kind == _CLOSE:
            word = self._before(self._opening(before))
            return word is None or self._tokens[word].word != "OPERATOR"
        if token.kind == _BRACKET_CLOSE or token.kind in _VALUES:
            return True
        if token.keyword == RESERVED:
            return token.word in _RESERVED_OPERANDS
        return token.is_name and token.word not in _BEFORE_EXPRESSION

    # --- sqlc.*() ----------------------------------------------------------------------

    def _macro(self, index: int) -> None:
        if self._kinds[index + 1 : index + 2] != [_DOT] or self._kinds[index + 3 : index + 4] != [
            _OPEN
        ]:
            return
        first, name, opening = self._tokens[index], self._tokens[index + 2], index + 3
        if first.text.lower() == "sqlward":
            self._authorized(first, name, opening)
            return
        if first.text.lower() != "sqlc":
            return
        closing = self._closing(opening)
        if name.text.lower() not in MACROS:
            self._unknown(first, name)
        elif closing is None:
            self._wrong(first, self._tokens[opening], name, "its parenthesis is not closed")
        else:
            self._call(index, first, name.text.lower(), opening, closing)

    def _call(self, index: int, first: Token, macro: str, opening: int, closing: int) -> None:
        inner = [i for i in range(opening + 1, closing) if self._kinds[i] not in COMMENTS]
        arguments = [self._tokens[i] for i in inner]
        last = self._tokens[closing]
        if macro == "embed":
            self._embed(index, first, arguments, closing)
            return
        if len(arguments) != 1 or not _can_be_argument(arguments[0]):
            self._wrong_arguments(first, last, macro, arguments)
            return
        name = identifier(arguments[0].text)
        if not name:
            self._wrong_arguments(first, last, macro, [])
            return
        operator = self._slice_operator(index, closing) if macro == "slice" else None
        self.mentions.append(
            ParameterMention(
                first.start,
                last.end,
                name,
                is_nullable=macro == "narg",
                is_slice=macro == "slice",
                operator=operator,
            )
        )

    def _slice_operator(self, index: int, closing: int) -> tuple[int, int, str] | None:
        """Find the `IN` or `NOT IN` whose only item the slice is, and what it becomes."""
        opening, after = self._before(index), self._after(closing)
        word = self._before(self._opening(index))
        if word is None or self._tokens[word].word != "IN":
            return None
        if after is None or opening is None:
            return None
        if self._kinds[opening] != _OPEN or self._kinds[after] != _CLOSE:
            place = self._label(self._tokens.start(index), self._tokens.end(closing))
            message = "`sqlc.slice` must be the only item of its `IN`"
            way_out = "write `x IN (sqlc.slice(items)) OR x IN (…)`"
            self.diagnostics.append(Diagnostic("SW121", message, (place,), way_out))
            return None
        negation = self._before(word)
        end = self._tokens.end(word)
        if negation is not None and self._tokens[negation].word == "NOT":
            return self._tokens.start(negation), end, "<> ALL"
        return self._tokens.start(word), end, "= ANY"

    def _embed(self, index: int, first: Token, arguments: list[Token], closing: int) -> None:
        last = self._tokens[closing]
        names = arguments[::2]
        dotted = all(t.kind == _DOT for t in arguments[1::2])
        if not names or not dotted or len(arguments) % 2 == 0 or not all(map(_can_name, names)):
            self._wrong_arguments(first, last, "embed", arguments)
            return
        reason = misplaced(self._tokens, index, closing)
        if reason is not None:
            place = self._label(first.start, last.end)
            message = "`sqlc.embed` must stand alone in the select list or in `RETURNING`"
            self.diagnostics.append(Diagnostic("SW124", message, (place,), reason))
            return
        relation = identifier(names[-1].text)
        sql = ".".join(t.text for t in names)
        self.mentions.append(EmbedMention(first.start, last.end, relation, sql))

    def _authorized(self, first: Token, name: Token, opening: int) -> None:
        closing = self._closing(opening)
        last = self._tokens[closing if closing is not None else opening]
        place = self._label(first.start, last.end)
        if name.text.lower() != "authorized":
            message = f"unknown macro `sqlward.{name.text}`"
            self.diagnostics.append(
                Diagnostic("SW120", message, (place,), "the only one is `sqlward.authorized`")
            )
            return
        end = closing if closing is not None else len(self._kinds)
        inner = [i for i in range(opening + 1, end) if self._kinds[i] not in COMMENTS]
        if closing is None or len(inner) != 1 or not _can_name(self._tokens[inner[0]]):
            message = "`sqlward.authorized` takes the alias of one table of FROM"
            way_out = "write `sqlward.authorized(chats)`"
            self.diagnostics.append(Diagnostic("SW121", message, (place,), way_out))
            return
        alias = self._tokens[inner[0]].text
        self.mentions.append(AuthorizedMention(first.start, last.end, alias))

    # --- neighbours --------------------------------------------------------------------

    def _before(self, index: int | None) -> int | None:
        return self._step(index, -1)

    def _after(self, index: int | None) -> int | None:
        return self._step(index, 1)

    def _step(self, index: int | None, by: int) -> int | None:
        if index is None:
            return None
        index += by
        while 0 <= index < len(self._kinds) and self._kinds[index] in COMMENTS:
            index += by
        return index if 0 <= index < len(self._kinds) else None

    def _closing(self, opening: int) -> int | None:
        depth = 0
        for index in range(opening, len(self._kinds)):
            depth += (self._kinds[index] == _OPEN) - (self._kinds[index] == _CLOSE)
            if depth == 0:
                return index
        return None

    def _opening(self, index: int) -> int | None:
        """Give the position of the parenthesis that encloses the token."""
        depth = 0
        for i in range(index - 1, -1, -1):
            depth += (self._kinds[i] == _CLOSE) - (self._kinds[i] == _OPEN)
            if depth < 0:
                return i
        return None

    # --- complaints --------------------------------------------------------------------

    def _label(self, start: int, end: int, text: str = "") -> Label:
        return Label(Span(self._path, self._offset + start, self._offset + end), text)

    def _unknown(self, first: Token, name: Token) -> None:
        message = f"unknown macro `sqlc.{name.text}`"
        known = ", ".join(f"`sqlc.{m}`" for m in MACROS)
        close = did_you_mean(f"sqlc.{name.text}", (f"sqlc.{m}" for m in MACROS))
        place = self._label(first.start, name.end)
        self.diagnostics.append(Diagnostic("SW120", message, (place,), close or f"one of {known}"))

    def _wrong(self, first: Token, last: Token, name: Token, why: str) -> None:
        place = self._label(first.start, last.end, why)
        message = f"`sqlc.{name.text.lower()}` is not complete"
        self.diagnostics.append(Diagnostic("SW121", message, (place,)))

    def _wrong_arguments(
        self, first: Token, last: Token, macro: str, arguments: list[Token]
    ) -> None:
        wanted = "the name of a relation" if macro == "embed" else "one name"
        example = "chats" if macro == "embed" else "chat_id"
        message = f"`sqlc.{macro}` takes {wanted}"
        if arguments:
            found = self._tokens.text[arguments[0].start : arguments[-1].end]
            message += f", not `{' '.join(found.split())}`"
            place = self._label(arguments[0].start, arguments[-1].end)
        else:
            place = self._label(first.start, last.end)
        help_text = f"write `sqlc.{macro}({example})`"
        self.diagnostics.append(Diagnostic("SW121", message, (place,), help_text))


def _can_name(token: Token) -> bool:
    return token.is_name and token.kind != UNICODE_IDENTIFIER


def _can_be_argument(token: Token) -> bool:
    if token.kind == UNICODE_STRING:
        return False
    return _can_name(token) or (token.kind == STRING and token.text.startswith("'"))
