# Made from _aio/transactions.py by scripts/unasync.py. DO NOT EDIT.
"""Transactions: opened, joined, owned by one thread, and run again after a conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import Any, Final, Self, TypeVar

from psycopg import Connection, RawCursor
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from sqlward._failure import Constraints
from sqlward._here import owner, pause
from sqlward._sync.calls import Call, Lend
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


class Held:
    """Lends the application's own connection each time, and leaves it as it is."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection[Any]) -> None:
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

    def __enter__(self) -> Connection[Any]:
        return self._connection

    def __exit__(self, *error: object) -> None:
        return None


class Bound(Held):
    """Lends the connection of a transaction while that lasts, to the thread that opened it."""

    __slots__ = ("_is_over", "_owner")

    def __init__(self, connection: Connection[Any]) -> None:
        super().__init__(connection)
        self._owner = owner()
        self._is_over = False

    def __call__(self) -> Self:
        if self._is_over:
            raise TransactionOverError("the transaction of this store is over")
        if owner() != self._owner:
            raise TransactionOwnerError(
                "a store in a transaction belongs to the thread that opened it"
            )
        return self

    def is_over(self) -> bool:
        """Whether the transaction is over."""
        return self._is_over

    def end(self) -> None:
        """Lend no more."""
        self._is_over = True


@contextmanager
def opened(lend: Lend, mode: Mode, constraints: Constraints, *, savepoint: bool) -> Iterator[Bound]:
    """Open a transaction, or join the one that the connection is in, for the block."""

    def block() -> AbstractContextManager[Any]:
        return _block(connection, lend, mode, savepoint)

    with (
        Call(lend, None, constraints) as connection,
        Call(block, None, constraints),
    ):
        bound = Bound(connection)
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
    connection: Connection[Any], lend: Lend, mode: Mode, savepoint: bool
) -> AbstractContextManager[Any]:
    if connection.info.transaction_status is not IDLE:
        return _joined(connection, mode, savepoint)
    if connection.autocommit or not isinstance(lend, Held):
        return _begun(connection, mode)
    return _left_open(connection, mode, savepoint)


@contextmanager
def _begun(connection: Connection[Any], mode: Mode) -> Iterator[None]:
    """Be a transaction of one's own."""
    before = connection.isolation_level, connection.read_only
    if mode.isolation is not None:
        connection.set_isolation_level(LEVELS[mode.isolation])
    if mode.read_only is not None:
        connection.set_read_only(mode.read_only)
    try:
        with connection.transaction():
            yield
    finally:
        if mode.asks and connection.info.transaction_status is IDLE:
            connection.set_isolation_level(before[0])
            connection.set_read_only(before[1])


@contextmanager
def _joined(connection: Connection[Any], mode: Mode, savepoint: bool) -> Iterator[None]:
    """Be part of the open transaction."""
    if mode.asks and connection.info.transaction_status is not INERROR:
        cursor = RawCursor(connection, row_factory=tuple_row)
        cursor.execute(
            "SELECT current_setting('transaction_isolation'),"
            " current_setting('transaction_read_only')::bool"
        )
        isolation, read_only = cursor.fetchone() or ("", False)
        mode.check_joins(isolation, read_only=read_only)
    with connection.transaction() if savepoint else nullcontext():
        yield


@contextmanager
def _left_open(connection: Connection[Any], mode: Mode, savepoint: bool) -> Iterator[None]:
    """Begin what the application, whose connection it is, will commit or roll back."""
    if mode.asks:
        connection.execute(mode.statement)
    elif savepoint:
        connection.execute("SELECT")
    with connection.transaction() if savepoint else nullcontext():
        yield


def run_in_tx(
    begin: Callable[[], AbstractContextManager[S]],
    function: Callable[[S], R],
    attempts: int,
    report: Callable[[int, float, type[BaseException] | None], None],
) -> R:
    """Run a function in a transaction, again after a conflict, `attempts` times at most."""
    start = monotonic()
    attempt = 1
    while True:
        try:
            with begin() as store:
                result = function(store)
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
        pause(pause_before(attempt))
