"""Whether a query gives at least one row, whatever the tables hold."""

from __future__ import annotations

from sqlward_codegen.infer.builtin import builtin
from sqlward_codegen.infer.constants import integer, is_null, is_true
from sqlward_codegen.infer.grouping import has_empty_set
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, JoinKind, Scope
from sqlward_codegen.tree import Node

_UNION = 1


def yields_row(scope: Scope) -> bool:
    """Say whether the query is proved to give at least one row each time it runs."""
    query = scope.query
    if scope.command != Command.SELECT or not _keeps_first(query):
        return False
    operation = query.node("setOperations")
    if operation:
        return _operation_yields(operation, scope)
    if query.flag("hasTargetSRFs") or query.node("havingQual"):
        return False
    if groups_all(query):
        return True
    return input_yields_row(scope)


def groups_all(query: Node) -> bool:
    """Say whether a query has a group over all its rows, also if there are none."""
    if query.items("groupingSets") or query.node("groupingSets"):
        return has_empty_set(query)
    is_grouped = query.flag("hasAggs") or query.node("havingQual") is not None
    return is_grouped and not query.nodes("groupClause")


def input_yields_row(scope: Scope) -> bool:
    """Say whether FROM and WHERE are proved to let at least one row through."""
    tree = scope.query.node("jointree")
    return tree is not None and tree_yields_row(tree, scope)


def _keeps_first(query: Node) -> bool:
    offset, limit = query.node("limitOffset"), query.node("limitCount")
    if offset is not None and integer(offset) != 0:
        return False
    if limit is None or is_null(limit):
        return True
    count = integer(limit)
    return count is not None and count > 0


def _operation_yields(operation: Node, scope: Scope) -> bool:
    if operation.tag == "RANGETBLREF":
        leaf = scope.leaf(operation)
        return leaf is not None and yields_row(leaf)
    sides = (operation.node("larg"), operation.node("rarg"))
    if operation.number("op") != _UNION:
        return False
    return any(side is not None and _operation_yields(side, scope) for side in sides)


def tree_yields_row(node: Node, scope: Scope) -> bool:
    """Say whether a part of FROM is proved to give at least one row."""
    if node.tag == "RANGETBLREF":
        entry = scope.entry(node.number("rtindex"))
        return entry is not None and _entry_yields(entry, scope)
    if node.tag == "FROMEXPR":
        items = node.nodes("fromlist")
        return lets_all_through(node.node("quals")) and all(
            tree_yields_row(item, scope) for item in items
        )
    if node.tag != "JOINEXPR":
        return False
    left, right = node.node("larg"), node.node("rarg")
    if left is None or right is None:
        return False
    kind = node.number("jointype", -1)
    if kind == JoinKind.INNER:
        both = tree_yields_row(left, scope) and tree_yields_row(right, scope)
        return both and lets_all_through(node.node("quals"))
    if kind == JoinKind.FULL:
        return tree_yields_row(left, scope) or tree_yields_row(right, scope)
    return tree_yields_row(left if kind == JoinKind.LEFT else right, scope)


def lets_all_through(condition: Node | None) -> bool:
    """Say whether a condition is none at all, or TRUE."""
    return condition is None or is_true(condition)


def _entry_yields(entry: Entry, scope: Scope) -> bool:
    if entry.kind == EntryKind.VALUES:
        return bool(entry.node.items("values_lists"))
    if entry.kind == EntryKind.RESULT:
        return True
    if entry.kind == EntryKind.FUNCTION:
        return any(_gives_one_row(f) for f in entry.node.nodes("functions"))
    if entry.kind == EntryKind.CTE and entry.node.flag("self_reference"):
        return False
    if entry.kind not in (EntryKind.SUBQUERY, EntryKind.CTE, EntryKind.RELATION):
        return False
    if entry.kind == EntryKind.RELATION and entry.node.text("relkind") != "v":
        return False
    below = scope.subquery(entry)
    return below is not None and yields_row(below)


def _gives_one_row(function: Node) -> bool:
    expression = function.node("funcexpr")
    if expression is None or expression.tag != "FUNCEXPR":
        return False
    known = builtin(expression.number("funcid"))
    return known is not None and not known.is_set and not expression.flag("funcretset")
