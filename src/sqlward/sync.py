# Made from aio.py by scripts/unasync.py. DO NOT EDIT.
"""The synchronous querier under a generated store."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from functools import partial
from typing import Any, ClassVar, Final, Protocol, Self, TypeAlias, TypeVar, cast

from psycopg import Connection, RawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward._adapters import Adapters
from sqlward._cursor import QueryCursor, StreamCursor
from sqlward._iteration import Rows, each, parts
from sqlward._oids import FIND_TYPES, found_types, names_to_find
from sqlward._sync.calls import Call, Lend
from sqlward._sync.locks import LOCKS, session_of_its_own
from sqlward._sync.timeouts import limited
from sqlward._sync.transactions import Held, opened, run_in_tx
from sqlward.errors import TooManyRowsError
from sqlward.query import Copy, ExecResult, Query
from sqlward.rows import only_row, wrong_number
from sqlward.transaction import Isolation, Mode, TransactionReport
from sqlward.types import NO_TYPES, StoreTypes

R = TypeVar("R")
T = TypeVar("T")

IDLE: Final = TransactionStatus.IDLE


class Pool(Protocol):
    """What lends connections: psycopg_pool's `ConnectionPool`, or anything alike."""

    def connection(self) -> AbstractContextManager[Connection[Any]]:
        """Lend a connection; commit at the end, roll back when the block raises."""
        ...


ConnectionOrPool: TypeAlias = Connection[Any] | Pool


