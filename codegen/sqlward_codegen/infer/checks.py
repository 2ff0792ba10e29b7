"""What CHECK constraints say of a table's columns."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog, ConstraintKind, Relation, RelationKind
from sqlward_codegen.infer.keys import column_key
from sqlward_codegen.infer.predicates import Outcome, proved_by
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.tree import Node, Value, read_tree

_CHECKED = (RelationKind.TABLE, RelationKind.PARTITIONED)


def is_checked_non_null(relation: Relation, attribute: int, catalog: Catalog) -> bool:
    """Say whether a validated CHECK of the table excludes NULL from the column.

    A CHECK passes when it is true or NULL. One on a table with inheritance children is left
    alone: it may be NO INHERIT.
    """
    if relation.kind not in _CHECKED or relation.has_children:
        return False
    wanted = column_key(0, 1, attribute)
    for constraint in catalog.constraints:
        if constraint.relation_oid != relation.oid or constraint.kind != ConstraintKind.CHECK:
            continue
        if constraint.expression and constraint.is_validated:
            tree = _node(read_tree(constraint.expression))
            scope = Scope.of(Node("QUERY", {}), catalog)
            if tree and wanted in proved_by(tree, Outcome.NOT_FALSE, scope).non_null:
                return True
    return False


def _node(value: Value) -> Node | None:
    return value if isinstance(value, Node) else None
