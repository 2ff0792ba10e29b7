"""Taking advisory locks, and looking at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import IntEnum
from typing import Any, Final

from psycopg import AsyncConnection, AsyncRawCursor, Error
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward._aio.calls import AsyncCall, AsyncLend
from sqlward._aio.transactions import AsyncBound, AsyncHeld
from sqlward._failure import Constraints
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


class AsyncSession(AsyncBound):
    """Lends one connection for a block; `is_locked` says that it holds the block's lock."""

    is_locked = False


@asynccontextmanager
async def session_of_its_own(
    lend: AsyncLend, lock: int, constraints: Constraints
) -> AsyncIterator[AsyncSession]:
    """Lend one connection, in autocommit mode, for the block; the lock is let go at its end."""
    async with AsyncCall(lend, None, constraints) as connection:
        is_ours = not isinstance(lend, AsyncHeld)
        if connection.info.transaction_status is not IDLE or not (is_ours or connection.autocommit):
            raise TransactionModeError("a session's lock cannot be taken inside a transaction")
        before = connection.autocommit
        await connection.set_autocommit(True)
        bound = AsyncSession(connection)
        try:
            yield bound
        finally:
            bound.end()
            await _let_go(connection, lock if bound.is_locked else None, autocommit=before)


async def _let_go(connection: AsyncConnection[Any], lock: int | None, *, autocommit: bool) -> None:
    try:
        if lock is not None:
            await AsyncRawCursor(connection).execute(UNLOCK, (int(lock),))
        await connection.set_autocommit(autocommit)
    except Error:
        # The lock must not go back to a pool with its connection.
        with suppress(Error):
            await connection.close()


async def held_locks(
    connection: AsyncConnection[Any], ids: type[IntEnum] | None = None
) -> list[HeldLock]:
    """Give the advisory locks of the connection's database: who holds them, who waits for whom.

    `ids` is the registry, for the names.
    """
    cursor = AsyncRawCursor(connection, row_factory=tuple_row)
    await cursor.execute(FIND_LOCKS)
    return [found_lock(row, ids) for row in await cursor.fetchall()]