class Querier:
    """Runs compiled queries on a connection, or on connections of a pool.

    On a connection the application owns the transaction: nothing is committed here. On a pool
    each call takes a connection and commits, or rolls back when it raises, as
    `Pool.connection` does.
    """

    iter_size: ClassVar[int] = 1000
    """How many rows of an `:iter` query are in memory at a time."""

    batch_size: ClassVar[int] = 1000
    """How many parameter sets of a `:batch…` query are sent before results are read."""

    on_transaction: Callable[[TransactionReport], None] | None = None
    """What is told of every `in_tx` when it ends; set it on the store, for metrics."""

    def __init__(
        self,
        connection: ConnectionOrPool,
        types: StoreTypes = NO_TYPES,
    ) -> None:
        self._types = types
        self._timeout: float | None = None
        self._connect: Lend = (
            Held(connection) if isinstance(connection, Connection) else connection.connection
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

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        savepoint: bool = False,
    ) -> Iterator[Self]:
        """Give a querier of the same class whose calls are one transaction.

        It commits at the end of the block, or rolls back when the block raises. Inside a
        transaction already, and on a connection that is not in autocommit mode, the block
        joins what the application began, and leaves it to the application to end it;
        `savepoint=True` makes it a part that rolls back by itself. What the block is given
        belongs to this thread, and to the block.

        Raises `TransactionModeError` when the open transaction is not what is asked for, and
        `TransactionAbortedError` at the end when a statement had failed and its error was caught.
        """
        mode = Mode(isolation, read_only)
        constraints = self._types.constraints
        with opened(self._connect, mode, constraints, savepoint=savepoint) as bound:
            inner = copy(self)
            inner._connect = bound
            yield inner

    def in_tx(
        self,
        function: Callable[[Self], R],
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
        begins = not isinstance(self._connect, Held) or self._connect.begins
        called = name or str(getattr(function, "__qualname__", type(function).__qualname__))

        def report(count: int, seconds: float, error: type[BaseException] | None) -> None:
            if self.on_transaction is not None:
                self.on_transaction(TransactionReport(called, count, seconds, error))

        begin = partial(self.transaction, isolation=isolation, read_only=read_only)
        return run_in_tx(begin, function, attempts if begins else 1, report)

    @contextmanager
    def advisory_lock(self, lock: int, *, session: bool = False) -> Iterator[Self]:
        """Wait for an advisory lock, and give a querier of the same class that holds it.

        The block is a transaction, see `transaction`; the lock is let go when that ends. With
        `session=True` the block is no transaction but has a connection to itself, each call
        commits, and the lock is let go at the end of the block.
        """
        with self._locked(lock, session, wait=True) as inner:
            if inner is not None:
                yield inner

    @contextmanager
    def advisory_lock_if_free(self, lock: int, *, session: bool = False) -> Iterator[Self | None]:
        """Take an advisory lock as `advisory_lock` does, or give None when it is not free."""
        with self._locked(lock, session, wait=False) as inner:
            yield inner

    @contextmanager
    def _locked(self, lock: int, session: bool, wait: bool) -> Iterator[Self | None]:
        query = LOCKS[session, wait]
        if not session:
            with self.transaction() as tx:
                yield None if tx._one(query, int(lock)) is False else tx
            return
        own = session_of_its_own(self._connect, lock, self._types.constraints)
        with own as bound:
            inner = copy(self)
            inner._connect = bound
            is_taken = inner._one(query, int(lock)) is not False
            bound.is_locked = is_taken
            yield inner if is_taken else None

    def _one(self, query: Query[T], *parameters: object) -> T:
        """Give the only row.

        Raises `NoRowsError` or `TooManyRowsError` when there is not exactly one.
        """
        with self._call(query) as connection:
            cursor = self._execute(connection, query, parameters)
            row: Any = cursor.fetchone()
            if cursor.rowcount != 1:
                raise wrong_number(query, cursor.rowcount)
            return cast("T", row)

    def _opt(self, query: Query[T], *parameters: object) -> T | None:
        """Give the only row, None without one.

        Raises `TooManyRowsError` when there are several.
        """
        with self._call(query) as connection:
            cursor = self._execute(connection, query, parameters)
            row: T | None = cursor.fetchone()
            if cursor.rowcount > 1:
                raise TooManyRowsError(query.name, cursor.rowcount)
            return row

    def _many(self, query: Query[T], *parameters: object) -> list[T]:
        """Give all rows."""
        with self._call(query) as connection:
            cursor = self._execute(connection, query, parameters)
            return cursor.fetchall()

    def _exec(self, query: Query[Any], *parameters: object) -> None:
        """Run a statement for what it does."""
        with self._call(query) as connection:
            self._execute(connection, query, parameters)

    def _execrows(self, query: Query[Any], *parameters: object) -> int:
        """Run a statement and give the number of rows that it touched."""
        return (self._execresult(query, *parameters)).rows

    def _execresult(self, query: Query[Any], *parameters: object) -> ExecResult:
        """Run a statement and give what it did."""
        with self._call(query) as connection:
            cursor = self._execute(connection, query, parameters)
            cursor.finish()
            return ExecResult(max(cursor.rowcount, 0), cursor.statusmessage or "")

    def _iter(self, query: Query[T], *parameters: object) -> Generator[T, None, None]:
        """Give the rows one by one from a cursor on the server, `iter_size` fetched at a time.

        The cursor lives in the transaction that is open, else in one of its own that ends with
        the iterator. Close the iterator when it is not read to its end.
        """
        with self._call(query) as connection, _transaction(connection):
            adapters = self._adapters(connection)
            with StreamCursor(connection, adapters, query, self._is_over) as cursor:
                cursor.itersize = self.iter_size
                cursor.execute(query.statement, parameters)
                try:
                    yield from cursor
                except GeneratorExit:
                    # Not a failure: what ran in this transaction stays.
                    return

    def _copyfrom(
        self,
        copy: Copy,
        rows: Rows,
        values: Callable[[Any], Sequence[object]] | None = None,
    ) -> int:
        """Stream rows into a table and give their number; nothing is kept in memory.

        `values` gives the columns of a row where the rows are not sequences already. When
        anything raises, no row is stored.
        """
        with self._call(copy) as connection:
            cursor = QueryCursor(connection, adapters=self._adapters(connection), query=copy)
            with cursor.copy(copy.statement) as out:
                form = cursor.copy_form(out, copy)
                send = out.write if form.is_ours else out.write_row
                if form.head:
                    out.write(form.head)
                for row in each(rows):
                    columns = row if values is None else values(row)
                    try:
                        send(form.line(columns))
                    except Exception:
                        cursor.raise_copy_error(out, columns)
                if form.tail:
                    out.write(form.tail)
            return cursor.rowcount

    def _batchexec(self, query: Query[Any], parameter_sets: Iterable[Sequence[object]]) -> None:
        """Run a statement for each set of parameters, without waiting in between.

        All of it is one transaction: the open one, or one of its own.
        """
        with self._call(query) as connection, _transaction(connection):
            adapters = self._adapters(connection)
            for part in parts(parameter_sets, self.batch_size):
                cursor = QueryCursor(connection, adapters=adapters, query=query)
                cursor.executemany(query.statement, part)

    def _batchone(self, query: Query[T], parameter_sets: Iterable[Sequence[object]]) -> list[T]:
        """Give the only row for each set of parameters, in order.

        Raises `NoRowsError` or `TooManyRowsError`, with the index of the set, where there is
        not exactly one.
        """
        with self._call(query) as connection, _transaction(connection):
            results = self._batch(connection, query, parameter_sets)
            return [only_row(query, rows, index) for index, rows in enumerate(results)]

    def _batchmany(
        self, query: Query[T], parameter_sets: Iterable[Sequence[object]]
    ) -> list[list[T]]:
        """Give all rows for each set of parameters, in order."""
        with self._call(query) as connection, _transaction(connection):
            return self._batch(connection, query, parameter_sets)

    def _batch(
        self,
        connection: Connection[Any],
        query: Query[T],
        parameter_sets: Iterable[Sequence[object]],
    ) -> list[list[T]]:
        adapters = self._adapters(connection)
        results: list[list[T]] = []
        for part in parts(parameter_sets, self.batch_size):
            cursor = QueryCursor(connection, adapters=adapters, query=query)
            cursor.executemany(query.statement, part, returning=True)
            results.append(cursor.fetchall())
            while cursor.nextset():
                results.append(cursor.fetchall())
        return results

    def _is_over(self) -> bool:
        return isinstance(self._connect, Held) and self._connect.is_over()

    def _call(self, query: Query[Any] | Copy) -> Call:
        timeout = query.timeout or self._timeout
        if timeout is None:
            return Call(self._connect, query.name, self._types.constraints)
        lend = partial(limited, self._connect, timeout)
        return Call(lend, query.name, self._types.constraints, timeout)

    def _execute(
        self, connection: Connection[Any], query: Query[Any], parameters: Sequence[object]
    ) -> QueryCursor:
        adapters = self._types.on(connection) or _find_types(connection, self._types)
        timeout = query.timeout or self._timeout
        cursor = QueryCursor(connection, adapters=adapters, query=query, timeout=timeout)
        return cursor.execute(query.statement, parameters, prepare=True)

    def _adapters(self, connection: Connection[Any]) -> Adapters:
        return self._types.on(connection) or _find_types(connection, self._types)


def _transaction(connection: Connection[Any]) -> AbstractContextManager[Any]:
    """Open a transaction where each statement would be one of its own."""
    if connection.autocommit and connection.info.transaction_status is IDLE:
        return connection.transaction()
    return nullcontext()


def _find_types(connection: Connection[Any], types: StoreTypes) -> Adapters:
    """Look the store's types up in the connection's database."""
    rows: list[tuple[Any, ...]] = []
    if types.names:
        cursor = RawCursor(connection, row_factory=tuple_row)
        names = names_to_find(types.names, types.extensions)
        cursor.execute(FIND_TYPES, names)
        rows = cursor.fetchall()
    return types.resolve(connection, found_types(rows, types.extensions))
