"""How types, tables and columns are named to the run time and to PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlward_codegen.catalog import Catalog, TypeKind

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
# "SQL Key Words" in the manual: those that cannot name a table or column.
_KEYWORDS = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)


def sql_type_name(catalog: Catalog, oid: int, dimensions: int = 1) -> str:
    """Give the name that the run time knows a type by: `uuid`, `text[]`, `public.mood`.

    Nothing in it is quoted. An array gets as many `[]` as it has dimensions, at least one.
    """
    type_ = catalog.type_by_oid.get(oid)
    if type_ is None:
        return "unknown"
    if type_.kind is TypeKind.ARRAY and type_.element_oid in catalog.type_by_oid:
        return catalog.type_by_oid[type_.element_oid].qualified_name + "[]" * max(1, dimensions)
    return type_.qualified_name


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def table_name(schema: str, table: str) -> str:
    """Give a table's name as SQL; the schema is left out where it is `public`."""
    return _quoted(table) if schema == "public" else f"{_quoted(schema)}.{_quoted(table)}"


def column_list(columns: Iterable[str]) -> str:
    """Give columns' names as SQL, with commas."""
    return ", ".join(_quoted(c) for c in columns)
