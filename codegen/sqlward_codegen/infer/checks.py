"""What CHECK constraints say of a table's columns."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.catalog import Catalog, ConstraintKind, Relation, RelationKind
from sqlward_codegen.infer.builtin import function_name
from sqlward_codegen.infer.constants import is_null
from sqlward_codegen.infer.keys import column_key
from sqlward_codegen.infer.predicates import Outcome, proved_by
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.tree import Node, Value

_CHECKED = (RelationKind.TABLE, RelationKind.PARTITIONED)


def is_checked_non_null(relation: Relation, attribute: int, catalog: Catalog) -> bool:
    """Say whether a validated CHECK of the table excludes NULL from the column.

    A CHECK passes when it is true or NULL. One on a table with inheritance children is left
    alone: it may be NO INHERIT.
    """
    wanted = column_key(0, 1, attribute)
    scope = Scope.of(Node("QUERY", {}), catalog)
    return any(
        wanted in proved_by(tree, Outcome.NOT_FALSE, scope).non_null
        for tree in _checks(relation, catalog)
    )


def is_checked_without_null(relation: Relation, attribute: int, catalog: Catalog) -> bool:
    """Say whether a validated CHECK keeps NULL elements out of an array column.

    Understood: `array_position(c, NULL) IS NULL` and `c = array_remove(c, NULL)`, alone or
    in a conjunction.
    """
    return any(_excludes_elements(tree, attribute) for tree in _checks(relation, catalog))


def _checks(relation: Relation, catalog: Catalog) -> Iterator[Node]:
    if relation.kind not in _CHECKED or relation.has_children:
        return
    for constraint in catalog.constraints_by_relation.get(relation.oid, ()):
        if constraint.kind != ConstraintKind.CHECK:
            continue
        if constraint.expression and constraint.is_validated:
            tree = _node(catalog.tree(constraint.expression))
            if tree:
                yield tree


def _excludes_elements(tree: Node, attribute: int) -> bool:
    args = tree.nodes("args")
    if tree.tag == "BOOLEXPR" and tree.text("boolop") == "and":
        return any(_excludes_elements(part, attribute) for part in args)
    if tree.tag == "NULLTEST" and tree.number("nulltesttype") == 0:
        call = tree.node("arg")
        return call is not None and _is_call_with_null("array_position", call, attribute)
    if tree.tag != "OPEXPR" or function_name(tree.number("opfuncid")) != "array_eq":
        return False
    pairs = ((args[0], args[1]), (args[1], args[0]))
    return any(
        _is_column(a, attribute) and _is_call_with_null("array_remove", b, attribute)
        for a, b in pairs
    )


def _is_call_with_null(name: str, node: Node, attribute: int) -> bool:
    args = node.nodes("args")
    if node.tag != "FUNCEXPR" or function_name(node.number("funcid")) != name or len(args) != 2:
        return False
    return _is_column(args[0], attribute) and is_null(args[1])


def _is_column(node: Node, attribute: int) -> bool:
    argument = node.node("arg") if node.tag == "RELABELTYPE" else node
    return (
        argument is not None and argument.tag == "VAR" and argument.number("varattno") == attribute
    )


def _node(value: Value) -> Node | None:
    return value if isinstance(value, Node) else None
