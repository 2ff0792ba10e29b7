# Made from _aio/timeouts.py by scripts/unasync.py. DO NOT EDIT.
"""A statement's own `statement_timeout`, which leaves nothing behind on the connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from psycopg import Connection, Error, RawCursor
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import tuple_row

from sqlward._sync.calls import Lend
from sqlward._sync.transactions import Held

IDLE: Final = TransactionStatus.IDLE
INTRANS: Final = TransactionStatus.INTRANS

_SET: Final = (
    "SELECT current_setting('statement_timeout'), set_config('statement_timeout', $1, true)"
)
_RESTORE: Final = "SELECT set_config('statement_timeout', $1, true)"


@contextmanager
def limited(lend: Lend, timeout: float) -> Iterator[Connection[Any]]:
    """Lend a connection on which the server ends a statement after `timeout` seconds.

    The setting is local to a transaction ("SET" in PostgreSQL's manual): the open one, where
    it is taken back at the end, or one around this call.
    """
    limit = f"{max(1, round(timeout * 1000))}ms"
    with lend() as connection:
        if connection.autocommit and connection.info.transaction_status is IDLE:
            with _alone(connection, limit):
                yield connection
        elif isinstance(lend, Held):
            with _restored(connection, limit):
                yield connection
        else:
            _set(connection, limit)
            yield connection


@contextmanager
def _alone(connection: Connection[Any], limit: str) -> Iterator[None]:
    """Be a transaction: two round trips more than the statement has."""
    begin = ["BEGIN", f"SET LOCAL statement_timeout = '{limit}'"]
    if connection.pgconn.pipeline_status == PipelineStatus.OFF:
        begin = ["; ".join(begin)]
    for statement in begin:
        connection.execute(statement.encode())
    try:
        yield
    except BaseException:
        with suppress(Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _restored(connection: Connection[Any], limit: str) -> Iterator[None]:
    before = _set(connection, limit)
    try:
        yield
    finally:
        # A failed transaction, or a part of it, takes the setting back when it rolls back.
        if connection.info.transaction_status is INTRANS:
            RawCursor(connection).execute(_RESTORE, (before,))


def _set(connection: Connection[Any], limit: str) -> str:
    cursor = RawCursor(connection, row_factory=tuple_row)
    cursor.execute(_SET, (limit,))
    before, _ = cursor.fetchone() or ("0", "")
    return str(before)
