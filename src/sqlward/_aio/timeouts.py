"""A statement's own `statement_timeout`, which leaves nothing behind on the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from psycopg import AsyncConnection, AsyncRawCursor, Error
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import tuple_row

from sqlward._aio.calls import AsyncLend
from sqlward._aio.transactions import AsyncHeld

IDLE: Final = TransactionStatus.IDLE
INTRANS: Final = TransactionStatus.INTRANS

_SET: Final = (
    "SELECT current_setting('statement_timeout'), set_config('statement_timeout', $1, true)"
)
_RESTORE: Final = "SELECT set_config('statement_timeout', $1, true)"


@asynccontextmanager
async def limited(lend: AsyncLend, timeout: float) -> AsyncIterator[AsyncConnection[Any]]:
    """Lend a connection on which the server ends a statement after `timeout` seconds.

    The setting is local to a transaction ("SET" in PostgreSQL's manual): the open one, where
    it is taken back at the end, or one around this call.
    """
    limit = f"{max(1, round(timeout * 1000))}ms"
    async with lend() as connection:
        if connection.autocommit and connection.info.transaction_status is IDLE:
            async with _alone(connection, limit):
                yield connection
        elif isinstance(lend, AsyncHeld):
            async with _restored(connection, limit):
                yield connection
        else:
            await _set(connection, limit)
            yield connection


@asynccontextmanager
async def _alone(connection: AsyncConnection[Any], limit: str) -> AsyncIterator[None]:
    """Be a transaction: two round trips more than the statement has."""
    begin = ["BEGIN", f"SET LOCAL statement_timeout = '{limit}'"]
    if connection.pgconn.pipeline_status == PipelineStatus.OFF:
        begin = ["; ".join(begin)]
    for statement in begin:
        await connection.execute(statement.encode())
    try:
        yield
    except BaseException:
        with suppress(Error):
            await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")


@asynccontextmanager
async def _restored(connection: AsyncConnection[Any], limit: str) -> AsyncIterator[None]:
    before = await _set(connection, limit)
    try:
        yield
    finally:
        # A failed transaction, or a part of it, takes the setting back when it rolls back.
        if connection.info.transaction_status is INTRANS:
            await AsyncRawCursor(connection).execute(_RESTORE, (before,))


async def _set(connection: AsyncConnection[Any], limit: str) -> str:
    cursor = AsyncRawCursor(connection, row_factory=tuple_row)
    await cursor.execute(_SET, (limit,))
    before, _ = await cursor.fetchone() or ("0", "")
    return str(before)
