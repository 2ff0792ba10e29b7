"""The asynchronous querier under a generated store; `sync.py` is made from this file."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from copy import copy
from functools import partial
from typing import Any, ClassVar, Final, Protocol, Self, TypeAlias, TypeVar, cast

from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward._adapters import Adapters
from sqlward._aio.calls import AsyncCall, AsyncLend
from sqlward._aio.locks import LOCKS, session_of_its_own
from sqlward._aio.timeouts import limited
from sqlward._aio.transactions import AsyncHeld, opened, run_in_tx
from sqlward._cursor import AsyncQueryCursor, AsyncStreamCursor
from sqlward._iteration import AsyncRows, async_each, parts
from sqlward._oids import FIND_TYPES, found_types, names_to_find
from sqlward.errors import TooManyRowsError
from sqlward.query import Copy, ExecResult, Query
from sqlward.rows import only_row, wrong_number
from sqlward.transaction import Isolation, Mode, TransactionReport
from sqlward.types import NO_TYPES, StoreTypes

R = TypeVar("R")
T = TypeVar("T")

IDLE: Final = TransactionStatus.IDLE


class AsyncPool(Protocol):
    """What lends connections: psycopg_pool's `AsyncConnectionPool`, or anything alike."""

    def connection(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """Lend a connection; commit at the end, roll back when the block raises."""
        ...


AsyncConnectionOrPool: TypeAlias = AsyncConnection[Any] | AsyncPool


class AsyncQuerier:
    """Runs compiled queries on a connection, or on connections of a pool.

    On a connection the application owns the transaction: nothing is committed here. On a pool
    each call takes a connection and commits, or rolls back when it raises, as
    `AsyncPool.connection` does.
    """

    iter_size: ClassVar[int] = 1000
    """How many rows of an `:iter` query are in memory at a time."""

    batch_size: ClassVar[int] = 1000
    """How many parameter sets of a `:batch…` query are sent before results are read."""

    on_transaction: Callable[[TransactionReport], None] | None = None
    """What is told of every `in_tx` when it ends; set it on the store, for metrics."""

    def __init__(
        self,
        connection: AsyncConnectionOrPool,
        types: StoreTypes = NO_TYPES,
    ) -> None:
        self._types = types
        self._timeout: float | None = None
        self._connect: AsyncLend = (
            AsyncHeld(connection)
            if isinstance(connection, AsyncConnection)
            else connection.connection
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers around the queries, outermost first: none."""
        return ()

    def with_timeout(self, seconds: float | None) -> Self:
        """Give the same querier with a time limit for each statement that has none of its own."""
        changed = copy(self)
        changed._timeout = seconds
        return changed

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        savepoint: bool = False,
    ) -> AsyncIterator[Self]:
        """Give a querier of the same class whose calls are one transaction.

        It commits at the end of the block, or rolls back when the block raises. Inside a
        transaction already, and on a connection that is not in autocommit mode, the block
        joins what the application began, and leaves it to the application to end it;
        `savepoint=True` makes it a part that rolls back by itself. What the block is given
        belongs to this task, and to the block.

        Raises `TransactionModeError` when the open transaction is not what is asked for, and
        `TransactionAbortedError` at the end when a statement had failed and its error was caught.
        """
        mode = Mode(isolation, read_only)
        constraints = self._types.constraints
        async with opened(self._connect, mode, constraints, savepoint=savepoint) as bound:
            inner = copy(self)
            inner._connect = bound
            yield inner

    async def in_tx(
        self,
        function: Callable[[Self], Awaitable[R]],
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        attempts: int = 10,
        name: str | None = None,
    ) -> R:
        """Give what the function makes of a querier in a transaction; see `transaction`.

        After a serialization failure or a deadlock all of it runs again, after a pause, up to
        `attempts` times; inside a transaction already it runs once. `name`, else the
        function's, is what `on_transaction` is told.
        """
        begins = not isinstance(self._connect, AsyncHeld) or self._connect.begins
        called = name or str(getattr(function, "__qualname__", type(function).__qualname__))

        def report(count: int, seconds: float, error: type[BaseException] | None) -> None:
            if self.on_transaction is not None:
                self.on_transaction(TransactionReport(called, count, seconds, error))

        begin = partial(self.transaction, isolation=isolation, read_only=read_only)
        return await run_in_tx(begin, function, attempts if begins else 1, report)

    @asynccontextmanager
    async def advisory_lock(self, lock: int, *, session: bool = False) -> AsyncIterator[Self]:
        """Wait for an advisory lock, and give a querier of the same class that holds it.

        The block is a transaction, see `transaction`; the lock is let go when that ends. With
        `session=True` the block is no transaction but has a connection to itself, each call
        commits, and the lock is let go at the end of the block.
        """
        async with self._locked(lock, session, wait=True) as inner:
            if inner is not None:
                yield inner

    @asynccontextmanager
    async def advisory_lock_if_free(
        self, lock: int, *, session: bool = False
    ) -> AsyncIterator[Self | None]:
        """Take an advisory lock as `advisory_lock` does, or give None when it is not free."""
        async with self._locked(lock, session, wait=False) as inner:
            yield inner

    @asynccontextmanager
    async def _locked(self, lock: int, session: bool, wait: bool) -> AsyncIterator[Self | None]:
        query = LOCKS[session, wait]
        if not session:
            async with self.transaction() as tx:
                yield None if await tx._one(query, int(lock)) is False else tx
            return
        own = session_of_its_own(self._connect, lock, self._types.constraints)
        async with own as bound:
            inner = copy(self)
            inner._connect = bound
            is_taken = await inner._one(query, int(lock)) is not False
            bound.is_locked = is_taken
            yield inner if is_taken else None

    async def _one(self, query: Query[T], *parameters: object) -> T:
        """Give the only row.

        Raises `NoRowsError` or `TooManyRowsError` when there is not exactly one.
        """
        async with self._call(query) as connection:
            cursor = await self._execute(connection, query, parameters)
            row: Any = await cursor.fetchone()
            if cursor.rowcount != 1:
                raise wrong_number(query, cursor.rowcount)
            return cast("T", row)

    async def _opt(self, query: Query[T], *parameters: object) -> T | None:
        """Give the only row, None without one.

        Raises `TooManyRowsError` when there are several.
        """
        async with self._call(query) as connection:
            cursor = await self._execute(connection, query, parameters)
            row: T | None = await cursor.fetchone()
            if cursor.rowcount > 1:
                raise TooManyRowsError(query.name, cursor.rowcount)
            return row

    async def _many(self, query: Query[T], *parameters: object) -> list[T]:
        """Give all rows."""
        async with self._call(query) as connection:
            cursor = await self._execute(connection, query, parameters)
            return await cursor.fetchall()

    async def _exec(self, query: Query[Any], *parameters: object) -> None:
        """Run a statement for what it does."""
        async with self._call(query) as connection:
            await self._execute(connection, query, parameters)

    async def _execrows(self, query: Query[Any], *parameters: object) -> int:
        """Run a statement and give the number of rows that it touched."""
        return (await self._execresult(query, *parameters)).rows

    async def _execresult(self, query: Query[Any], *parameters: object) -> ExecResult:
        """Run a statement and give what it did."""
        async with self._call(query) as connection:
            cursor = await self._execute(connection, query, parameters)
            await cursor.finish()
            return ExecResult(max(cursor.rowcount, 0), cursor.statusmessage or "")

    async def _iter(self, query: Query[T], *parameters: object) -> AsyncGenerator[T, None]:
        """Give the rows one by one from a cursor on the server, `iter_size` fetched at a time.

        The cursor lives in the transaction that is open, else in one of its own that ends with
        the iterator. Close the iterator when it is not read to its end.
        """
        async with self._call(query) as connection, _transaction(connection):
            adapters = await self._adapters(connection)
            async with AsyncStreamCursor(connection, adapters, query, self._is_over) as cursor:
                cursor.itersize = self.iter_size
                await cursor.execute(query.statement, parameters)
                try:
                    async for row in cursor:
                        yield row
                except GeneratorExit:
                    # Not a failure: what ran in this transaction stays.
                    return

    async def _copyfrom(
        self,
        copy: Copy,
        rows: AsyncRows,
        values: Callable[[Any], Sequence[object]] | None = None,
    ) -> int:
        """Stream rows into a table and give their number; nothing is kept in memory.

        `values` gives the columns of a row where the rows are not sequences already. When
        anything raises, no row is stored.
        """
        async with self._call(copy) as connection:
            cursor = AsyncQueryCursor(
                connection, adapters=await self._adapters(connection), query=copy
            )
            async with cursor.copy(copy.statement) as out:
                form = cursor.copy_form(out, copy)
                send = out.write if form.is_ours else out.write_row
                if form.head:
                    await out.write(form.head)
                async for row in async_each(rows):
                    columns = row if values is None else values(row)
                    try:
                        await send(form.line(columns))
                    except Exception:
                        cursor.raise_copy_error(out, columns)
                if form.tail:
                    await out.write(form.tail)
            return cursor.rowcount

    async def _batchexec(
        self, query: Query[Any], parameter_sets: Iterable[Sequence[object]]
    ) -> None:
        """Run a statement for each set of parameters, without waiting in between.

        All of it is one transaction: the open one, or one of its own.
        """
        async with self._call(query) as connection, _transaction(connection):
            adapters = await self._adapters(connection)
            for part in parts(parameter_sets, self.batch_size):
                cursor = AsyncQueryCursor(connection, adapters=adapters, query=query)
                await cursor.executemany(query.statement, part)

    async def _batchone(
        self, query: Query[T], parameter_sets: Iterable[Sequence[object]]
    ) -> list[T]:
        """Give the only row for each set of parameters, in order.

        Raises `NoRowsError` or `TooManyRowsError`, with the index of the set, where there is
        not exactly one.
        """
        async with self._call(query) as connection, _transaction(connection):
            results = await self._batch(connection, query, parameter_sets)
            return [only_row(query, rows, index) for index, rows in enumerate(results)]

    async def _batchmany(
        self, query: Query[T], parameter_sets: Iterable[Sequence[object]]
    ) -> list[list[T]]:
        """Give all rows for each set of parameters, in order."""
        async with self._call(query) as connection, _transaction(connection):
            return await self._batch(connection, query, parameter_sets)

    async def _batch(
        self,
        connection: AsyncConnection[Any],
        query: Query[T],
        parameter_sets: Iterable[Sequence[object]],
    ) -> list[list[T]]:
        adapters = await self._adapters(connection)
        results: list[list[T]] = []
        for part in parts(parameter_sets, self.batch_size):
            cursor = AsyncQueryCursor(connection, adapters=adapters, query=query)
            await cursor.executemany(query.statement, part, returning=True)
            results.append(await cursor.fetchall())
            while cursor.nextset():
                results.append(await cursor.fetchall())
        return results

    def _is_over(self) -> bool:
        return isinstance(self._connect, AsyncHeld) and self._connect.is_over()

    def _call(self, query: Query[Any] | Copy) -> AsyncCall:
        timeout = query.timeout or self._timeout
        if timeout is None:
            return AsyncCall(self._connect, query.name, self._types.constraints)
        lend = partial(limited, self._connect, timeout)
        return AsyncCall(lend, query.name, self._types.constraints, timeout)

    async def _execute(
        self, connection: AsyncConnection[Any], query: Query[Any], parameters: Sequence[object]
    ) -> AsyncQueryCursor:
        adapters = self._types.on(connection) or await _find_types(connection, self._types)
        timeout = query.timeout or self._timeout
        cursor = AsyncQueryCursor(connection, adapters=adapters, query=query, timeout=timeout)
        return await cursor.execute(query.statement, parameters, prepare=True)

    async def _adapters(self, connection: AsyncConnection[Any]) -> Adapters:
        return self._types.on(connection) or await _find_types(connection, self._types)


def _transaction(connection: AsyncConnection[Any]) -> AbstractAsyncContextManager[Any]:
    """Open a transaction where each statement would be one of its own."""
    if connection.autocommit and connection.info.transaction_status is IDLE:
        return connection.transaction()
    return nullcontext()


async def _find_types(connection: AsyncConnection[Any], types: StoreTypes) -> Adapters:
    """Look the store's types up in the connection's database."""
    rows: list[tuple[Any, ...]] = []
    if types.names:
        cursor = AsyncRawCursor(connection, row_factory=tuple_row)
        names = names_to_find(types.names, types.extensions)
        await cursor.execute(FIND_TYPES, names)
        rows = await cursor.fetchall()
    return types.resolve(connection, found_types(rows, types.extensions))
