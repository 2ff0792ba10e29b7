"""`sqlward.authorized` in a tree: where it stands, and whether it restricts anything there.

What is analysed is not the predicate itself but a mark in its place, `c.id = ANY ($9[0:])`:
`$9` is the first of the hidden parameters, 0 the macro's position in the statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from sqlward_codegen.infer.scope import JoinKind, Scope
from sqlward_codegen.model import MisplacedFilter
from sqlward_codegen.tree import Node


def filter_call(node: Node, first_hidden: int) -> int | None:
    """Give the position of the macro that a condition stands for, None for any other."""
    if node.tag != "SCALARARRAYOPEXPR":
        return None
    arguments = node.nodes("args")
    if len(arguments) != 2 or arguments[1].tag != "SUBSCRIPTINGREF":
        return None
    array = arguments[1].node("refexpr")
    if array is None or array.tag != "PARAM" or array.number("paramid") != first_hidden:
        return None
    position = next(iter(arguments[1].nodes("reflowerindexpr")), None)
    octets = (position.text("constvalue") or "").split()[1:] if position else []
    return int.from_bytes(bytes(int(o) & 0xFF for o in octets[:4]), "little")


def misplaced(
    scope: Scope, first_hidden: int, accepted: Collection[int]
) -> tuple[MisplacedFilter, ...]:
    """Give the macros that do not restrict which rows count, and why."""
    found = {
        call: reason
        for node, reason in _filters(scope.query, "", first_hidden)
        if id(node) not in accepted and (call := filter_call(node, first_hidden)) is not None
    }
    return tuple(MisplacedFilter(call, reason) for call, reason in sorted(found.items()))


_UNCLEAR: Final = "its table may be missing from a row, or is not named in the same FROM"

_FIELDS: Final = {
    "havingQual": "it stands in HAVING",
    "aggfilter": "it stands in a FILTER",
    "targetList": "it stands among the values, not in WHERE",
    "returningList": "it stands in RETURNING",
    "onConflict": "it stands in ON CONFLICT",
    "mergeActionList": "it stands in a MERGE",
    "mergeJoinCondition": "it stands in a MERGE",
    "functions": "it stands in an argument of a function",
}


def _filters(node: Node, reason: str, first_hidden: int) -> Iterator[tuple[Node, str]]:
    if filter_call(node, first_hidden) is not None:
        yield node, reason or _UNCLEAR
        return
    own = _reason(node) or reason
    for name in node.fields:
        inside = own
        if node.tag == "JOINEXPR" and name != "quals":
            inside = reason
        for child in _below(node, name):
            yield from _filters(child, _FIELDS.get(name) or inside, first_hidden)


def _reason(node: Node) -> str:
    if node.tag == "BOOLEXPR" and node.text("boolop") != "and":
        return f"it stands under {'an OR' if node.text('boolop') == 'or' else 'a NOT'}"
    if node.tag == "CASEEXPR":
        return "it stands in a CASE"
    if node.tag in ("COALESCEEXPR", "BOOLEANTEST", "NULLTEST", "OPEXPR", "FUNCEXPR"):
        return "it stands inside of another expression"
    if node.tag == "JOINEXPR" and node.number("jointype") != JoinKind.INNER:
        return "it stands in the ON of an outer join"
    return ""


def _below(node: Node, name: str) -> Iterator[Node]:
    value = node.get(name)
    values = [value]
    while values:
        found = values.pop(0)
        if isinstance(found, Node):
            yield found
        elif isinstance(found, list):
            values = [*found, *values]
