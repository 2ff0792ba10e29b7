"""Runs `Work` on a connection, each of its transactions by itself."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from psycopg import AsyncConnection, AsyncRawCursor, BaseConnection, Connection, Error, RawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward.secrets.steps import Rows, Statement, Steps, Work

T = TypeVar("T")


def run(connection: Connection[Any], work: Work[T]) -> T:
    """Give what the work returns.

    Raises `ValueError` when the connection is in a transaction already.
    """
    _check(connection)
    result: Any = None
    while True:
        try:
            steps = work.send(result)
        except StopIteration as end:
            return cast("T", end.value)
        result = _run_transaction(connection, steps)


async def run_async(connection: AsyncConnection[Any], work: Work[T]) -> T:
    """Give what the work returns; see `run`."""
    _check(connection)
    result: Any = None
    while True:
        try:
            steps = work.send(result)
        except StopIteration as end:
            return cast("T", end.value)
        result = await _run_transaction_async(connection, steps)


def _run_transaction(connection: Connection[Any], steps: Steps[T]) -> T:
    with connection.transaction(), RawCursor(connection, row_factory=tuple_row) as cursor:
        rows: Rows | Error | None = None
        while True:
            try:
                statement = _next(steps, rows)
            except StopIteration as end:
                return cast("T", end.value)
            try:
                cursor.execute(statement.sql.encode(), statement.parameters or None)
                rows = cursor.fetchall() if cursor.description else []
            except Error as error:
                rows = error


async def _run_transaction_async(connection: AsyncConnection[Any], steps: Steps[T]) -> T:
    cursor = AsyncRawCursor(connection, row_factory=tuple_row)
    async with connection.transaction(), cursor:
        rows: Rows | Error | None = None
        while True:
            try:
                statement = _next(steps, rows)
            except StopIteration as end:
                return cast("T", end.value)
            try:
                await cursor.execute(statement.sql.encode(), statement.parameters or None)
                rows = await cursor.fetchall() if cursor.description else []
            except Error as error:
                rows = error


def _next(steps: Steps[Any], rows: Rows | Error | None) -> Statement:
    if isinstance(rows, Error):
        return steps.throw(rows)
    return next(steps) if rows is None else steps.send(rows)


def _check(connection: BaseConnection[Any]) -> None:
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        raise ValueError("the connection is in a transaction: commit it first")
