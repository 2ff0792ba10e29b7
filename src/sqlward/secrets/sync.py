"""Key checks and rotation on a psycopg `Connection` that is in no transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from sqlward.secrets.checking import RegisteredKey, checking, listing, revoking
from sqlward.secrets.column import SecretColumn
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.rotation import ColumnStatus, OnProgress, counting, decrypting, rotating
from sqlward.secrets.running import run
from sqlward.secrets.verification import Verification, verifying


def check_keys(connection: Connection[Any], ring: KeyRing, *, schema: str = "public") -> None:
    """Check the ring against the key table when a process starts; register a new primary.

    Raises `RevokedKeyError` for a revoked primary, `SentinelError` for a key that does not open
    its sentinel, `MissingKeyError` when the table has an active key that the ring has not.
    Nothing is registered when anything is raised.
    """
    run(connection, checking(ring, schema))


def list_keys(connection: Connection[Any], *, schema: str = "public") -> list[RegisteredKey]:
    """Give the keys of the key table, oldest first."""
    return run(connection, listing(schema))


def revoke(connection: Connection[Any], key_id: str, *, schema: str = "public") -> None:
    """Revoke a key for good.

    Raises `KeyInUseError` when a row is under it, `NoSuchKeyError` when there is none.
    """
    run(connection, revoking(key_id, schema))


def rotate(
    connection: Connection[Any],
    columns: Sequence[SecretColumn[Any]],
    ring: KeyRing,
    *,
    batch: int = 1000,
    progress: OnProgress | None = None,
    plaintext: bool = False,
) -> None:
    """Encrypt under the ring's primary key whatever is under another; prove that nothing is left.

    `plaintext=True` also encrypts what is stored in the clear. Safe to kill, to repeat, to run
    twice at once, and while processes with all these keys write. Each batch is a transaction.
    Raises `UnknownKeyError` for a key that the ring has not, before anything under it is
    changed, and `RotationError` when values do not open, or keep coming under an old key.
    """
    run(connection, rotating(columns, ring, batch, progress, plaintext))


def decrypt(
    connection: Connection[Any],
    columns: Sequence[SecretColumn[Any]],
    ring: KeyRing,
    *,
    batch: int = 1000,
    progress: OnProgress | None = None,
) -> None:
    """Store every value in the clear, to turn encryption off; raises what `rotate` raises."""
    run(connection, decrypting(columns, ring, batch, progress))


def verify(
    connection: Connection[Any],
    columns: Sequence[SecretColumn[Any]],
    ring: KeyRing,
    *,
    batch: int = 1000,
    progress: OnProgress | None = None,
) -> Verification:
    """Open every value and compare every blind index; give what is wrong."""
    return run(connection, verifying(columns, ring, batch, progress))


def status(connection: Connection[Any], columns: Sequence[SecretColumn[Any]]) -> list[ColumnStatus]:
    """Count the values of each column under each key."""
    return run(connection, counting(columns))
