"""One query level while it is judged: what holds for its rows, what its columns can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from sqlward_codegen.infer.builtin import FIRST_UNPINNED_OID
from sqlward_codegen.infer.calls import target_sets
from sqlward_codegen.infer.facts import Facts
from sqlward_codegen.infer.grouping import has_grouping_sets, left_out_keys, without_left_out
from sqlward_codegen.infer.jointree import row_facts
from sqlward_codegen.infer.keys import Key
from sqlward_codegen.infer.lateral import lateral_proof
from sqlward_codegen.infer.predicates import Outcome, proved_by, proved_non_null
from sqlward_codegen.infer.rows import groups_all
from sqlward_codegen.infer.scope import Command, Scope, output
from sqlward_codegen.infer.standpoint import (
    Judge,
    Level,
    Standpoint,
    all_of,
    any_of,
    maybe,
    without_refuted,
)
from sqlward_codegen.infer.types import type_oid
from sqlward_codegen.infer.written import returning_facts
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

_UNION, _INTERSECT, _EXCEPT = 1, 2, 3

_OfLevel = Callable[[Level, int, frozenset[int]], Verdict]


def _column_of(level: Level, number: int, given: frozenset[int]) -> Verdict:
    return level.column(number, given)


def _elements_of(level: Level, number: int, given: frozenset[int]) -> Verdict:
    return level.elements(number)


class QueryLevel:
    """A query as seen from where it stands; each verdict is found once."""

    def __init__(self, judge: Judge, scope: Scope, outer: Standpoint | None) -> None:
        self._judge = judge
        self._outer = outer
        self._scope = scope
        self._columns: dict[tuple[int, frozenset[int]], Verdict] = {}
        self._elements: dict[int, Verdict] = {}

    @property
    def scope(self) -> Scope:
        """The level's names."""
        return self._scope

    @property
    def rows(self) -> Standpoint:
        """After FROM and WHERE (of a statement that writes: where RETURNING stands)."""
        return self._rows

    @property
    def groups(self) -> Standpoint:
        """After GROUP BY and HAVING."""
        return self._groups

    @cached_property
    def _rows(self) -> Standpoint:
        is_select = self.scope.command == Command.SELECT
        facts = row_facts(self.scope) if is_select else returning_facts(self.scope)
        facts = facts.proved(lateral_proof(self.scope, facts))
        return without_refuted(Standpoint(self._judge, self, facts, self._outer))

    @cached_property
    def _groups(self) -> Standpoint:
        query, at = self.scope.query, self.rows
        if groups_all(query):
            # The row over no rows at all: what WHERE says of its rows says nothing of this one.
            at = Standpoint(self._judge, self, Facts(), self._outer, is_grouped=True)
        elif has_grouping_sets(query):
            facts = replace(at.facts, non_null=without_left_out(at.facts.non_null, self.scope))
            at = Standpoint(self._judge, self, facts, self._outer, is_grouped=True)
        having = query.node("havingQual")
        return at.refined(proved_by(having, Outcome.TRUE, self.scope, self._opaque))

    @cached_property
    def _opaque(self) -> frozenset[Key]:
        return left_out_keys(self.scope)

    def column(self, number: int, given: frozenset[int] = frozenset()) -> Verdict:
        """Judge a column of the result, from 1, in rows where the columns `given` are not NULL."""
        found = self._columns.get((number, given))
        if found is None:
            found = self._columns[number, given] = self._column(number, given)
        return found

    def elements(self, number: int) -> Verdict:
        """Judge the elements of a column of the result, from 1."""
        if number not in self._elements:
            self._elements[number] = self._element(number)
        return self._elements[number]

    def _column(self, number: int, given: frozenset[int]) -> Verdict:
        operation = self.scope.query.node("setOperations")
        if operation:
            return self._combined(operation, number, given, _column_of)
        expression = self.expression(number)
        if expression is None:
            return maybe("a column that is not known")
        if self._is_padded(expression):
            return maybe("several sets in one target list: the shorter is filled with NULL")
        return self._given(given).verdict(expression)

    def _given(self, columns: frozenset[int]) -> Standpoint:
        at = self.groups
        for number in columns:
            expression = self.expression(number)
            if expression:
                at = at.refined(proved_non_null(expression, self.scope, self._opaque))
        return at

    def _element(self, number: int) -> Verdict:
        operation = self.scope.query.node("setOperations")
        if operation:
            return self._combined(operation, number, frozenset(), _elements_of)
        expression = self.expression(number)
        return self.groups.elements(expression) if expression else maybe("nothing is known")

    def expression(self, number: int) -> Node | None:
        """Give the expression of a result's column, from 1."""
        entries = output(self.scope.query)
        return entries[number - 1].node("expr") if 0 < number <= len(entries) else None

    def _is_padded(self, expression: Node) -> bool:
        query = self.scope.query
        if not query.flag("hasTargetSRFs") or target_sets(query) < 2:
            return False
        return any(n.flag("funcretset") or n.flag("opretset") for n in expression.walk())

    def _combined(
        self, operation: Node, number: int, given: frozenset[int], judge: _OfLevel
    ) -> Verdict:
        if operation.tag == "RANGETBLREF":
            leaf = self.scope.leaf(operation)
            if leaf is None:
                return maybe("a branch that is not understood")
            return judge(self.rows.below(leaf), number, given)
        left, right = operation.node("larg"), operation.node("rarg")
        if left is None or right is None:
            return maybe("a set operation that is not understood")
        sides = [self._branch(side, operation, number, given, judge) for side in (left, right)]
        kind = operation.number("op")
        if kind == _UNION:
            return all_of(sides, "no branch of UNION gives NULL")
        if kind == _INTERSECT:
            return any_of(sides, sides[0].reason)
        return sides[0] if kind == _EXCEPT else maybe("a set operation that is not understood")

    def _branch(
        self, side: Node, operation: Node, number: int, given: frozenset[int], judge: _OfLevel
    ) -> Verdict:
        if self._is_converted(side, operation, number):
            return maybe("UNION converts a branch with a cast that is not known to be total")
        same = frozenset(n for n in given if not self._is_converted(side, operation, n))
        return self._combined(side, number, same, judge)

    def _is_converted(self, side: Node, operation: Node, number: int) -> bool:
        """Whether the planner will put a user-defined cast over the branch's column."""
        types = operation.numbers("colTypes")
        wanted = types[number - 1] if number <= len(types) else 0
        given = self._branch_type(side, number)
        return given != wanted and max(given, wanted) >= FIRST_UNPINNED_OID

    def _branch_type(self, side: Node, number: int) -> int:
        if side.tag != "RANGETBLREF":
            types = side.numbers("colTypes")
            return types[number - 1] if number <= len(types) else 0
        leaf = self.scope.leaf(side)
        found = output(leaf.query) if leaf else []
        node = found[number - 1].node("expr") if number <= len(found) else None
        return type_oid(node, self.scope.catalog) if node else 0
