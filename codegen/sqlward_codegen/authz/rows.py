"""Which rows of a statement are the same row, or belong to the same object."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlward_codegen.authz.resources import Resources, TableName
from sqlward_codegen.model import Access, Occurrence, OccurrenceColumn, Write


class Rows:
    """The rows that a statement touches, by the occurrences of their tables."""

    def __init__(self, access: Access, resources: Resources) -> None:
        self.access = access
        self._resources = resources

    def of(self, table: TableName) -> list[int]:
        """Give the occurrences of a table."""
        return [n for n, o in enumerate(self.access.occurrences) if table_of(o) == table]

    def equals(self, column: OccurrenceColumn) -> set[OccurrenceColumn]:
        """Give the columns that a column equals in every row that counts, itself included."""
        found, queue = {column}, [column]
        while queue:
            at = queue.pop()
            for fact in self.access.occurrences[at.occurrence].equal:
                if fact.column == at.column and fact.other not in found:
                    found.add(fact.other)
                    queue.append(fact.other)
        return found

    def parameters(self, occurrence: int, column: str) -> set[int]:
        """Give the parameters that a column equals in every row that counts."""
        found: set[int] = set()
        for equal in self.equals(OccurrenceColumn(occurrence, column)):
            table = self.access.occurrences[equal.occurrence]
            found |= {f.parameter for f in table.fixed if f.column == equal.column}
            if table.write is Write.INSERT:
                found |= {
                    v.parameter for v in table.values if v.column == equal.column and v.parameter
                }
        return found

    def fixed(self, occurrence: int) -> dict[str, set[int]]:
        """Give the parameters of each column that one fixes."""
        columns = {f.column for f in self.access.occurrences[occurrence].fixed}
        columns |= {f.column for f in self.access.occurrences[occurrence].equal}
        columns |= {v.column for v in self.access.occurrences[occurrence].values}
        found = {column: self.parameters(occurrence, column) for column in columns}
        return {column: numbers for column, numbers in found.items() if numbers}

    def belonging(self, roots: Collection[int]) -> set[int]:
        """Give the occurrences whose rows are those of the roots, or belong to them."""
        found = set(roots)
        while True:
            more = {
                n
                for n in range(len(self.access.occurrences))
                if n not in found and self._belongs(n, found)
            }
            if not more:
                return found
            found |= more

    def _belongs(self, number: int, known: Collection[int]) -> bool:
        occurrence = self.access.occurrences[number]
        child = self._resources.parent_of.get(table_of(occurrence))
        if child is not None:
            if not _keeps_parent(occurrence, child.column):
                return False
            return self._meets(number, child.column, child.parent, child.key, known)
        resource = self._resources.by_table.get(table_of(occurrence))
        if resource is None or resource.id is None or occurrence.write is Write.INSERT:
            return False
        return self._meets(number, resource.id, resource.table, resource.id, known)

    def _meets(
        self, number: int, column: str, table: TableName, key: str, known: Collection[int]
    ) -> bool:
        return any(
            equal.occurrence in known
            and equal.column == key
            and table_of(self.access.occurrences[equal.occurrence]) == table
            for equal in self.equals(OccurrenceColumn(number, column))
        )

    def held_by(self, number: int, given: Mapping[TableName, Mapping[str, set[int]]]) -> bool:
        """Whether parameters hold the occurrence to an object.

        `given` has, by table, the columns that the same parameters fix in a row of that object:
        the row is the same when a unique key is among them, which the caller makes sure of, or
        it is a child's whose parent they fix.
        """
        occurrence = self.access.occurrences[number]
        child = self._resources.parent_of.get(table_of(occurrence))
        if child is None or not _keeps_parent(occurrence, child.column):
            return False
        keys = given.get(child.parent, {}).get(child.key, set())
        return bool(keys & self.parameters(number, child.column))


def _keeps_parent(occurrence: Occurrence, column: str) -> bool:
    """Whether a row that ON CONFLICT updates has the parent of the one to be inserted."""
    return not occurrence.upserts or column in occurrence.conflict


def table_of(occurrence: Occurrence) -> TableName:
    """Give the occurrence's table."""
    return occurrence.schema, occurrence.table
