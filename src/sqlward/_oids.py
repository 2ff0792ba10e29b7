"""The OIDs of a schema's types in one database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types import TypeInfo, TypesRegistry

FIND_TYPES: Final = b"""\
-- name: sqlward.FindTypes
SELECT n.nspname || '.' || t.typname AS name,
       t.typname::text,
       t.oid::int8,
       t.typarray::int8,
       t.typdelim::text,
       EXISTS (
           SELECT FROM pg_catalog.pg_depend d
           WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
             AND d.objid = t.oid
             AND d.deptype = 'e'
       ) AS is_of_extension
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname || '.' || t.typname = ANY ($1::text[]) OR t.typname = ANY ($2::text[])
ORDER BY 3"""


@dataclass(frozen=True, slots=True)
class FoundType:
    """A type of the schema as one database has it."""

    name: str
    oid: int
    array_oid: int
    delimiter: str


def names_to_find(names: Sequence[str], extensions: Iterable[str]) -> tuple[list[str], list[str]]:
    """Give the parameters of `FIND_TYPES`: qualified names, bare names of extension types."""
    return list(names), [_bare(name) for name in extensions]


def found_types(rows: Iterable[Sequence[Any]], extensions: Iterable[str]) -> tuple[FoundType, ...]:
    """Give what was found, by the names that were asked for.

    An extension's type is found in whatever schema the extension was created in.
    """
    by_bare_name = {_bare(name): name for name in extensions}
    found: dict[str, FoundType] = {}
    for qualified, bare, oid, array_oid, delimiter, is_of_extension in rows:
        if is_of_extension and bare in by_bare_name:
            name = by_bare_name[bare]
        elif qualified not in found:
            name = qualified
        else:
            continue
        found[name] = FoundType(name, oid, array_oid, delimiter)
    return tuple(found.values())


def add_more_builtin_types(types: TypesRegistry) -> None:
    """Add the types of pg_catalog that psycopg does not name."""
    types.add(TypeInfo("char", 18, 1002))
    types.add(TypeInfo("pg_snapshot", 5038, 5039))
    types.add(TypeInfo("void", 2278, 0))
    types.add(TypeInfo("cstring", 2275, 1263))
    types.add(TypeInfo("unknown", 705, 0))


def _bare(name: str) -> str:
    return name.partition(".")[2] or name
