"""Which grouped expressions GROUP BY leaves out of some of its grouping sets."""

from __future__ import annotations

from sqlward_codegen.tree import Node

_EMPTY, _SIMPLE, _SETS = 0, 1, 4


def has_grouping_sets(query: Node) -> bool:
    """Say whether the query groups by more than one set, or by the empty one."""
    return bool(query.nodes("groupingSets"))


def sure_groups(query: Node) -> frozenset[int]:
    """Give the grouping references (`tleSortGroupRef`) that no grouping set leaves out."""
    sets = query.nodes("groupingSets")
    if not sets:
        return frozenset(clause.number("tleSortGroupRef") for clause in query.nodes("groupClause"))
    return frozenset[int]().union(*(_common(item) for item in sets))


def has_empty_set(query: Node) -> bool:
    """Say whether one of the grouping sets is `()`: a row even for no input."""
    sets = query.nodes("groupingSets")
    return bool(sets) and all(_can_be_empty(item) for item in sets)


def _common(node: Node) -> frozenset[int]:
    if node.number("kind") == _SIMPLE:
        return frozenset(node.numbers("content"))
    if node.number("kind") != _SETS:
        return frozenset()
    parts = [_common(item) for item in node.nodes("content")]
    return frozenset.intersection(*parts) if parts else frozenset()


def _can_be_empty(node: Node) -> bool:
    if node.number("kind") == _SETS:
        return any(_can_be_empty(item) for item in node.nodes("content"))
    return node.number("kind") != _SIMPLE
