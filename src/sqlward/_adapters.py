"""Values of a store's types in and out of one database, by PostgreSQL type name."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeAlias

from psycopg import ProgrammingError
from psycopg.adapt import AdaptersMap, Dumper, PyFormat
from psycopg.pq import Format
from psycopg.types import TypeInfo

from sqlward import _compounds
from sqlward._builtin import (
    EXTENSION_DUMPERS,
    LIST_LIKE,
    MULTIRANGES,
    RANGES,
    builtin_map,
    register_dumper,
)
from sqlward._dumpers import TextDumper
from sqlward._oids import FoundType
from sqlward._receiving import register_loaders
from sqlward.errors import UnknownTypeError
from sqlward.query import Copy, Query
from sqlward.types import CompositeType, StoreTypes

BINARY: Final = Format.BINARY
TEXT: Final = Format.TEXT

Templates: TypeAlias = dict[Format, type[Dumper]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the parameters of one query are sent to one database.

    `known_oids` are the OIDs under which psycopg finds all of `dumpers` by itself, in binary;
    None where it would not.
    """

    name: str
    types: tuple[str, ...]
    oids: tuple[int, ...]
    formats: list[Format]
    dumpers: tuple[type[Dumper], ...]
    known_oids: tuple[int, ...] | None
    wanted: list[PyFormat]


