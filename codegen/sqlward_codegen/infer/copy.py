"""The table and columns of a `:copyfrom`, and why a statement cannot be one."""

from __future__ import annotations

from sqlward_codegen.catalog import RelationKind
from sqlward_codegen.infer.lineage import PARAM_EXTERN, uncoerced
from sqlward_codegen.infer.scope import Command, Scope
from sqlward_codegen.model import CopyTarget
from sqlward_codegen.tree import Node, Value

_IMPLICIT_CAST = 2
"""`CoercionForm`: a cast that nobody wrote."""


def copy_target(scope: Scope) -> CopyTarget | str:
    """Give what COPY fills in place of a plain INSERT, or the reason why it cannot.

    COPY takes its columns in the order of the parameters' numbers, each exactly once.
    """
    query = scope.query
    refusal = _refusal(query)
    if refusal is not None:
        return refusal
    target = scope.entry(query.number("resultRelation"))
    relation = scope.relation(target) if target else None
    if relation is None:
        return "its table is not one of the schema"
    if relation.kind not in (RelationKind.TABLE, RelationKind.PARTITIONED):
        return f"`{relation.name}` is not a table"
    names: dict[int, str] = {}
    for entry in query.nodes("targetList"):
        column = relation.column(entry.number("resno"))
        value = _without_length(uncoerced(entry.get("expr")))
        if column is None:
            return "it writes a column that is not there"
        number = _parameter_number(value) if isinstance(value, Node) else 0
        if not number:
            return f"the value of `{column.name}` is not a parameter alone"
        if number in names:
            return f"`{names[number]}` and `{column.name}` take the same parameter"
        if column.is_generated:
            return f"`{column.name}` is generated"
        names[number] = column.name
    return CopyTarget(relation.schema, relation.name, tuple(names[n] for n in sorted(names)))


def _refusal(query: Node) -> str | None:
    if query.number("commandType") != Command.INSERT:
        return "it is not an INSERT"
    if query.nodes("cteList"):
        return "it has a WITH clause"
    if query.node("onConflict") is not None:
        return "it has ON CONFLICT"
    if query.nodes("returningList"):
        return "it has RETURNING"
    sources = query.node("jointree")
    if sources is not None and sources.nodes("fromlist"):
        return "it inserts more than one VALUES row, or the rows of a query"
    return None


def _without_length(value: Value) -> Value:
    """Give what is cut to a column's declared length, `numeric(12, 2)`: COPY does that too."""
    if not isinstance(value, Node):
        return value
    if value.tag == "ARRAYCOERCEEXPR":
        array = value.get("arg")
        is_implicit = value.number("coerceformat") == _IMPLICIT_CAST
        keeps_type = isinstance(array, Node) and (
            array.number("paramtype") == value.number("resulttype")
        )
        return array if is_implicit and keeps_type else value
    if value.tag != "FUNCEXPR":
        return value
    source, *lengths = value.nodes("args")
    is_implicit = value.number("funcformat") == _IMPLICIT_CAST
    keeps_type = source.number("paramtype") == value.number("funcresulttype")
    if is_implicit and keeps_type and all(length.tag == "CONST" for length in lengths):
        return source
    return value


def _parameter_number(value: Node) -> int:
    is_parameter = value.tag == "PARAM" and value.number("paramkind") == PARAM_EXTERN
    return value.number("paramid") if is_parameter else 0
