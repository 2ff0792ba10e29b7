"""Advisory locks: their numbers, and who holds and awaits them ("Advisory Locks" in the manual)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

E = TypeVar("E", bound=IntEnum)

_OFFSET: Final = 0xCBF29CE484222325
_PRIME: Final = 0x100000001B3
_SMALLEST: Final = -(2**63)


def gen_lock_id(name: str) -> int:
    """Give the number of a lock that is known by name: 64-bit FNV-1 of its UTF-8, signed.

    The hash is that of "The FNV Non-Cryptographic Hash Algorithm" (Fowler, Noll, Vo); a
    PostgreSQL `bigint` holds it.
    """
    value = _OFFSET
    for byte in name.encode():
        value = (value * _PRIME) % 2**64 ^ byte
    return value - 2**64 if value >= 2**63 else value


def lock_ids(*, retired: Mapping[int, str]) -> Callable[[type[E]], type[E]]:
    """Check a registry of locks: `@lock_ids(retired={2: "MIGRATE, until 1.4"})` on an `IntEnum`.

    `retired` are numbers that were in use once, with what they were. While an old process runs
    they mean what they meant, so they stay listed and are never given again.

    Raises `ValueError`, when the module is imported, for a number that two locks have, that is
    retired, or that is no `bigint`.
    """

    def check(cls: type[E]) -> type[E]:
        for name, member in cls.__members__.items():
            if name != member.name:
                raise ValueError(f"`{cls.__name__}.{name}` has the number of `{member.name}`")
            if member in retired:
                raise ValueError(f"`{cls.__name__}.{name}` has a retired number: {int(member)}")
            if not _SMALLEST <= member < -_SMALLEST:
                raise ValueError(f"`{cls.__name__}.{name}` is no 64-bit number")
        return cls

    return check


@dataclass(frozen=True, slots=True)
class HeldLock:
    """An advisory lock that a session holds or waits for; `str` says it in words.

    `id` is the registry's member where it has one; `waits_for` are the pids of the sessions
    that are in the way, none for a lock that is held. `application` is the session's
    `application_name`.
    """

    id: int
    pid: int
    application: str
    is_exclusive: bool
    is_held: bool
    waits_for: tuple[int, ...]

    def __str__(self) -> str:
        name = f"{self.id.name} ({int(self.id)})" if isinstance(self.id, IntEnum) else str(self.id)
        who = f"{self.pid} ({self.application})" if self.application else str(self.pid)
        how = "" if self.is_exclusive else " shared"
        if self.is_held:
            return f"{name}: held{how} by {who}"
        return f"{name}: {who} waits{how} for {', '.join(map(str, self.waits_for))}"


FIND_LOCKS: Final = b"""\
-- name: sqlward.FindLocks
SELECT (l.classid::int8 << 32) | l.objid::int8,
       l.pid,
       COALESCE(a.application_name, ''),
       l.mode = 'ExclusiveLock',
       l.granted,
       CASE WHEN l.granted THEN '{}'::int4[] ELSE pg_catalog.pg_blocking_pids(l.pid) END
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
  AND l.objsubid = 1
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
ORDER BY 1, 5 DESC, 2"""
"""Locks of one 64-bit number, as all of ours are."""


def found_lock(
    row: tuple[int, int, str, bool, bool, list[int]], ids: type[IntEnum] | None
) -> HeldLock:
    """Give a row of `FIND_LOCKS`, with the registry's member for its number."""
    number, pid, application, is_exclusive, is_held, waits_for = row
    if ids is not None and number in ids.__members__.values():
        number = ids(number)
    return HeldLock(number, pid, application, is_exclusive, is_held, tuple(waits_for))
