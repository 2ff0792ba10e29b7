"""Where a `sqlc.embed` may stand: alone, as an item of the outermost select or RETURNING list."""

from __future__ import annotations

from typing import Final

from sqlward_codegen.reading.lexer import COMMENTS, IDENTIFIER, Tokens

_OPEN, _CLOSE, _COMMA = ord("("), ord(")"), ord(",")
_BEFORE: Final = frozenset({"SELECT", "RETURNING", "DISTINCT", "ALL"})
_LIST_STARTS: Final = frozenset({"SELECT", "RETURNING"})
_OTHER_CLAUSES: Final = frozenset(
    {"FROM", "WHERE", "GROUP", "ORDER", "HAVING", "VALUES", "SET", "ON"}
)
_AFTER: Final = frozenset(
    {
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
        "INTO",
    }
)


def misplaced(tokens: Tokens, first: int, last: int) -> str | None:
    """Say why the embed at tokens `[first, last]` is out of place; None when it is not."""
    kinds = tokens.kinds
    before = next((i for i in range(first - 1, -1, -1) if kinds[i] not in COMMENTS), None)
    after = next((i for i in range(last + 1, len(kinds)) if kinds[i] not in COMMENTS), None)
    if after is not None and kinds[after] != _COMMA and tokens[after].word not in _AFTER:
        if tokens[after].word == "AS" or kinds[after] == IDENTIFIER:
            return "an embed takes the name of its relation: give the relation the alias"
        if kinds[after] != _CLOSE:
            return "embed the relation as it is, and select the expression beside it"
    if _depth(kinds, first) > 0:
        return "embed in the outermost select list"
    if before is None or not _starts_item(tokens, before):
        return "put it between commas in the select list"
    if _feeds_insert(tokens, first):
        return "name the columns that are inserted, and embed in `RETURNING`"
    return None


def _feeds_insert(tokens: Tokens, index: int) -> bool:
    """Whether the select list is that of an INSERT … SELECT, whose rows nobody gets."""
    depth, feeds = 0, False
    for i, kind in enumerate(tokens.kinds[:index]):
        depth += (kind == _OPEN) - (kind == _CLOSE)
        if depth == 0:
            word = tokens[i].word
            feeds = word == "INSERT" or (feeds and word != "RETURNING")
    return feeds


def _depth(kinds: list[int], index: int) -> int:
    return kinds[:index].count(_OPEN) - kinds[:index].count(_CLOSE)


def _starts_item(tokens: Tokens, before: int) -> bool:
    if tokens[before].word in _BEFORE:
        return True
    if tokens.kinds[before] not in (_COMMA, _CLOSE):
        return False
    depth = 0
    for index in range(before, -1, -1):
        kind = tokens.kinds[index]
        depth += (kind == _CLOSE) - (kind == _OPEN)
        if depth:
            continue
        word = tokens[index].word
        if word in _LIST_STARTS:
            return tokens.kinds[before] == _COMMA or _is_distinct_on(tokens, index)
        if word in _OTHER_CLAUSES and not _after_distinct(tokens, index):
            return False
    return False


def _after_distinct(tokens: Tokens, index: int) -> bool:
    """Whether the word belongs to `IS DISTINCT FROM` or `DISTINCT ON`, which start no clause."""
    before = next((i for i in range(index - 1, -1, -1) if tokens.kinds[i] not in COMMENTS), None)
    return before is not None and tokens[before].word == "DISTINCT"


def _is_distinct_on(tokens: Tokens, select: int) -> bool:
    words = [i for i in range(select + 1, len(tokens)) if tokens.kinds[i] not in COMMENTS][:2]
    return [tokens[i].word for i in words] == ["DISTINCT", "ON"]
