"""What each parameter is called, whether it may be NULL, and the column it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlward_codegen.catalog import Catalog, Column, TypeKind
from sqlward_codegen.config import Config
from sqlward_codegen.infer.declared import holds_no_null
from sqlward_codegen.infer.meetings import NOWHERE, Meeting, Rank
from sqlward_codegen.model import ColumnRef, Parameter, ParameterSource, Statement, Verdict


def parameters(
    statement: Statement,
    type_oids: Sequence[int],
    meetings: Iterable[tuple[int, Meeting]],
    catalog: Catalog,
    config: Config,
) -> tuple[Parameter, ...]:
    """Give the statement's parameters in the order of their numbers.

    `type_oids` are PostgreSQL's, by number; `meetings` are of `parameter_meetings`.
    """
    met: dict[int, list[Meeting]] = {}
    for number, meeting in meetings:
        met.setdefault(number, []).append(meeting)
    sources = {source.number: source for source in statement.parameters}
    schema = _Schema(catalog, config)
    names = _names(type_oids, sources, met, schema)
    return tuple(
        _parameter(
            number,
            names[number],
            type_oid,
            sources.get(number),
            met.get(number, []),
            schema,
        )
        for number, type_oid in enumerate(type_oids, 1)
    )


_TEXT, _NUMBER, _TIME = 25, 1700, 1184

_KINDS = {
    **dict.fromkeys((25, 1043, 1042, 19, 18), _TEXT),
    **dict.fromkeys((20, 21, 23, 26, 700, 701, 1700), _NUMBER),
    **dict.fromkeys((1082, 1114, 1184), _TIME),
}
"""Built-in types that one name serves as well, by `pg_type.oid`."""


class _Schema:
    def __init__(self, catalog: Catalog, config: Config) -> None:
        self.catalog = catalog
        self._config = config

    def column(self, ref: ColumnRef | None) -> Column | None:
        if ref is None:
            return None
        return self.catalog.column_by_name.get((ref.schema, ref.table, ref.column))

    def is_array(self, type_oid: int) -> bool:
        found = self.catalog.type_by_oid.get(type_oid)
        while found is not None and found.kind is TypeKind.DOMAIN:
            found = self.catalog.type_by_oid.get(found.element_oid)
        return found is not None and found.kind is TypeKind.ARRAY

    def matches(self, type_oid: int, column_type: int) -> bool:
        """Whether a parameter of one type can carry values of a column of the other."""
        return bool(self._family(type_oid) & self._family(column_type))

    def is_like(self, type_oid: int, meeting: Meeting) -> bool:
        """Whether a parameter is the kind of thing that the column it meets holds."""
        if meeting.is_direct:
            return True
        if not (meeting.type_oid or meeting.column):
            return meeting.rank is not Rank.ALIAS
        column = _type(meeting, self)
        kinds = {_KINDS.get(t, t) for t in self._family(type_oid)}
        return bool(kinds & {_KINDS.get(t, t) for t in self._family(column)})

    def declares_elements(self, ref: ColumnRef) -> bool:
        return holds_no_null(ref, self._config)

    def _family(self, type_oid: int) -> set[int]:
        family = {type_oid}
        found = self.catalog.type_by_oid.get(type_oid)
        if found is not None and found.kind is TypeKind.ARRAY:
            family.add(found.element_oid)
        if found is not None and found.kind is TypeKind.DOMAIN:
            family |= self._family(found.element_oid)
        return family


def _parameter(
    number: int,
    name: str,
    type_oid: int,
    source: ParameterSource | None,
    met: list[Meeting],
    schema: _Schema,
) -> Parameter:
    written = [m for m in met if m.rank is Rank.WRITTEN and m.is_direct and m.column]
    column = _column(type_oid, met, schema)
    is_array = schema.is_array(type_oid)
    return Parameter(
        number=number,
        name=name,
        type_oid=type_oid,
        verdict=_verdict(source, met, schema),
        elements=_elements(written, schema) if is_array else None,
        dimensions=_dimensions(column, schema) if is_array else 0,
        is_slice=source is not None and source.is_slice,
        column=column,
        written_to=tuple(sorted({m.column for m in written if m.column})),
        span=source.spans[0] if source and source.spans else None,
    )


def _column(type_oid: int, met: list[Meeting], schema: _Schema) -> ColumnRef | None:
    direct = [
        m for m in met if m.is_direct and m.column and schema.matches(type_oid, _type(m, schema))
    ]
    return min(direct, key=lambda m: m.rank).column if direct else None


def _type(meeting: Meeting, schema: _Schema) -> int:
    column = schema.column(meeting.column)
    return column.type_oid if column else meeting.type_oid


def _verdict(source: ParameterSource | None, met: list[Meeting], schema: _Schema) -> Verdict:
    if source is not None and source.nullable is not None:
        word = "sqlc.narg" if source.nullable else "sqlc.arg"
        return Verdict(source.nullable, f"declared by `{word}`")
    if any(m.is_optional for m in met):
        return Verdict(True, "the statement provides for NULL: `COALESCE` or `IS NULL`")
    written = [m for m in met if m.rank is Rank.WRITTEN and m.is_direct]
    for meeting in written:
        column = schema.column(meeting.column)
        if column is not None and column.is_not_null:
            return Verdict(False, f"written into `{meeting.column}`, which is NOT NULL")
    distinct = next((m for m in met if m.is_distinct and m.is_direct), None)
    if distinct is not None and len(written) + 1 >= len(met):
        column = schema.column(distinct.column)
        if column is None or not column.is_not_null:
            return Verdict(True, f"compared with `{distinct.name}` by IS DISTINCT FROM")
    if written and len(written) == len(met):
        return Verdict(True, f"written into `{_place(written[0])}`, which is nullable")
    return Verdict(False, _use(met))


def _place(meeting: Meeting) -> str:
    return str(meeting.column) if meeting.column else str(meeting.name)


def _use(met: list[Meeting]) -> str:
    best = min(met, key=lambda m: m.rank, default=NOWHERE)
    if best.rank is Rank.COMPARED:
        return f"compared with `{_place(best)}`"
    if best.rank is Rank.ARGUMENT:
        return f"the function argument `{best.name}`"
    if best.rank is Rank.CLAUSE:
        return f"the {best.name}"
    return "nothing takes NULL for it; `sqlc.narg` would"


def _elements(written: list[Meeting], schema: _Schema) -> Verdict:
    for meeting in written:
        column = schema.column(meeting.column)
        if column is None or meeting.column is None or not schema.is_array(column.type_oid):
            continue
        if not schema.declares_elements(meeting.column):
            return Verdict(True, f"written into `{meeting.column}`, whose elements are nullable")
    return Verdict(False, "not written into an array that takes NULL elements")


def _dimensions(ref: ColumnRef | None, schema: _Schema) -> int:
    column = schema.column(ref)
    if column is None or not schema.is_array(column.type_oid):
        return 1
    return max(1, column.dimensions)


def _names(
    type_oids: Sequence[int],
    sources: dict[int, ParameterSource],
    met: dict[int, list[Meeting]],
    schema: _Schema,
) -> dict[int, str]:
    names = {n: s.name for n, s in sources.items() if s.name is not None}
    taken = set(names.values())
    for number, type_oid in enumerate(type_oids, 1):
        if number in names:
            continue
        apt = (m for m in met.get(number, []) if schema.is_like(type_oid, m))
        best = min(apt, key=_preference, default=NOWHERE)
        name = _free(best.name or f"column_{number}", taken)
        names[number] = name
        taken.add(name)
    return names


def _preference(meeting: Meeting) -> tuple[bool, Rank]:
    return meeting.name is None, meeting.rank


def _free(name: str, taken: set[str]) -> str:
    candidate, suffix = name, 2
    while candidate in taken:
        candidate, suffix = f"{name}_{suffix}", suffix + 1
    return candidate
