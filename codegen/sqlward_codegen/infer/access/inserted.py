"""What an INSERT or UPDATE puts into each column: a parameter, NULL, or something else."""

from __future__ import annotations

from typing import Final

from sqlward_codegen.infer.lineage import PARAM_EXTERN, unaliased, uncoerced
from sqlward_codegen.infer.scope import Entry, Place, Scope, column_meaning
from sqlward_codegen.tree import Node, Value

NULL: Final = 0
"""In the place of a parameter's number."""


def written_values(scope: Scope, target: Entry) -> dict[str, int | None]:
    """Give, by column, the parameter that every written row gets, `NULL`, or None.

    A column that takes its default is left out.
    """
    found: dict[str, int | None] = {}
    relation = scope.relation(target)
    for entry in scope.query.nodes("targetList"):
        column = relation.column(entry.number("resno")) if relation else None
        value = entry.node("expr")
        if column is None or entry.flag("resjunk") or _is_default(value):
            continue
        found[column.name] = _value(value, scope)
    conflict = scope.query.node("onConflict")
    for entry in conflict.nodes("onConflictSet") if conflict else ():
        column = relation.column(entry.number("resno")) if relation else None
        if column is not None and not _is_excluded(entry, conflict):
            number = _value(entry.get("expr"), scope)
            found[column.name] = number if found.get(column.name) == number else None
    return found


def _is_default(value: Node | None) -> bool:
    return value is not None and value.tag == "SETTODEFAULT"


def _is_excluded(entry: Node, conflict: Node | None) -> bool:
    """Whether `SET column = EXCLUDED.column` writes what was to be inserted."""
    value = uncoerced(entry.get("expr"))
    return (
        isinstance(value, Node)
        and conflict is not None
        and value.tag == "VAR"
        and value.number("varno") == conflict.number("exclRelIndex")
        and value.number("varattno") == entry.number("resno")
    )


def conflict_columns(conflict: Node, scope: Scope, target: Entry) -> tuple[str, ...]:
    """Give the columns in which a row that ON CONFLICT updates equals the one to be inserted."""
    relation = scope.relation(target)
    if relation is None:
        return ()
    columns = [
        relation.column(var.number("varattno"))
        for element in conflict.nodes("arbiterElems")
        for var in [uncoerced(element.get("expr"))]
        if isinstance(var, Node) and var.tag == "VAR"
    ]
    return tuple(column.name for column in columns if column is not None)


def _value(value: Value, scope: Scope) -> int | None:
    node = uncoerced(value)
    if not isinstance(node, Node):
        return None
    if node.tag == "PARAM":
        is_own = node.number("paramkind") == PARAM_EXTERN
        return node.number("paramid") if is_own else None
    if node.tag == "CONST":
        return NULL if node.flag("constisnull") else None
    if node.tag != "VAR" or node.number("varlevelsup"):
        return None
    found = unaliased(node, scope)
    if found is not node:
        return _value(found, scope)
    place = scope.resolve(node)
    return _everywhere(place) if place else None


def _everywhere(place: Place) -> int | None:
    """Give the one value that a column of VALUES or of a sub-query has in every row."""
    values = {_value(m.expression, m.scope) for m in column_meaning(place)}
    return values.pop() if len(values) == 1 else None
