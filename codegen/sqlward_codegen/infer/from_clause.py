"""The FROM clause of one query level: its relations, its conditions and what each may decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlward_codegen.infer.scope import JoinKind, Scope
from sqlward_codegen.infer.shapes import conjuncts
from sqlward_codegen.tree import Node


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of WHERE or ON that holds for the rows of `relations`.

    The ON of an outer join holds for the rows of its nullable side only. `is_everywhere` says
    that no row of the level escapes it: it is not inside or at an outer join.
    """

    node: Node
    relations: frozenset[int]
    is_everywhere: bool


@dataclass(frozen=True, slots=True)
class FromClause:
    """The range-table indexes of a level's relations, and the conditions between them.

    `nullable` are those that an outer join can leave out.
    """

    relations: tuple[int, ...] = ()
    conditions: tuple[Condition, ...] = ()
    nullable: frozenset[int] = frozenset()
    has_full_join: bool = False


def from_clause(scope: Scope) -> FromClause:
    """Give the FROM clause of a level, its WHERE included."""
    tree = scope.query.node("jointree")
    return _item(tree, True) if tree is not None else FromClause()


def _item(node: Node, is_everywhere: bool) -> FromClause:
    if node.tag == "RANGETBLREF":
        return FromClause((node.number("rtindex"),))
    if node.tag == "JOINEXPR":
        return _join(node, is_everywhere)
    if node.tag != "FROMEXPR":
        return FromClause()
    whole = _all(_item(item, is_everywhere) for item in node.nodes("fromlist"))
    return _with(whole, node, frozenset(whole.relations), is_everywhere)


def _join(node: Node, is_everywhere: bool) -> FromClause:
    kind = node.number("jointype")
    outer = kind != JoinKind.INNER
    left_kept = kind in (JoinKind.INNER, JoinKind.LEFT)
    right_kept = kind in (JoinKind.INNER, JoinKind.RIGHT)
    left, right = node.node("larg"), node.node("rarg")
    one = _item(left, is_everywhere and left_kept) if left else FromClause()
    other = _item(right, is_everywhere and right_kept) if right else FromClause()
    missing = frozenset[int]()
    if not left_kept:
        missing |= frozenset(one.relations)
    if not right_kept:
        missing |= frozenset(other.relations)
    whole = _all((one, other))
    whole = FromClause(
        whole.relations,
        whole.conditions,
        whole.nullable | missing,
        whole.has_full_join or kind not in (JoinKind.INNER, JoinKind.LEFT, JoinKind.RIGHT),
    )
    if not outer:
        return _with(whole, node, frozenset(whole.relations), is_everywhere)
    decided = missing if left_kept or right_kept else frozenset[int]()
    return _with(whole, node, decided, False)


def _with(
    clause: FromClause, node: Node, relations: frozenset[int], is_everywhere: bool
) -> FromClause:
    conditions = tuple(
        Condition(condition, relations, is_everywhere) for condition in conjuncts(node.get("quals"))
    )
    return FromClause(
        clause.relations, clause.conditions + conditions, clause.nullable, clause.has_full_join
    )


def _all(clauses: Iterator[FromClause] | tuple[FromClause, ...]) -> FromClause:
    total = FromClause()
    for clause in clauses:
        total = FromClause(
            total.relations + clause.relations,
            total.conditions + clause.conditions,
            total.nullable | clause.nullable,
            total.has_full_join or clause.has_full_join,
        )
    return total
