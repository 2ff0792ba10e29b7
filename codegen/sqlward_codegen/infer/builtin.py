"""PostgreSQL's own functions: which are strict, repeatable, and total.

*Total* means never NULL for arguments that are not NULL. The facts come from
`builtin_functions.txt`, which `sqlward_codegen.infer.probe` writes and checks against each
major. An OID that is not listed is nothing: not strict, not total.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Below this, an OID is written in PostgreSQL's sources and means the same in every database.
FIRST_UNPINNED_OID = 10000


def words(text: str) -> frozenset[str]:
    """Give the words of a text: a readable way to write a set of names."""
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Builtin:
    """One function of pg_catalog. `kind` is `pg_proc.prokind`: f, a(ggregate), w(indow)."""

    oid: int
    name: str
    kind: str
    arguments: int
    is_strict: bool
    is_repeatable: bool
    is_set: bool
    is_total: bool


@cache
def builtins() -> dict[int, Builtin]:
    """Give all listed functions by OID."""
    return {oid: found for oid in map(int, _lines()) if (found := builtin(oid))}


@cache
def _lines() -> dict[str, str]:
    """Give the list's lines by their OID, unread: a run meets a few dozen of thousands."""
    text = Path(__file__).with_name("builtin_functions.txt").read_text("utf-8")
    pairs = (line.partition(" ") for line in text.splitlines() if line and line[0] != "#")
    return {oid: line for oid, _, line in pairs}


def _builtin(oid: int, line: str) -> Builtin:
    marks, name, arguments = line.split()
    return Builtin(
        oid=oid,
        name=name,
        kind=marks[0],
        arguments=int(arguments),
        is_strict="s" in marks[1:],
        is_repeatable="v" not in marks[1:],
        is_set="m" in marks[1:],
        is_total="t" in marks[1:],
    )


@cache
def builtin(oid: int) -> Builtin | None:
    """Give what is known of a function of pg_catalog."""
    line = _lines().get(str(oid))
    return None if line is None else _builtin(oid, line)


def function_name(oid: int) -> str | None:
    """Give the name of a function of pg_catalog, None for another."""
    found = builtin(oid)
    return found.name if found else None


def is_repeatable(oid: int) -> bool:
    """Say whether the function gives the same for the same arguments in one statement."""
    found = builtin(oid)
    return found is not None and found.is_repeatable
