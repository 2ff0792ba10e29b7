"""Where the clauses of a statement stand in the user's file.

A stored tree has no positions from PostgreSQL 17 on, so the clauses are found by the scanner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlward_codegen.model import Span, Statement
from sqlward_codegen.reading.lexer import COMMENTS, LexError, Token, identifier, scan

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


def joined(statement: Statement, alias: str) -> Span | None:
    """Give the place of the relation that FROM or a JOIN brings in under that name.

    None where there are several, or none behind one of these words.
    """
    try:
        tokens = [token for token, _ in _outermost(statement.sql)]
    except LexError:
        return None
    starts = [_source_start(tokens, i) for i, t in enumerate(tokens) if _names(t, alias)]
    found = [start for start in starts if start is not None]
    if len(found) != 1:
        return None
    return statement.sql_map.span(tokens[found[0]].start, tokens[found[0]].end)


def _names(token: Token, alias: str) -> bool:
    if not token.is_name:
        return False
    return (identifier(token.text) if token.text[:1] == '"' else token.text.lower()) == alias


def _source_start(tokens: Sequence[Token], at: int) -> int | None:
    """Give where a source of FROM begins that the name at that position ends, or None."""
    if at + 1 < len(tokens) and tokens[at + 1].text == ".":
        return None
    start = at
    if _word(tokens, at - 1) not in _BEFORE_SOURCE and _text(tokens, at - 1) != ".":
        start = at - 2 if _word(tokens, at - 1) == "AS" else at - 1
        if _text(tokens, start) == ")":
            start = _opening(tokens, start)
            start -= start > 0 and tokens[start - 1].is_name and _is_called(tokens, start)
    while _text(tokens, start - 1) == ".":
        start -= 2
    while _word(tokens, start - 1) in ("ONLY", "LATERAL"):
        start -= 1
    before = _word(tokens, start - 1) if start > 0 else ""
    is_distinct = _word(tokens, start - 2) == "DISTINCT"
    return start if before in ("FROM", "JOIN") and not is_distinct else None


def _is_called(tokens: Sequence[Token], opening: int) -> bool:
    return _word(tokens, opening - 1) not in _BEFORE_SOURCE


def _opening(tokens: Sequence[Token], at: int) -> int:
    """Give the position of the parenthesis that the one at `at` closes."""
    depth = 0
    for position in range(at, -1, -1):
        depth += (tokens[position].kind == _CLOSE) - (tokens[position].kind == _OPEN)
        if depth == 0:
            return position
    return 0


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""


_BEFORE_SOURCE = frozenset(("FROM", "JOIN", "ONLY", "LATERAL"))


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
