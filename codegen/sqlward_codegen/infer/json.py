"""Whether the SQL/JSON constructors and functions can give NULL."""

from __future__ import annotations

from collections.abc import Callable

from sqlward_codegen.infer.standpoint import Standpoint, all_of, maybe, never
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

_OBJECT, _ARRAY, _OBJECT_AGG, _ARRAY_AGG, _PARSE, _SCALAR, _SERIALIZE = 1, 2, 3, 4, 5, 6, 7
_EXISTS = 0
_BEHAVIOR_UNKNOWN, _BEHAVIOR_NULL = 5, 0


def _constructor(node: Node, at: Standpoint) -> Verdict:
    kind = node.number("type")
    function = node.node("func")
    if kind in (_OBJECT, _ARRAY):
        return never("a JSON constructor is never NULL")
    if kind in (_OBJECT_AGG, _ARRAY_AGG) and function:
        return at.verdict(function)
    if kind in (_PARSE, _SCALAR, _SERIALIZE):
        arguments = node.nodes("args")
        return all_of((at.verdict(a) for a in arguments), "its argument is not NULL")
    return maybe("a JSON constructor that is not understood")


def _value(node: Node, at: Standpoint) -> Verdict:
    raw = node.node("raw_expr")
    return at.verdict(raw) if raw else maybe("a JSON value that is not understood")


def _is_json(node: Node, at: Standpoint) -> Verdict:
    argument = node.node("expr")
    return at.verdict(argument) if argument else maybe("a JSON test that is not understood")


def _query(node: Node, at: Standpoint) -> Verdict:
    subject = node.node("formatted_expr")
    if node.number("op", -1) != _EXISTS or subject is None:
        return maybe("a JSON path can find nothing, or JSON null")
    verdict = _existence(node)
    return verdict if verdict.nullable else at.verdict(subject)


def _existence(node: Node) -> Verdict:
    on_error = node.node("on_error")
    behaviour = on_error.number("btype", _BEHAVIOR_NULL) if on_error else _BEHAVIOR_NULL
    if behaviour in (_BEHAVIOR_UNKNOWN, _BEHAVIOR_NULL):
        return maybe("JSON_EXISTS is NULL on error")
    return never("JSON_EXISTS says yes or no")


def json_table_column(table: Node, attribute: int) -> Verdict:
    """Judge a column, from 1, of a JSON_TABLE (a TABLEFUNC node)."""
    plan, values = table.node("plan"), table.items("colvalexprs")
    if plan is None or plan.node("child") or not 0 < attribute <= len(values):
        return maybe("JSON_TABLE with NESTED paths gives NULL for what is missing")
    value = values[attribute - 1]
    if value is None:
        return never("an ordinality is never NULL")
    if isinstance(value, Node) and value.tag == "JSONEXPR" and value.number("op", -1) == _EXISTS:
        return _existence(value)
    return maybe("JSON_TABLE gives NULL for what is missing")


JSON_RULES: dict[str, Callable[[Node, Standpoint], Verdict]] = {
    "JSONCONSTRUCTOREXPR": _constructor,
    "JSONVALUEEXPR": _value,
    "JSONISPREDICATE": _is_json,
    "JSONEXPR": _query,
}
