"""Name expressions, so that what is proved of one holds for the same one elsewhere."""

from __future__ import annotations

from typing import TypeAlias

from sqlward_codegen.infer.builtin import is_repeatable, words
from sqlward_codegen.infer.scope import EntryKind, Scope
from sqlward_codegen.tree import Node, Value

Key: TypeAlias = tuple[object, ...]

COLUMN = "column"

# What differs between two writings of one expression, or says nothing of its value.
_IGNORED = words(
    """location token_location relabelformat coerceformat convertformat funcformat
    row_format varnosyn varattnosyn varnullingrels aggno aggtransno aggpresorted
    opfuncid hashfuncid negfuncid list_start list_end rexpr_list_start rexpr_list_end
    colnames"""
)
_UNREPEATABLE = words(
    """SUBLINK QUERY NEXTVALUEEXPR SETTODEFAULT WINDOWFUNC CASETESTEXPR COERCETODOMAINVALUE"""
)


def column_key(levels: int, index: int, attribute: int, returning: int = 0) -> Key:
    """Name a column of a range-table entry, `levels` up."""
    return (COLUMN, levels, index, attribute, returning)


def expression_key(node: Node, scope: Scope) -> Key | None:
    """Name an expression; None where two evaluations for one row may differ.

    A column of a join is named as the column it stands for.
    """
    if node.tag == "VAR":
        return var_key(node, scope)
    if node.tag in _UNREPEATABLE or not _is_repeatable(node):
        return None
    return _fields_key(node, scope)


def written_key(node: Node, scope: Scope) -> Key:
    """Name an expression by how it is written, also where two evaluations may differ."""
    key = _written(node, scope)
    assert isinstance(key, tuple)
    return key


def _written(value: Value, scope: Scope) -> object:
    if isinstance(value, Node):
        if value.tag == "VAR" and (key := var_key(value, scope)):
            return key
        fields = value.fields.items()
        return (value.tag, *((k, _written(v, scope)) for k, v in fields if k not in _IGNORED))
    if isinstance(value, list):
        return tuple(_written(item, scope) for item in value)
    return () if value is None else value


def var_key(var: Node, scope: Scope) -> Key | None:
    """Name a VAR, through joins."""
    levels = var.number("varlevelsup")
    entry = (place := scope.resolve(var)) and place.entry
    if place and entry and entry.kind == EntryKind.JOIN and place.attribute > 0:
        meaning = place.scope.meaning(_at_own_level(var)) if levels else scope.meaning(var)
        if meaning:
            key = expression_key(meaning[0].expression, place.scope)
            return _lifted(key, levels) if key else None
    returning = var.number("varreturningtype")
    return column_key(levels, var.number("varno"), var.number("varattno"), returning)


def _at_own_level(var: Node) -> Node:
    return Node("VAR", {**var.fields, "varlevelsup": "0"})


def _lifted(key: Key, levels: int) -> Key | None:
    if levels == 0:
        return key
    if key[0] != COLUMN:
        return None
    _, own, index, attribute, returning = key
    assert isinstance(own, int)
    return (COLUMN, own + levels, index, attribute, returning)


def _is_repeatable(node: Node) -> bool:
    if node.tag in ("OPEXPR", "DISTINCTEXPR", "NULLIFEXPR", "SCALARARRAYOPEXPR"):
        return is_repeatable(node.number("opfuncid"))
    if node.tag == "FUNCEXPR":
        return is_repeatable(node.number("funcid"))
    # A parameter of another kind stands for a sub-link's column, a different one each time.
    return node.tag != "PARAM" or node.number("paramkind") == 0


def _fields_key(node: Node, scope: Scope) -> Key | None:
    parts: list[object] = [node.tag]
    for name, value in node.fields.items():
        if name in _IGNORED:
            continue
        part = _value_key(value, scope)
        if part is None:
            return None
        parts.append((name, part))
    return tuple(parts)


def _value_key(value: Value, scope: Scope) -> object | None:
    if value is None:
        return ()
    if isinstance(value, Node):
        return expression_key(value, scope)
    if isinstance(value, str):
        return value
    parts = [_value_key(item, scope) for item in value]
    return None if any(part is None for part in parts) else tuple(parts)
