"""How a type is named to PostgreSQL: text that it would itself accept for `regtype`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlward_codegen.catalog import Catalog, Type, TypeKind

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")


def sql_type_name(catalog: Catalog, oid: int, dimensions: int = 1) -> str:
    """Give the name of a type: `uuid`, `text[]`, `public.chat_status`, `public."Kind"[]`.

    An array gets as many `[]` as it has dimensions, at least one.
    """
    type_ = catalog.type_by_oid.get(oid)
    if type_ is None:
        return "unknown"
    if type_.kind is TypeKind.ARRAY and type_.element_oid in catalog.type_by_oid:
        return f"{_name(catalog.type_by_oid[type_.element_oid])}" + "[]" * max(1, dimensions)
    return _name(type_)


def _name(type_: Type) -> str:
    if type_.schema == "pg_catalog":
        return '"char"' if type_.name == "char" else type_.name
    return f"{_quoted(type_.schema)}.{_quoted(type_.name)}"


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    return '"' + name.replace('"', '""') + '"'


def table_name(schema: str, table: str) -> str:
    """Give a table's name as SQL; the schema is left out where it is `public`."""
    return _quoted(table) if schema == "public" else f"{_quoted(schema)}.{_quoted(table)}"


def column_list(columns: Iterable[str]) -> str:
    """Give columns' names as SQL, with commas."""
    return ", ".join(_quoted(c) for c in columns)
