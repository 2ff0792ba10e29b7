"""What flows into a value, told apart by the place in the statement that it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.infer.access.members import members
from sqlward_codegen.infer.access.occurrences import Occurrences
from sqlward_codegen.infer.access.paths import Paths
from sqlward_codegen.infer.lineage import Flow, _Sources, unaliased, uncoerced
from sqlward_codegen.infer.scope import Entry, EntryKind, Scope, output
from sqlward_codegen.model import ColumnRef, OccurrenceColumn
from sqlward_codegen.tree import Node, Value


@dataclass(frozen=True, slots=True, order=True)
class _Placed(ColumnRef):
    """A column with the number of its table's occurrence."""

    occurrence: int


class PlacedFlow(Flow):
    """The flow of values between occurrences of tables.

    `counted` gathers the occurrences of each level whose rows show by their number alone:
    `count(*)`, EXISTS, a sub-query that gives a constant.
    """

    def __init__(self, paths: Paths, occurrences: Occurrences) -> None:
        super().__init__()
        self._paths = paths
        self._occurrences = occurrences
        self.counted: list[tuple[int, ...]] = []

    def into(self, value: Value, scope: Scope) -> tuple[OccurrenceColumn, ...]:
        """Give the columns that flow into an expression of a level."""
        return _placed(self.lineage(value, scope).columns)

    def into_output(self, scope: Scope, position: int) -> tuple[OccurrenceColumn, ...]:
        """Give the columns that flow into a result column of a query, by position from 0."""
        return _placed(self.output_lineage(scope, position).columns)

    def unchanged(self, value: Value, scope: Scope) -> OccurrenceColumn | None:
        """Give the one column whose value an expression hands on as it is."""
        value = uncoerced(value)
        if not isinstance(value, Node) or value.tag != "VAR":
            return None
        home = scope.outer(value.number("varlevelsup"))
        if home is None:
            return None
        found = unaliased(value, home)
        if found is not value:
            return self.unchanged(found, home)
        entry = home.entry(value.number("varno"))
        return self.unchanged_column(entry, home, value.number("varattno")) if entry else None

    def unchanged_column(
        self, entry: Entry, scope: Scope, attribute: int
    ) -> OccurrenceColumn | None:
        """Give the column of an occurrence that a column of a range-table entry is."""
        if attribute <= 0:
            return None
        source = scope.subquery(entry)
        if source is None:
            if entry.kind is not EntryKind.RELATION:
                return None
            return self._occurrences.column(self._paths.to(entry, scope), entry, scope, attribute)
        entries = output(source.query)
        key = (id(source.query), -attribute)
        if source.branches() or attribute > len(entries) or key in self._active:
            return None
        self._active.add(key)
        try:
            with self._paths.entered(entry, scope, source):
                return self.unchanged(entries[attribute - 1].get("expr"), source)
        finally:
            self._active.discard(key)

    def _expression(self, value: Value, scope: Scope) -> _Sources:
        if isinstance(value, Node):
            self._note_counted(value, scope)
        return super()._expression(value, scope)

    def _note_counted(self, value: Node, scope: Scope) -> None:
        if value.tag == "AGGREF":
            self._count(scope.outer(value.number("agglevelsup")))
        elif value.tag == "WINDOWFUNC":
            self._count(scope)
        elif value.tag == "SUBLINK":
            query = value.node("subselect")
            self._count(scope.child(query) if query else None)

    def _count(self, level: Scope | None) -> None:
        if level is not None:
            self.counted.append(members(level, self._paths, self._occurrences))

    def _behind(self, entry: Entry, scope: Scope, source: Scope, attribute: int) -> _Sources:
        with self._paths.entered(entry, scope, source):
            return super()._behind(entry, scope, source, attribute)

    def _column(self, entry: Entry, scope: Scope, attribute: int) -> ColumnRef | None:
        conflict = scope.query.node("onConflict")
        if conflict is not None and entry.index == conflict.number("exclRelIndex"):
            return None  # EXCLUDED is what was to be inserted, and no row of the table
        path = self._paths.to(entry, scope)
        found = self._occurrences.column(path, entry, scope, attribute)
        if found is None:
            return None
        table = self._occurrences.all[found.occurrence]
        return _Placed(table.schema, table.table, found.column, found.occurrence)


def _placed(columns: tuple[ColumnRef, ...]) -> tuple[OccurrenceColumn, ...]:
    found = {OccurrenceColumn(c.occurrence, c.column) for c in columns if isinstance(c, _Placed)}
    return tuple(sorted(found))
