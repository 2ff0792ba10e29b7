"""Which grouped expressions GROUP BY leaves out of some of its grouping sets."""

from __future__ import annotations

from sqlward_codegen.infer.keys import Key, written_key
from sqlward_codegen.infer.scope import Scope
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


def without_left_out(keys: frozenset[Key], scope: Scope) -> frozenset[Key]:
    """Drop what is said of expressions that some grouping set leaves out."""
    left_out = left_out_keys(scope)
    return frozenset(key for key in keys if not any(_contains(key, out) for out in left_out))


def is_left_out(node: Node, scope: Scope) -> bool:
    """Say whether an expression after grouping is one that some grouping set leaves out."""
    left_out = left_out_keys(scope)
    return bool(left_out) and written_key(node, scope) in left_out


def left_out_keys(scope: Scope) -> frozenset[Key]:
    """Give the `written_key`s of the grouped expressions that some grouping set leaves out.

    None from 18 on, where grouped expressions are columns of an entry of their own.
    """
    query = scope.query
    if query.flag("hasGroupRTE") or not query.nodes("groupingSets"):
        return frozenset()
    sure = sure_groups(query)
    references = {c.number("tleSortGroupRef") for c in query.nodes("groupClause")} - sure
    return frozenset(
        written_key(expression, scope)
        for entry in query.nodes("targetList")
        if entry.number("ressortgroupref") in references and (expression := entry.node("expr"))
    )


def _contains(key: object, part: Key) -> bool:
    if key == part:
        return True
    return isinstance(key, tuple) and any(_contains(item, part) for item in key)
