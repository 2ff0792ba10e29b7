"""The loaders of a store's types, on the adapters of one database."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from psycopg.adapt import AdaptersMap, Loader
from psycopg.pq import Format
from psycopg.types import TypeInfo
from psycopg.types.multirange import MultirangeInfo, register_multirange
from psycopg.types.range import RangeInfo, register_range

from sqlward import _compounds
from sqlward._builtin import EXTENSION_LOADERS, RANGES
from sqlward._oids import FoundType
from sqlward.errors import UnknownTypeError
from sqlward.types import StoreTypes


def register_loaders(
    adapters: AdaptersMap,
    types: StoreTypes,
    found: Mapping[str, FoundType],
    oid: Callable[[str], int],
) -> None:
    """Register a loader for every type that was found; `oid` resolves any type name."""
    for type in found.values():
        TypeInfo(type.name, type.oid, type.array_oid, delimiter=type.delimiter).register(adapters)
        try:
            _register(adapters, types, type, oid)
        except UnknownTypeError:
            # A part of it is missing here: a query that uses it says so.
            continue
    for type in found.values():
        if type.name in types.domains:
            _register_domain(adapters, types, type, oid)


def _register(
    adapters: AdaptersMap, types: StoreTypes, found: FoundType, oid: Callable[[str], int]
) -> None:
    name = found.name
    if (kind := types.extensions.get(name)) is not None:
        for loader in EXTENSION_LOADERS[kind]:
            adapters.register_loader(found.oid, loader)
    elif (enum := types.enums.get(name)) is not None:
        members = {member.value.encode(): member for member in enum}
        _add(adapters, _ENUM, found, members=members)
    elif (composite := types.composites.get(name)) is not None:
        field_oids = tuple(oid(field) for field in composite.fields)
        _add(adapters, _COMPOSITE, found, cls=composite.cls, field_oids=field_oids)
    elif (subtype := types.ranges.get(name)) is not None:
        register_range(
            RangeInfo(name, found.oid, found.array_oid, subtype_oid=oid(subtype)), adapters
        )
    elif (range := types.multiranges.get(name)) is not None:
        subtype = types.ranges.get(range) or RANGES[range]
        register_multirange(
            MultirangeInfo(
                name, found.oid, found.array_oid, range_oid=oid(range), subtype_oid=oid(subtype)
            ),
            adapters,
        )


def _add(
    adapters: AdaptersMap,
    templates: tuple[type[Loader], ...],
    found: FoundType,
    **attributes: object,
) -> None:
    attributes["type_name"] = found.name
    for template in templates:
        loader = type(f"{template.__name__}[{found.name}]", (template,), attributes)
        adapters.register_loader(found.oid, loader)


def _register_domain(
    adapters: AdaptersMap, types: StoreTypes, found: FoundType, oid: Callable[[str], int]
) -> None:
    """Load a domain as what it is over; only inside arrays and composites is it sent as such."""
    base = types.domains[found.name]
    while base in types.domains:
        base = types.domains[base]
    try:
        base_oid = oid(base)
    except UnknownTypeError:
        return
    for format in (Format.TEXT, Format.BINARY):
        loader = adapters.get_loader(base_oid, format)
        if loader is not None:
            adapters.register_loader(found.oid, loader)


_ENUM = (_compounds.EnumLoader, _compounds.EnumBinaryLoader)
_COMPOSITE = (_compounds.CompositeLoader, _compounds.CompositeBinaryLoader)
