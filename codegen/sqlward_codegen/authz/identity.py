"""Whether a row of a result carries a whole object: id, owner, organization and ACLs of one row."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.authz.resources import Resource
from sqlward_codegen.authz.rows import table_of
from sqlward_codegen.authz.rules import Part
from sqlward_codegen.model import Access, OccurrenceColumn, Write


@dataclass(frozen=True, slots=True)
class Identity:
    """What a row holds of one occurrence of the resource's table; `missing` are its other columns."""

    occurrence: int
    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    is_optional: bool

    @property
    def is_whole(self) -> bool:
        """Whether each row is an object."""
        return not self.missing and not self.is_optional


def identities(access: Access, resource: Resource) -> list[Identity]:
    """Give what a row holds of each occurrence of the resource's table, the best first."""
    places: dict[OccurrenceColumn, int] = {}
    for position, output in enumerate(access.outputs):
        if output.origin is not None:
            places.setdefault(output.origin, position)
    found = []
    for number, occurrence in enumerate(access.occurrences):
        if table_of(occurrence) != resource.table or occurrence.write is not Write.NOTHING:
            continue
        parts, missing = [], []
        for part, column in resource.parts:
            at = places.get(OccurrenceColumn(number, column))
            if at is None:
                missing.append(column)
            else:
                parts.append(Part(part, at))
        found.append(Identity(number, tuple(parts), tuple(missing), occurrence.is_optional))
    return sorted(found, key=lambda i: (i.is_optional, len(i.missing), i.occurrence))
