"""Checks a ring against the key table, registers its keys, and revokes keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.errors import ForeignKeyViolation

from sqlward.secrets.errors import (
    KeyInUseError,
    MissingKeyError,
    NoSuchKeyError,
    RevokedKeyError,
    SentinelError,
)
from sqlward.secrets.key import IndexKey, Key
from sqlward.secrets.key_table import TABLE
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.steps import Statement, Steps, Work, quoted

# Processes that start at once take turns; any number serves that nobody else uses.
_LOCK: Final = 0x73716C7761726401


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A row of the key table."""

    id: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Listed:
    sentinel: bytes
    revoked: bool


def checking(ring: KeyRing, schema: str = "public") -> Work[None]:
    """Check the ring; register its primary and its index key when they are new."""
    new = yield _check(ring, schema)
    if new:
        yield _register(ring, schema)


def revoking(key_id: str, schema: str = "public") -> Work[None]:
    """Revoke a key that no row is under."""
    yield _revoke(key_id, schema)


def listing(schema: str = "public") -> Work[list[RegisteredKey]]:
    """Give the keys of the table, oldest first."""
    keys: list[RegisteredKey] = yield _list(schema)
    return keys


def _list(schema: str) -> Steps[list[RegisteredKey]]:
    rows = yield Statement(
        f"SELECT id, created_at, revoked_at FROM {quoted(schema, TABLE)} ORDER BY created_at, id"
    )
    return [RegisteredKey(*row) for row in rows]


def _check(ring: KeyRing, schema: str) -> Steps[list[Key | IndexKey]]:
    """Give the keys that write and are not in the table yet."""
    rows = yield Statement(
        f"SELECT id, sentinel, revoked_at IS NOT NULL FROM {quoted(schema, TABLE)}"
    )
    listed = {str(id): _Listed(bytes(sentinel), revoked) for id, sentinel, revoked in rows}
    writing: list[Key | IndexKey] = [ring.primary, *([ring.index_key] if ring.index_key else [])]
    known: dict[str, Key | IndexKey] = {key.id: key for key in (*writing, *ring.older)}
    for key in writing:
        if key.id in listed and listed[key.id].revoked:
            raise RevokedKeyError(key.id)
    for id, row in listed.items():
        if id in known and not known[id].proves(row.sentinel):
            raise SentinelError(id)
        if id not in known and not row.revoked:
            raise MissingKeyError(id)
    return [key for key in writing if key.id not in listed]


def _register(ring: KeyRing, schema: str) -> Steps[None]:
    # READ COMMITTED, so that what the process before us wrote is seen after the lock.
    yield Statement("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    yield Statement("SELECT pg_advisory_xact_lock($1)", (_LOCK,))
    new = yield from _check(ring, schema)
    for key in new:
        yield Statement(
            f"INSERT INTO {quoted(schema, TABLE)} (id, sentinel) VALUES ($1, $2)",
            (key.id, key.sentinel()),
        )


def _revoke(key_id: str, schema: str) -> Steps[None]:
    try:
        rows = yield Statement(
            f"UPDATE {quoted(schema, TABLE)} SET revoked_at = now() "
            "WHERE id = $1 AND revoked_at IS NULL RETURNING id",
            (key_id,),
        )
        # A deferred foreign key would only speak up at the commit.
        yield Statement("SET CONSTRAINTS ALL IMMEDIATE")
    except ForeignKeyViolation as error:
        place = error.diag.table_name or "?"
    else:
        if not rows:
            raise NoSuchKeyError(key_id)
        return
    raise KeyInUseError(key_id, place)
