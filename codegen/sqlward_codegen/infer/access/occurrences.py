"""The occurrences of tables in a statement, as they are found and filled with facts."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlward_codegen.infer.access.paths import Path
from sqlward_codegen.infer.lineage import column_ref
from sqlward_codegen.infer.scope import Entry, Scope
from sqlward_codegen.model import (
    EqualColumn,
    FixedKey,
    Occurrence,
    OccurrenceColumn,
    Write,
    WrittenValue,
)


@dataclass(slots=True, eq=False)
class Found:
    """An occurrence that is still being learned about."""

    number: int
    path: Path
    schema: str
    table: str
    alias: str
    write: Write = Write.NOTHING
    is_optional: bool = False
    is_authorized: bool = False
    upserts: bool = False
    conflict: tuple[str, ...] = ()
    fixed: set[tuple[str, int]] = field(default_factory=set)
    equal: set[tuple[str, OccurrenceColumn]] = field(default_factory=set)
    values: dict[str, int | None] = field(default_factory=dict)

    def settled(self) -> Occurrence:
        """Give the occurrence."""
        return Occurrence(
            schema=self.schema,
            table=self.table,
            alias=self.alias,
            write=self.write,
            is_optional=self.is_optional,
            is_authorized=self.is_authorized,
            upserts=self.upserts,
            conflict=self.conflict,
            fixed=tuple(FixedKey(*fact) for fact in sorted(self.fixed)),
            equal=tuple(EqualColumn(*fact) for fact in sorted(self.equal)),
            values=tuple(WrittenValue(c, v) for c, v in sorted(self.values.items())),
        )


class Occurrences:
    """All occurrences of tables in a statement, by their paths."""

    def __init__(self) -> None:
        self.all: list[Found] = []
        self._by_path: dict[Path, Found] = {}

    def at(self, path: Path, entry: Entry, scope: Scope) -> Found | None:
        """Give the occurrence of a table at a path; None for what is no relation.

        Inside of a recursive CTE paths have no end: rows of all its rounds count as one.
        """
        found = self._by_path.get(path)
        if found is not None:
            return found
        relation = scope.relation(entry)
        if relation is None:
            return None
        again = len({step[0] for step in path}) < len(path)
        if again:
            same = (f for p, f in self._by_path.items() if p[-1] == path[-1])
            found = next(same, None)
        if found is None:
            alias = entry.alias or relation.name
            found = Found(len(self.all), path, relation.schema, relation.name, alias)
            self.all.append(found)
        self._by_path[path] = found
        return found

    def column(
        self, path: Path, entry: Entry, scope: Scope, attribute: int
    ) -> OccurrenceColumn | None:
        """Give the column of the table at a path; None for a system column."""
        found = self.at(path, entry, scope)
        relation = scope.relation(entry)
        ref = column_ref(relation, attribute) if relation else None
        return OccurrenceColumn(found.number, ref.column) if found and ref else None
