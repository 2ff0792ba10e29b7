"""What the FROM and WHERE clauses prove of the rows that come out of them."""

from __future__ import annotations

from sqlward_codegen.infer.facts import Alternative, Facts, Implication
from sqlward_codegen.infer.predicates import Outcome, proved_by
from sqlward_codegen.infer.rows import lets_all_through, tree_yields_row
from sqlward_codegen.infer.scope import JoinKind, Scope, rtindexes
from sqlward_codegen.tree import Node


def row_facts(scope: Scope) -> Facts:
    """Give what holds for every row after WHERE, before grouping."""
    tree = scope.query.node("jointree")
    return _facts(tree, scope) if tree else Facts()


def from_facts(scope: Scope) -> Facts:
    """Give what holds for every row that FROM makes, before WHERE."""
    facts = Facts()
    tree = scope.query.node("jointree")
    for item in tree.nodes("fromlist") if tree else []:
        facts = facts.joined(_facts(item, scope))
    return facts


def _facts(node: Node, scope: Scope) -> Facts:
    if node.tag == "RANGETBLREF":
        return Facts(present=frozenset((node.number("rtindex"),)))
    if node.tag == "FROMEXPR":
        return _from_facts(node, scope)
    if node.tag == "JOINEXPR":
        return _join_facts(node, scope)
    return Facts()


def _from_facts(node: Node, scope: Scope) -> Facts:
    facts = Facts()
    for item in node.nodes("fromlist"):
        facts = facts.joined(_facts(item, scope))
    return facts.proved(proved_by(node.node("quals"), Outcome.TRUE, scope))


def _join_facts(node: Node, scope: Scope) -> Facts:
    left_node, right_node = node.node("larg"), node.node("rarg")
    if left_node is None or right_node is None:
        return Facts()
    left, right = _facts(left_node, scope), _facts(right_node, scope)
    own = Facts(present=frozenset((node.number("rtindex"),)))
    matched = left.joined(right).proved(proved_by(node.node("quals"), Outcome.TRUE, scope))
    left_side, right_side = rtindexes(left_node), rtindexes(right_node)
    kind = node.number("jointype", -1)
    if kind == JoinKind.INNER or _always_matches(node, kind, scope):
        return matched.joined(own)
    if kind == JoinKind.LEFT:
        return left.joined(Facts(implications=_if(matched, right_side))).joined(own)
    if kind == JoinKind.RIGHT:
        return right.joined(Facts(implications=_if(matched, left_side))).joined(own)
    if kind == JoinKind.FULL:
        return _full_join(left, right, matched, left_side, right_side).joined(own)
    return Facts()


def _always_matches(node: Node, kind: int, scope: Scope) -> bool:
    """Whether `ON true` meets a side that always has a row (a LATERAL aggregate, say)."""
    side = {JoinKind.LEFT: node.node("rarg"), JoinKind.RIGHT: node.node("larg")}.get(JoinKind(kind))
    if side is None or not lets_all_through(node.node("quals")):
        return False
    return tree_yields_row(side, scope)


def _if(facts: Facts, *sides: frozenset[int]) -> tuple[Implication, ...]:
    return (Implication(sides, facts),)


def _full_join(
    left: Facts,
    right: Facts,
    matched: Facts,
    left_side: frozenset[int],
    right_side: frozenset[int],
) -> Facts:
    return Facts(
        implications=(
            *_if(left, left_side),
            *_if(right, right_side),
            *_if(matched, left_side, right_side),
        ),
        alternatives=(Alternative(left, right),),
    )
