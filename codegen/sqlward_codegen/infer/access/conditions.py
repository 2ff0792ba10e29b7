"""Learn from a level's conditions which columns equal a parameter, or a column elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlward_codegen.infer.access.filters import filter_call
from sqlward_codegen.infer.access.flow import PlacedFlow
from sqlward_codegen.infer.access.occurrences import Found, Occurrences
from sqlward_codegen.infer.access.paths import Paths
from sqlward_codegen.infer.fixing import equalities
from sqlward_codegen.infer.from_clause import Condition, FromClause, from_clause
from sqlward_codegen.infer.lineage import PARAM_EXTERN, unaliased, uncoerced
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, Scope, output
from sqlward_codegen.model import OccurrenceColumn
from sqlward_codegen.tree import Node, Value

_FIRST_OWN_OID: Final = 16384
"""`FirstNormalObjectId`: operators of extensions and applications are numbered from here.

Only PostgreSQL's own equalities count, so that two statements that fix a column by the same
parameter mean the same row.
"""

_SUBLINK_EXISTS: Final = 0
_SUBLINK_ANY: Final = 2
_PARAM_SUBLINK: Final = 2


class Conditions:
    """Fills occurrences with what conditions prove.

    `accepted` are the filters that stand where they restrict, by identity of their nodes.
    """

    def __init__(
        self, paths: Paths, occurrences: Occurrences, flow: PlacedFlow, first_hidden: int
    ) -> None:
        self._paths = paths
        self._occurrences = occurrences
        self._flow = flow
        self._first_hidden = first_hidden
        self.accepted: set[int] = set()

    def learn(self, scope: Scope, clause: FromClause) -> None:
        """Learn from WHERE and ON of a level whose tables are known."""
        for condition in clause.conditions:
            self._filter(condition, scope, clause)
            self._equate(condition, scope)
            if condition.node.tag == "SUBLINK" and condition.is_everywhere:
                self._semijoin(condition.node, scope)

    def learn_inserted(self, scope: Scope, target: Entry) -> None:
        """Learn which inserted columns are, row by row, columns of the rows selected for it."""
        for entry in scope.query.nodes("targetList"):
            path = self._paths.to(target, scope)
            column = self._occurrences.column(path, target, scope, entry.number("resno"))
            other = self._below(entry.get("expr"), scope)
            if column is not None and other is not None:
                self._found(column).equal.add((column.column, other))

    # --- filters -----------------------------------------------------------------------

    def _filter(self, condition: Condition, scope: Scope, clause: FromClause) -> None:
        call = filter_call(condition.node, self._first_hidden)
        if call is None or not condition.is_everywhere:
            return
        # An id that is compared as text is cast first.
        variables = (n for n in condition.node.walk() if n.tag == "VAR")
        entry = self._own_table(next(variables, None), scope)
        if entry is None or entry.index in clause.nullable:
            return
        found = self._occurrences.at(self._paths.to(entry, scope), entry, scope)
        if found is not None:
            found.is_authorized = True
            self.accepted.add(id(condition.node))

    def _own_table(self, var: Value, scope: Scope) -> Entry | None:
        if not isinstance(var, Node) or var.tag != "VAR" or var.number("varlevelsup"):
            return None
        entry = scope.entry(var.number("varno"))
        is_table = entry is not None and entry.kind is EntryKind.RELATION
        return entry if is_table and entry and scope.view(entry) is None else None

    # --- equalities --------------------------------------------------------------------

    def _equate(self, condition: Condition, scope: Scope) -> None:
        for left, right in _plain_equalities(condition.node, scope):
            for one, other in ((left, right), (right, left)):
                column = self._own(one, scope, condition.relations)
                if column is not None:
                    self._note(column, other, scope)

    def _note(self, column: OccurrenceColumn, value: Value, scope: Scope) -> None:
        value = uncoerced(value)
        if isinstance(value, Node) and value.tag == "PARAM":
            if value.number("paramkind") == PARAM_EXTERN:
                self._found(column).fixed.add((column.column, value.number("paramid")))
            return
        other = self._flow.unchanged(value, scope)
        if other is not None and other != column:
            self._found(column).equal.add((column.column, other))

    def _own(
        self, value: Value, scope: Scope, relations: frozenset[int]
    ) -> OccurrenceColumn | None:
        """Give the column of the level, all of whose rows that count the condition holds for."""
        var = uncoerced(value)
        if not isinstance(var, Node) or var.tag != "VAR" or var.number("varlevelsup"):
            return None
        found = uncoerced(unaliased(var, scope))
        if found is not var:
            return self._own(found, scope, relations)
        if var.number("varno") not in relations:
            return None
        return self._below(var, scope)

    def _below(self, value: Value, scope: Scope) -> OccurrenceColumn | None:
        """Give what `unchanged` does, if every row below that counts comes up to this level."""
        var = uncoerced(value)
        if not isinstance(var, Node) or var.tag != "VAR" or var.number("varlevelsup"):
            return None
        found = uncoerced(unaliased(var, scope))
        if found is not var:
            return self._below(found, scope)
        entry = scope.entry(var.number("varno"))
        if entry is None:
            return None
        source = scope.subquery(entry)
        if source is None:
            return self._flow.unchanged_column(entry, scope, var.number("varattno"))
        entries = output(source.query)
        attribute = var.number("varattno")
        if not _hands_on_rows(source) or not 0 < attribute <= len(entries):
            return None
        with self._paths.entered(entry, scope, source):
            return self._below(entries[attribute - 1].get("expr"), source)

    # --- sub-queries that decide -------------------------------------------------------

    def _semijoin(self, link: Node, scope: Scope) -> None:
        """Learn from `EXISTS (…)` and `x IN (SELECT …)` what holds for the rows they let through."""
        query = link.node("subselect")
        below = scope.child(query) if query else None
        if below is None or not _hands_on_rows(below) or below.command is not Command.SELECT:
            return
        if link.number("subLinkType") == _SUBLINK_EXISTS:
            self._exists(below, scope)
        elif link.number("subLinkType") == _SUBLINK_ANY:
            self._is_in(link, below, scope)

    def _exists(self, below: Scope, scope: Scope) -> None:
        for condition in from_clause(below).conditions:
            if not condition.is_everywhere:
                continue
            for left, right in _plain_equalities(condition.node, below):
                for one, other in ((left, right), (right, left)):
                    column = self._outer(one, scope)
                    inner = self._own(other, below, condition.relations)
                    if column is not None and inner is not None:
                        self._found(column).equal.add((column.column, inner))

    def _outer(self, value: Value, scope: Scope) -> OccurrenceColumn | None:
        var = uncoerced(value)
        if not isinstance(var, Node) or var.tag != "VAR" or var.number("varlevelsup") != 1:
            return None
        relations = frozenset(from_clause(scope).relations)
        return self._own(Node("VAR", {**var.fields, "varlevelsup": "0"}), scope, relations)

    def _is_in(self, link: Node, below: Scope, scope: Scope) -> None:
        test = link.node("testexpr")
        relations = frozenset(from_clause(scope).relations)
        for left, right in _plain_equalities(test, scope) if test else ():
            for one, other in ((left, right), (right, left)):
                column = self._own(one, scope, relations)
                param = uncoerced(other)
                if column is None or not isinstance(param, Node) or param.tag != "PARAM":
                    continue
                entries = output(below.query)
                position = param.number("paramid") - 1
                is_own = param.number("paramkind") == _PARAM_SUBLINK
                if not is_own or not 0 <= position < len(entries):
                    continue
                inner = self._below(entries[position].get("expr"), below)
                if inner is not None:
                    self._found(column).equal.add((column.column, inner))

    def _found(self, column: OccurrenceColumn) -> Found:
        return self._occurrences.all[column.occurrence]


def _plain_equalities(node: Node, scope: Scope) -> Iterator[tuple[Value, Value]]:
    if node.number("opno") >= _FIRST_OWN_OID:
        return
    for left, right, equal, may_be_null in equalities(node, scope):
        if not may_be_null and not equal.collation:
            yield left, right


def _hands_on_rows(scope: Scope) -> bool:
    """Whether a row of the level's tables counts only if its own row comes out."""
    query = scope.query
    return (
        scope.command is Command.SELECT
        and query.node("setOperations") is None
        and not query.flag("hasWindowFuncs")
        and not (query.flag("hasAggs") and not query.nodes("groupClause"))
        and not query.nodes("groupingSets")
        and not query.flag("hasTargetSRFs")
    )
