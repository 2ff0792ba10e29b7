"""Where the clauses of a statement stand in the user's file.

A stored tree has no positions from PostgreSQL 17 on, so the clauses are found by the scanner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlward_codegen.lexer import COMMENTS, LexError, Token, scan
from sqlward_codegen.model import Span, Statement

_OPEN, _CLOSE = ord("("), ord(")")

_CLAUSES = frozenset(
    [
        "SELECT",
        "FROM",
        "WHERE",
        "GROUP",
        "HAVING",
        "WINDOW",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "FETCH",
        "FOR",
        "SET",
        "USING",
        "VALUES",
        "ON",
        "RETURNING",
        "WITH",
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
    ]
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its first word (upper case), and the spans of the word and of what follows."""

    word: str
    keyword: Span
    body: Span


def clauses(statement: Statement) -> tuple[Clause, ...]:
    """Give the clauses of the outermost query, in the order written."""
    found: list[Clause] = []
    try:
        outermost = list(_outermost(statement.sql))
    except LexError:
        return ()
    starts = [i for i, (token, depth) in enumerate(outermost) if not depth and _starts(token)]
    for start, end in zip(starts, [*starts[1:], len(outermost)], strict=True):
        word = outermost[start][0]
        if start + 1 == end:
            continue
        body = statement.sql_map.span(outermost[start + 1][0].start, outermost[end - 1][0].end)
        keyword = statement.sql_map.span(word.start, word.end)
        found.append(Clause(word.word, keyword, body))
    return tuple(found)


def clause(statement: Statement, word: str) -> Clause | None:
    """Give the last clause of that name in the outermost query."""
    return next((c for c in reversed(clauses(statement)) if c.word == word), None)


def statement_span(statement: Statement) -> Span:
    """Give the place of the whole statement."""
    return statement.sql_map.span(0, len(statement.sql))


def written(statement: Statement, text: str) -> Span | None:
    """Give the place of the first name that reads like that, case aside."""
    try:
        tokens = scan(statement.sql)
    except LexError:
        return None
    for index in range(len(tokens)):
        token = tokens[index]
        if token.is_name and token.text.strip('"').lower() == text.lower():
            return statement.sql_map.span(token.start, token.end)
    return None


def _outermost(sql: str) -> Iterator[tuple[Token, int]]:
    tokens = scan(sql)
    depth = 0
    for index, kind in enumerate(tokens.kinds):
        if kind in COMMENTS:
            continue
        depth -= kind == _CLOSE
        yield tokens[index], depth
        depth += kind == _OPEN


def _starts(token: Token) -> bool:
    return token.word in _CLAUSES


def stars(statement: Statement) -> tuple[Span, ...]:
    """Give the places of `*` and `t.*` in the select list of the outermost query."""
    select = clause(statement, "SELECT") or clause(statement, "RETURNING")
    if select is None:
        return ()
    found: list[Span] = []
    before = _COMMA
    for token, depth in _outermost(statement.sql):
        place = statement.sql_map.span(token.start, token.end)
        inside = select.body.start <= place.start < select.body.end
        if inside and not depth and token.text == "*" and before in (_COMMA, ".", "SELECT"):
            found.append(place)
        before = token.word or token.text
    return tuple(found)


def compared_null(statement: Statement) -> Span | None:
    """Give the place of the first NULL behind a comparison operator, the operator included."""
    return _first_pair(statement, lambda one, two: one.text in _COMPARISONS and two.word == "NULL")


def clause_around(statement: Statement, words: tuple[str, str]) -> Span | None:
    """Give the place of the first two words that stand side by side."""
    return _first_pair(statement, lambda one, two: (one.word, two.word) == words)


def _first_pair(statement: Statement, fits: Callable[[Token, Token], bool]) -> Span | None:
    before: Token | None = None
    for token, _ in _outermost(statement.sql):
        if before is not None and fits(before, token):
            return statement.sql_map.span(before.start, token.end)
        before = token
    return None


_COMMA = ","
_COMPARISONS = frozenset(("=", "<>", "!=", "<", ">", "<=", ">="))