class Adapters:
    """The adapters of a store for every database where its types have the same OIDs."""

    def __init__(self, types: StoreTypes, found: tuple[FoundType, ...]) -> None:
        self.map = AdaptersMap(builtin_map())
        self._types = types
        self._found = {type.name: type for type in found}
        self._dumpers: dict[tuple[str, Format], type[Dumper] | None] = {}
        self._lock = Lock()
        self._plans: dict[Query[Any] | Copy, Plan] = {}
        register_loaders(self.map, types, self._found, self.oid)

    @property
    def is_complete(self) -> bool:
        """Whether every type of the store exists in the database."""
        return len(self._found) >= len(self._types.names)

    def plan(self, query: Query[Any] | Copy) -> Plan:
        """Give how a query's parameters are sent.

        Raises `UnknownTypeError` when the database has not all of their types.
        """
        plan = self._plans.get(query)
        if plan is None:
            # Threads that register at once would lose each other's dumpers.
            with self._lock:
                plan = self._plans[query] = self._make_plan(query)
        return plan

    def _make_plan(self, query: Query[Any] | Copy) -> Plan:
        names = query.parameters
        wanted = BINARY if query.binary or isinstance(query, Query) else TEXT
        dumpers = tuple(self._best_dumper(name, wanted) for name in names)
        formats = [dumper.format for dumper in dumpers]
        base_oids = tuple(self.oid(self._undomained(name)) for name in names)
        is_known = all(
            format is BINARY and self._is_registered(oid, dumper)
            for oid, format, dumper in zip(base_oids, formats, dumpers, strict=True)
        )
        return Plan(
            name=query.name,
            types=names,
            oids=tuple(self.oid(name) for name in names),
            formats=formats,
            dumpers=dumpers,
            known_oids=base_oids if is_known else None,
            wanted=[PyFormat.AUTO] * len(names),
        )

    def _is_registered(self, oid: int, dumper: type[Dumper]) -> bool:
        try:
            return self.map.get_dumper_by_oid(oid, BINARY) is dumper
        except ProgrammingError:
            return False

    # --- names -------------------------------------------------------------------------

    def oid(self, name: str) -> int:
        """Give the OID of a type.

        Raises `UnknownTypeError` when there is none of that name.
        """
        if name.endswith("[]"):
            return self._info(name).array_oid
        return self._info(name).oid

    def _info(self, name: str) -> FoundType | TypeInfo:
        name = _innermost(name)
        info = self._found.get(name) or self.map.types.get(name)
        if info is None:
            raise UnknownTypeError(name)
        return info

    def _undomained(self, name: str) -> str:
        while (base := self._types.domains.get(name)) is not None:
            name = base
        return name

    def _is_list_like(self, name: str) -> bool:
        name = self._undomained(name)
        kind = self._types.extensions.get(name, name)
        return kind in LIST_LIKE or name.endswith("[]")

    # --- sending -----------------------------------------------------------------------

    def _best_dumper(self, name: str, wanted: Format) -> type[Dumper]:
        dumper = self._dumper(name, wanted) or self._dumper(name, TEXT)
        if dumper is None:
            raise UnknownTypeError(name)
        return dumper

    def _dumper(self, name: str, format: Format) -> type[Dumper] | None:
        name = self._undomained(name)
        key = (name, format)
        if key not in self._dumpers:
            self._dumpers[key] = self._make_dumper(name, format)
        return self._dumpers[key]

    def _make_dumper(self, name: str, format: Format) -> type[Dumper] | None:
        if name.endswith("[]"):
            return self._array_dumper(name, format)
        if name in self._types.enums:
            return self._from(_ENUM_DUMPERS[format], name)
        if (composite := self._types.composites.get(name)) is not None:
            return self._composite_dumper(name, composite, format)
        if (subtype := self._types.ranges.get(name, RANGES.get(name))) is not None:
            return self._range_dumper(_RANGE_DUMPERS[format], name, subtype, format)
        if (range := self._types.multiranges.get(name, MULTIRANGES.get(name))) is not None:
            subtype = self._types.ranges.get(range) or RANGES[range]
            return self._range_dumper(_MULTIRANGE_DUMPERS[format], name, subtype, format)
        if (kind := self._types.extensions.get(name)) is not None:
            classes = {cls.format: cls for cls in EXTENSION_DUMPERS[kind]}
            return self._from(classes[format], name) if format in classes else None
        return self._builtin_dumper(name, format)

    def _builtin_dumper(self, name: str, format: Format) -> type[Dumper] | None:
        try:
            return self.map.get_dumper_by_oid(self.oid(name), format)  # type: ignore[return-value]
        except ProgrammingError:
            return TextDumper if format is TEXT else None

    def _array_dumper(self, name: str, format: Format) -> type[Dumper] | None:
        depth = None
        element = _innermost(name)
        if self._is_list_like(element):
            depth = (len(name) - len(element)) // 2
        dumper = self._dumper(element, format)
        if dumper is None:
            return None
        attributes = {
            "element": dumper,
            "element_oid": self.oid(element),
            "depth": depth,
            "delimiter": self._info(element).delimiter.encode(),
        }
        template = _ARRAY_DUMPERS[format]
        if depth is not None and depth > 1:
            return type(template.__name__, (template,), attributes)
        return self._from(template, name, **attributes)

    def _composite_dumper(
        self, name: str, composite: CompositeType, format: Format
    ) -> type[Dumper] | None:
        dumpers = tuple(self._dumper(field, format) for field in composite.fields)
        if None in dumpers:
            return None
        return self._from(
            _COMPOSITE_DUMPERS[format],
            name,
            attributes=_compounds.attribute_names(composite.cls),
            field_dumpers=dumpers,
            field_oids=tuple(self.oid(field) for field in composite.fields),
        )

    def _range_dumper(
        self, template: type[Dumper], name: str, subtype: str, format: Format
    ) -> type[Dumper] | None:
        element = self._dumper(subtype, format)
        return None if element is None else self._from(template, name, element=element)

    def _from(self, template: type[Dumper], name: str, **attributes: object) -> type[Dumper]:
        return register_dumper(self.map, template, name, self.oid(name), **attributes)


def _innermost(name: str) -> str:
    return name.rstrip("[]")


_ENUM_DUMPERS: Final[Templates] = {TEXT: _compounds.EnumDumper, BINARY: _compounds.EnumBinaryDumper}
_ARRAY_DUMPERS: Final[Templates] = {
    TEXT: _compounds.ArrayDumper,
    BINARY: _compounds.ArrayBinaryDumper,
}
_COMPOSITE_DUMPERS: Final[Templates] = {
    TEXT: _compounds.CompositeDumper,
    BINARY: _compounds.CompositeBinaryDumper,
}
_RANGE_DUMPERS: Final[Templates] = {
    TEXT: _compounds.RangeDumper,
    BINARY: _compounds.RangeBinaryDumper,
}
_MULTIRANGE_DUMPERS: Final[Templates] = {
    TEXT: _compounds.MultirangeDumper,
    BINARY: _compounds.MultirangeBinaryDumper,
}
