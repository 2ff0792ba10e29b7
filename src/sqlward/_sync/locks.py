# Made from _aio/locks.py by scripts/unasync.py. DO NOT EDIT.
"""Taking advisory locks, and looking at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Any, Final

from psycopg import Connection, Error, RawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward._failure import Constraints
from sqlward._sync.calls import Call, Lend
from sqlward._sync.transactions import Bound, Held
from sqlward.errors import TransactionModeError
from sqlward.locks import FIND_LOCKS, HeldLock, found_lock
from sqlward.query import Query
from sqlward.rows import scalar

IDLE: Final = TransactionStatus.IDLE


def lock_query(*, session: bool, wait: bool) -> Query[Any]:
    """Give the statement that takes a lock: true, or a `void` that is None, when it is taken."""
    function = f"pg_{'' if wait else 'try_'}advisory_{'' if session else 'xact_'}lock"
    name = "sqlward.TakeLock"
    sql = f"-- name: {name}\nSELECT pg_catalog.{function}($1)"
    return Query(name, sql, parameters=("int8",), row=scalar())


LOCKS: Final = {
    (session, wait): lock_query(session=session, wait=wait)
    for session in (False, True)
    for wait in (False, True)
}
UNLOCK: Final = "SELECT pg_catalog.pg_advisory_unlock($1)"


class Session(Bound):
    """Lends one connection for a block; `is_locked` says that it holds the block's lock."""

    is_locked = False


@contextmanager
def session_of_its_own(lend: Lend, lock: int, constraints: Constraints) -> Iterator[Session]:
    """Lend one connection, in autocommit mode, for the block; the lock is let go at its end."""
    with Call(lend, None, constraints) as connection:
        is_ours = not isinstance(lend, Held)
        if connection.info.transaction_status is not IDLE or not (is_ours or connection.autocommit):
            raise TransactionModeError("a session's lock cannot be taken inside a transaction")
        before = connection.autocommit
        connection.set_autocommit(True)
        bound = Session(connection)
        try:
            yield bound
        finally:
            bound.end()
            _let_go(connection, lock if bound.is_locked else None, autocommit=before)


def _let_go(connection: Connection[Any], lock: int | None, *, autocommit: bool) -> None:
    try:
        if lock is not None:
            RawCursor(connection).execute(UNLOCK, (int(lock),))
        connection.set_autocommit(autocommit)
    except Error:
        # The lock must not go back to a pool with its connection.
        with suppress(Error):
            connection.close()


def held_locks(connection: Connection[Any], ids: type[IntEnum] | None = None) -> list[HeldLock]:
    """Give the advisory locks of the connection's database: who holds them, who waits for whom.

    `ids` is the registry, for the names.
    """
    cursor = RawCursor(connection, row_factory=tuple_row)
    cursor.execute(FIND_LOCKS)
    return [found_lock(row, ids) for row in cursor.fetchall()]
