"""The adapters of PostgreSQL's own types, as every store uses them.

They start from psycopg's own and do not see what the application registers there, so that a
value's Python type is always the declared one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from psycopg import postgres
from psycopg.adapt import AdaptersMap, Dumper, Loader
from psycopg.types import TypesRegistry, array
from psycopg.types.hstore import HstoreLoader
from psycopg.types.numeric import OidBinaryLoader

from sqlward import _dumpers, _loaders
from sqlward._oids import add_more_builtin_types

LIST_LIKE: Final = frozenset({"json", "jsonb", "int2vector", "oidvector", "vector", "halfvec"})
"""Types whose value can be a list, so that only the declaration tells an array of them."""

RANGES: Final[Mapping[str, str]] = {
    "int4range": "int4",
    "int8range": "int8",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
}
"""The subtype of each built-in range."""

MULTIRANGES: Final[Mapping[str, str]] = {
    "int4multirange": "int4range",
    "int8multirange": "int8range",
    "nummultirange": "numrange",
    "datemultirange": "daterange",
    "tsmultirange": "tsrange",
    "tstzmultirange": "tstzrange",
}
"""The range of each built-in multirange."""

_DUMPERS: Final[Mapping[str, tuple[type[Dumper], ...]]] = {
    "int2": (_dumpers.Int2BinaryDumper,),
    "int4": (_dumpers.Int4BinaryDumper,),
    "int8": (_dumpers.Int8BinaryDumper,),
    "bool": (_dumpers.BoolBinaryDumper,),
    "bytea": (_dumpers.BytesBinaryDumper,),
    "time": (_dumpers.TimeBinaryDumper,),
    "interval": (_dumpers.IntervalBinaryDumper,),
    "oid": (_dumpers.Uint4BinaryDumper,),
    "float4": (_dumpers.Float4BinaryDumper,),
    "json": (_dumpers.JsonDumper, _dumpers.JsonBinaryDumper),
    "jsonb": (_dumpers.JsonDumper, _dumpers.JsonbBinaryDumper),
    "bpchar": (_dumpers.TextBinaryDumper,),
    "xml": (_dumpers.TextBinaryDumper,),
    "refcursor": (_dumpers.TextBinaryDumper,),
    "unknown": (_dumpers.TextBinaryDumper,),
    "char": (_dumpers.CharDumper,),
    "bit": (_dumpers.BitBinaryDumper,),
    "varbit": (_dumpers.BitBinaryDumper,),
    "macaddr": (_dumpers.MacaddrBinaryDumper,),
    "macaddr8": (_dumpers.MacaddrBinaryDumper,),
    "xid": (_dumpers.NumberTextDumper, _dumpers.Uint4BinaryDumper),
    "cid": (_dumpers.NumberTextDumper, _dumpers.Uint4BinaryDumper),
    "xid8": (_dumpers.NumberTextDumper, _dumpers.Uint8BinaryDumper),
    "int2vector": (_dumpers.NumbersTextDumper,),
    "oidvector": (_dumpers.NumbersTextDumper,),
}

_LOADERS: Final[Mapping[str, tuple[type[Loader], ...]]] = {
    "json": (_loaders.JsonLoader, _loaders.JsonBinaryLoader),
    "jsonb": (_loaders.JsonLoader, _loaders.JsonbBinaryLoader),
    "float4": (_loaders.Float4TextLoader,),
    "interval": (_loaders.IntervalLoader, _loaders.IntervalBinaryLoader),
    "bytea": (_loaders.BytesBinaryLoader,),
    "void": (_loaders.VoidLoader, _loaders.VoidBinaryLoader),
    "char": (_loaders.CharBinaryLoader,),
    "xml": (_loaders.TextBinaryLoader,),
    "refcursor": (_loaders.TextBinaryLoader,),
    "unknown": (_loaders.TextBinaryLoader,),
    "cstring": (_loaders.TextBinaryLoader,),
    "jsonpath": (_loaders.VersionedTextBinaryLoader,),
    "bit": (_loaders.BitBinaryLoader,),
    "varbit": (_loaders.BitBinaryLoader,),
    "macaddr": (_loaders.MacaddrBinaryLoader,),
    "macaddr8": (_loaders.MacaddrBinaryLoader,),
    "xid": (_loaders.NumberTextLoader, OidBinaryLoader),
    "cid": (_loaders.NumberTextLoader, OidBinaryLoader),
    "xid8": (_loaders.NumberTextLoader, _loaders.UnsignedBinaryLoader),
    "pg_lsn": (_loaders.LsnBinaryLoader,),
    "tid": (_loaders.TidBinaryLoader,),
    "int2vector": (_loaders.NumbersTextLoader, array.ArrayBinaryLoader),
    "oidvector": (_loaders.NumbersTextLoader, array.ArrayBinaryLoader),
}

EXTENSION_DUMPERS: Final[Mapping[str, tuple[type[Dumper], ...]]] = {
    "hstore": (_dumpers.HstoreDumper, _dumpers.HstoreBinaryDumper),
    "citext": (_dumpers.TextDumper, _dumpers.TextBinaryDumper),
    "vector": (_dumpers.VectorDumper, _dumpers.VectorBinaryDumper),
    "halfvec": (_dumpers.VectorDumper, _dumpers.HalfvecBinaryDumper),
    "text": (_dumpers.TextDumper,),
}
"""How to write a value of an extension's type, by the kinds of `StoreTypes.extensions`."""

EXTENSION_LOADERS: Final[Mapping[str, tuple[type[Loader], ...]]] = {
    "hstore": (HstoreLoader, _loaders.HstoreBinaryLoader),
    "citext": (_loaders.TextLoader, _loaders.TextBinaryLoader),
    "vector": (_loaders.VectorLoader, _loaders.VectorBinaryLoader),
    "halfvec": (_loaders.HalfvecLoader, _loaders.HalfvecBinaryLoader),
    "text": (_loaders.TextLoader,),
}
"""How to read it."""


@cache
def builtin_map() -> AdaptersMap:
    """Give the adapters of the built-in types; callers copy it before they add to it."""
    types = TypesRegistry()
    postgres.register_default_types(types)
    add_more_builtin_types(types)
    adapters = AdaptersMap(types=types)
    postgres.register_default_adapters(adapters)
    array.register_all_arrays(adapters)
    for name, dumpers in _DUMPERS.items():
        for dumper in dumpers:
            register_dumper(adapters, dumper, name, types[name].oid)
    for name, loaders in _LOADERS.items():
        for loader in loaders:
            adapters.register_loader(types[name].oid, loader)
    return adapters


def register_dumper(
    adapters: AdaptersMap, template: type[Dumper], name: str, oid: int, **attributes: object
) -> type[Dumper]:
    """Make the dumper of one type from a template class and register it by OID."""
    attributes["oid"] = oid
    dumper: type[Dumper] = type(f"{template.__name__}[{name}]", (template,), attributes)
    adapters.register_dumper(None, dumper)
    return dumper
