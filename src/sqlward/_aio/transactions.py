"""Transactions: opened, joined, owned by one task, and run again after a conflict."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from time import monotonic
from typing import Any, Final, Self, TypeVar

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward._aio.calls import AsyncCall, AsyncLend
from sqlward._failure import Constraints
from sqlward._here import async_owner, async_pause
from sqlward.database_errors import TransactionConflictError
from sqlward.errors import (
    TransactionAbortedError,
    TransactionOverError,
    TransactionOwnerError,
)
from sqlward.transaction import LEVELS, Mode, pause_before

R = TypeVar("R")
S = TypeVar("S")

IDLE: Final = TransactionStatus.IDLE
INERROR: Final = TransactionStatus.INERROR


class AsyncHeld:
    """Lends the application's own connection each time, and leaves it as it is."""

    __slots__ = ("_connection",)

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    def __call__(self) -> Self:
        return self

    def is_over(self) -> bool:
        """Whether the connection is lent no more."""
        return False

    @property
    def begins(self) -> bool:
        """Whether a transaction that is opened here is one of its own."""
        connection = self._connection
        return connection.autocommit and connection.info.transaction_status is IDLE

    async def __aenter__(self) -> AsyncConnection[Any]:
        return self._connection

    async def __aexit__(self, *error: object) -> None:
        return None


class AsyncBound(AsyncHeld):
    """Lends the connection of a transaction while that lasts, to the task that opened it."""

    __slots__ = ("_is_over", "_owner")

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        super().__init__(connection)
        self._owner = async_owner()
        self._is_over = False

    def __call__(self) -> Self:
        if self._is_over:
            raise TransactionOverError("the transaction of this store is over")
        if async_owner() != self._owner:
            raise TransactionOwnerError(
                "a store in a transaction belongs to the thread and task that opened it"
            )
        return self

    def is_over(self) -> bool:
        """Whether the transaction is over."""
        return self._is_over

    def end(self) -> None:
        """Lend no more."""
        self._is_over = True


@asynccontextmanager
async def opened(
    lend: AsyncLend, mode: Mode, constraints: Constraints, *, savepoint: bool
) -> AsyncIterator[AsyncBound]:
    """Open a transaction, or join the one that the connection is in, for the block."""

    def block() -> AbstractAsyncContextManager[Any]:
        return _block(connection, lend, mode, savepoint)

    async with (
        AsyncCall(lend, None, constraints) as connection,
        AsyncCall(block, None, constraints),
    ):
        bound = AsyncBound(connection)
        try:
            yield bound
            if connection.info.transaction_status is INERROR:
                raise TransactionAbortedError(
                    "a statement failed before and nothing can be committed: "
                    "let its error end the transaction, or run it in a savepoint"
                )
        finally:
            bound.end()


def _block(
    connection: AsyncConnection[Any], lend: AsyncLend, mode: Mode, savepoint: bool
) -> AbstractAsyncContextManager[Any]:
    if connection.info.transaction_status is not IDLE:
        return _joined(connection, mode, savepoint)
    if connection.autocommit or not isinstance(lend, AsyncHeld):
        return _begun(connection, mode)
    return _left_open(connection, mode, savepoint)


@asynccontextmanager
async def _begun(connection: AsyncConnection[Any], mode: Mode) -> AsyncIterator[None]:
    """Be a transaction of one's own."""
    before = connection.isolation_level, connection.read_only
    if mode.isolation is not None:
        await connection.set_isolation_level(LEVELS[mode.isolation])
    if mode.read_only is not None:
        await connection.set_read_only(mode.read_only)
    try:
        async with connection.transaction():
            yield
    finally:
        if mode.asks and connection.info.transaction_status is IDLE:
            await connection.set_isolation_level(before[0])
            await connection.set_read_only(before[1])


@asynccontextmanager
async def _joined(
    connection: AsyncConnection[Any], mode: Mode, savepoint: bool
) -> AsyncIterator[None]:
    """Be part of the open transaction."""
    if mode.asks and connection.info.transaction_status is not INERROR:
        cursor = AsyncRawCursor(connection, row_factory=tuple_row)
        await cursor.execute(
            "SELECT current_setting('transaction_isolation'),"
            " current_setting('transaction_read_only')::bool"
        )
        isolation, read_only = await cursor.fetchone() or ("", False)
        mode.check_joins(isolation, read_only=read_only)
    async with connection.transaction() if savepoint else nullcontext():
        yield


@asynccontextmanager
async def _left_open(
    connection: AsyncConnection[Any], mode: Mode, savepoint: bool
) -> AsyncIterator[None]:
    """Begin what the application, whose connection it is, will commit or roll back."""
    if mode.asks:
        await connection.execute(mode.statement)
    elif savepoint:
        await connection.execute("SELECT")
    async with connection.transaction() if savepoint else nullcontext():
        yield


async def run_in_tx(
    begin: Callable[[], AbstractAsyncContextManager[S]],
    function: Callable[[S], Awaitable[R]],
    attempts: int,
    report: Callable[[int, float, type[BaseException] | None], None],
) -> R:
    """Run a function in a transaction, again after a conflict, `attempts` times at most."""
    start = monotonic()
    attempt = 1
    while True:
        try:
            async with begin() as store:
                result = await function(store)
        except TransactionConflictError as error:
            if attempt >= attempts:
                report(attempt, monotonic() - start, type(error))
                raise
        except BaseException as error:
            report(attempt, monotonic() - start, type(error))
            raise
        else:
            report(attempt, monotonic() - start, None)
            return result
        attempt += 1
        await async_pause(pause_before(attempt))
