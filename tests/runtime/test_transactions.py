"""Transactions of a querier, sync and async, on connections and pools.

Tests are written for the async querier; `Both` runs them on the sync one too.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from sqlward import (
    DatabaseError,
    DeadlockError,
    ForeignKeyViolation,
    Isolation,
    Query,
    TransactionAbortedError,
    TransactionModeError,
    TransactionOverError,
    TransactionOwnerError,
    TransactionReport,
    UniqueViolation,
)
from sqlward.aio import AsyncQuerier
from sqlward.rows import scalar
from sqlward.sync import Querier

GET = Query[int]("Get", "SELECT n FROM counters WHERE id = $1", parameters=("int4",), row=scalar())
SET = Query[None]("Set", "UPDATE counters SET n = $2 WHERE id = $1", parameters=("int4", "int4"))
ADD = Query[None]("Add", "INSERT INTO counters VALUES ($1, 0)", parameters=("int4",))
IDS = Query[int]("Ids", "SELECT id FROM counters ORDER BY id", row=scalar())
EACH = Query[int]("Each", "SELECT generate_series(1, 5000)", row=scalar())
ISOLATION = Query[str]("Isolation", "SELECT current_setting('transaction_isolation')", row=scalar())


@pytest.fixture(scope="module")
def module_dsn(postgres: Any) -> Iterator[str]:
    """A database with a table of counters."""
    with postgres.database() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute(
                "CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL);"
                "CREATE TABLE uses (id int REFERENCES counters DEFERRABLE INITIALLY DEFERRED)"
            )
        yield dsn


@pytest.fixture
def counters_dsn(module_dsn: str) -> str:
    """The database with one counter, 1, at 0."""
    with psycopg.connect(module_dsn) as connection:
        connection.execute("TRUNCATE counters, uses; INSERT INTO counters VALUES (1, 0)")
    return module_dsn


class Both:
    """A sync querier that is called like an async one."""

    def __init__(self, store: Querier) -> None:
        self.sync = store

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any) -> Any:
            return getattr(self.sync, name)(*arguments)

        return call

    @asynccontextmanager
    async def transaction(self, **mode: Any) -> AsyncIterator[Both]:
        """Open a transaction."""
        with self.sync.transaction(**mode) as inner:
            yield Both(inner)

    async def in_tx(self, function: Callable[[Any], Awaitable[Any]], **mode: Any) -> Any:
        """Run a coroutine function that waits for nothing."""

        def run(store: Querier) -> Any:
            try:
                function(Both(store)).__await__().send(None)
            except StopIteration as stop:
                return stop.value
            raise AssertionError("it waits")

        return self.sync.in_tx(run, **mode)


@pytest.fixture(params=["sync", "async", "sync pool", "async pool"])
def run(
    request: pytest.FixtureRequest, counters_dsn: str
) -> Callable[[Callable[[Any], Awaitable[None]]], None]:
    """Runs a test's body with a store on a connection in autocommit mode or on a pool."""
    kind = request.param

    async def with_store(body: Callable[[Any], Awaitable[None]]) -> None:
        if kind == "sync":
            with psycopg.connect(counters_dsn, autocommit=True) as connection:
                await body(Both(Querier(connection)))
        elif kind == "sync pool":
            with ConnectionPool(counters_dsn, min_size=1, max_size=2) as pool:
                await body(Both(Querier(pool)))
        elif kind == "async":
            async with await psycopg.AsyncConnection.connect(counters_dsn, autocommit=True) as c:
                await body(AsyncQuerier(c))
        else:
            async with AsyncConnectionPool(counters_dsn, min_size=1, max_size=2) as async_pool:
                await body(AsyncQuerier(async_pool))

    return lambda body: asyncio.run(with_store(body))


Run = Callable[[Callable[[Any], Awaitable[None]]], None]


def test_commits_at_the_end_and_rolls_back_what_raises(run: Run) -> None:
    """What ran in the block stays, unless the block raises."""

    async def body(store: Any) -> None:
        async with store.transaction() as tx:
            await tx._exec(ADD, 2)
        with pytest.raises(KeyError):
            async with store.transaction() as tx:
                await tx._exec(ADD, 3)
                raise KeyError
        assert [1, 2] == await store._many(IDS)

    run(body)


def test_isolation_is_that_of_the_transaction_only(run: Run) -> None:
    """A level holds for the block; the connection goes on as before."""

    async def body(store: Any) -> None:
        before = await store._one(ISOLATION)
        async with store.transaction(isolation=Isolation.SERIALIZABLE) as tx:
            assert "serializable" == await tx._one(ISOLATION)
        async with store.transaction(isolation=Isolation.REPEATABLE_READ) as tx:
            assert "repeatable read" == await tx._one(ISOLATION)
        assert before == await store._one(ISOLATION)

    run(body)


def test_read_only_refuses_to_write(run: Run) -> None:
    """A read-only transaction fails a write, and the next transaction may write."""

    async def body(store: Any) -> None:
        with pytest.raises(DatabaseError, match="read-only transaction") as caught:
            async with store.transaction(read_only=True) as tx:
                await tx._exec(ADD, 2)
        assert "25006" == caught.value.sqlstate
        async with store.transaction() as tx:
            await tx._exec(ADD, 2)

    run(body)


def test_nesting_joins(run: Run) -> None:
    """An inner block is part of the outer one: nothing of either stays when the outer raises."""

    async def body(store: Any) -> None:
        with pytest.raises(KeyError):
            async with store.transaction() as outer:
                async with outer.transaction() as inner:
                    await inner._exec(ADD, 2)
                assert [1, 2] == await outer._many(IDS)
                raise KeyError
        assert [1] == await store._many(IDS)

    run(body)


def test_a_weaker_transaction_is_not_joined(run: Run) -> None:
    """A block that asks for more than the open transaction gives raises; for less, it joins."""

    async def body(store: Any) -> None:
        async with store.transaction(isolation=Isolation.REPEATABLE_READ) as outer:
            async with outer.transaction(isolation=Isolation.READ_COMMITTED, read_only=False):
                pass
            with pytest.raises(
                TransactionModeError,
                match=r"^cannot join a `repeatable read` transaction as `serializable`$",
            ):
                async with outer.transaction(isolation=Isolation.SERIALIZABLE):
                    pass
            with pytest.raises(
                TransactionModeError,
                match=r"^cannot join a writing transaction as a read-only one$",
            ):
                async with outer.transaction(read_only=True):
                    pass

    run(body)


def test_savepoint_rolls_back_by_itself(run: Run) -> None:
    """With a savepoint the inner block can fail and the outer one goes on."""

    async def body(store: Any) -> None:
        async with store.transaction() as outer:
            await outer._exec(ADD, 2)
            with pytest.raises(UniqueViolation):
                async with outer.transaction(savepoint=True) as inner:
                    await inner._exec(ADD, 3)
                    await inner._exec(ADD, 2)
            with pytest.raises(TransactionOverError):
                await inner._many(IDS)
            await outer._exec(ADD, 4)
        assert [1, 2, 4] == await store._many(IDS)

    run(body)


def test_swallowed_error_is_not_a_commit(run: Run) -> None:
    """PostgreSQL would answer COMMIT with a silent ROLLBACK; here it raises."""

    async def body(store: Any) -> None:
        with pytest.raises(TransactionAbortedError, match=r"^a statement failed before and"):
            async with store.transaction() as tx:
                await tx._exec(ADD, 2)
                with pytest.raises(UniqueViolation):
                    await tx._exec(ADD, 1)
        assert [1] == await store._many(IDS)

    run(body)


def test_a_deferred_constraint_fails_the_commit(counters_dsn: str) -> None:
    """What only the commit finds is one of sqlward's errors, without a query."""
    with psycopg.connect(counters_dsn, autocommit=True) as connection:
        store = Querier(connection)
        with (
            pytest.raises(
                ForeignKeyViolation,
                match=r"^the transaction breaks foreign key `uses_id_fkey` of `uses`$",
            ) as caught,
            store.transaction() as tx,
        ):
            tx._exec(Query("Use", "INSERT INTO uses VALUES (9)"))

        assert caught.value.query is None
        assert TransactionStatus.IDLE == connection.info.transaction_status


def test_errors_of_the_application_are_left_alone(counters_dsn: str) -> None:
    """A psycopg error that the block raises by itself passes through."""
    mine = psycopg.OperationalError("mine")
    with (
        psycopg.connect(counters_dsn, autocommit=True) as connection,
        pytest.raises(psycopg.OperationalError) as caught,
        Querier(connection).transaction(),
    ):
        raise mine

    assert caught.value is mine


def test_store_is_over_with_its_transaction(run: Run) -> None:
    """A store that outlives its block raises at once, also an iterator of it."""

    async def body(store: Any) -> None:
        async with store.transaction() as tx:
            pass
        with pytest.raises(TransactionOverError, match="the transaction of this store is over"):
            await tx._many(IDS)
        with pytest.raises(TransactionOverError):
            async with tx.transaction():
                pass

    run(body)


def test_iterator_is_over_with_its_transaction(counters_dsn: str) -> None:
    """An iterator that outlives its transaction leaves the pool's connection alone."""
    with ConnectionPool(counters_dsn, min_size=1, max_size=1) as pool:
        with Querier(pool).transaction() as tx:
            rows = tx._iter(EACH)
            assert 1 == next(rows)
        with Querier(pool).transaction() as later:
            with pytest.raises(TransactionOverError, match="the transaction of `Each` is over"):
                list(rows)
            assert [1] == later._many(IDS)


def test_another_thread_is_refused(counters_dsn: str) -> None:
    """A store in a transaction belongs to the thread that opened it."""
    with (
        psycopg.connect(counters_dsn, autocommit=True) as connection,
        Querier(connection).transaction() as tx,
        ThreadPoolExecutor(1) as threads,
    ):
        error = threads.submit(tx._many, IDS).exception()
        assert [1] == tx._many(IDS)

    assert TransactionOwnerError is type(error)


def test_another_task_is_refused(counters_dsn: str) -> None:
    """A store in a transaction belongs to the task that opened it."""

    async def body() -> None:
        async with (
            AsyncConnectionPool(counters_dsn, min_size=1, max_size=1) as pool,
            AsyncQuerier(pool).transaction() as tx,
        ):
            with pytest.raises(TransactionOwnerError):
                await asyncio.create_task(tx._many(IDS))
            assert [1] == await tx._many(IDS)

    asyncio.run(body())


def test_cancellation_rolls_back(counters_dsn: str) -> None:
    """A task that is cancelled in its transaction leaves nothing, and a usable pool."""

    async def body() -> None:
        async with AsyncConnectionPool(counters_dsn, min_size=1, max_size=1) as pool:
            store = AsyncQuerier(pool)
            sleeping = "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"

            async def work() -> None:
                async with store.transaction() as tx:
                    await tx._exec(ADD, 2)
                    await tx._exec(Query("Sleep", "SELECT pg_sleep(60)"))

            task = asyncio.create_task(work())
            with psycopg.connect(counters_dsn, autocommit=True) as other:
                while other.execute(sleeping).fetchone() is None:
                    await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [1] == await store._many(IDS)

    asyncio.run(body())


def test_in_tx_gives_the_result_and_reports(run: Run) -> None:
    """`in_tx` commits, gives what the function gives, and tells how it ended."""
    reports: list[TransactionReport] = []

    async def add(tx: Any) -> list[int]:
        await tx._exec(ADD, 2)
        result: list[int] = await tx._many(IDS)
        return result

    async def body(store: Any) -> None:
        getattr(store, "sync", store).on_transaction = reports.append
        assert [1, 2] == await store.in_tx(add, name="add")
        with pytest.raises(UniqueViolation):
            await store.in_tx(add, name="again")

    run(body)

    assert [("add", 1, None), ("again", 1, UniqueViolation)] == [
        (report.name, report.attempts, report.error) for report in reports
    ]


def test_in_tx_gives_up_after_its_attempts(run: Run) -> None:
    """A transaction that always meets another fails with the last conflict."""
    attempts: list[int] = []

    async def conflict(tx: Any) -> None:
        attempts.append(len(attempts))
        await tx._exec(Query("Fail", "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))

    async def body(store: Any) -> None:
        with pytest.raises(DeadlockError):
            await store.in_tx(conflict, attempts=3)
        assert 3 == len(attempts)
        async with store.transaction() as outer:
            with pytest.raises(DeadlockError):
                await outer.in_tx(conflict, attempts=3)
            with pytest.raises(TransactionAbortedError):
                async with outer.transaction():
                    pass
            raise Leave

    with pytest.raises(Leave):
        run(body)

    assert 4 == len(attempts)


class Leave(Exception):  # noqa: N818
    pass


WORKERS, TURNS = 16, 5


def _count(reports: list[TransactionReport]) -> tuple[int, bool]:
    failed = [report for report in reports if report.error is not None]
    return len(reports) - len(failed), any(report.attempts > 1 for report in reports)


def test_storm_of_threads_on_one_row(counters_dsn: str) -> None:
    """16 workers on one row, SERIALIZABLE: all commit in the end, no step is lost."""
    reports: list[TransactionReport] = []
    together = threading.Barrier(WORKERS)

    def step(tx: Querier) -> None:
        tx._exec(SET, 1, tx._one(GET, 1) + 1)

    with ConnectionPool(counters_dsn, min_size=WORKERS, max_size=WORKERS) as pool:
        store = Querier(pool)
        store.on_transaction = reports.append

        def work(_: int) -> None:
            together.wait()
            for _turn in range(TURNS):
                store.in_tx(step, isolation=Isolation.SERIALIZABLE, attempts=100)

        with ThreadPoolExecutor(WORKERS) as threads:
            list(threads.map(work, range(WORKERS)))
        total = store._one(GET, 1)

    assert WORKERS * TURNS == total
    assert (WORKERS * TURNS, True) == _count(reports)


def test_storm_of_tasks_on_one_row(counters_dsn: str) -> None:
    """The same with tasks."""
    reports: list[TransactionReport] = []

    async def step(tx: AsyncQuerier) -> None:
        await tx._exec(SET, 1, await tx._one(GET, 1) + 1)

    async def body() -> int:
        async with AsyncConnectionPool(counters_dsn, min_size=WORKERS, max_size=WORKERS) as pool:
            store = AsyncQuerier(pool)
            store.on_transaction = reports.append

            async def work() -> None:
                for _turn in range(TURNS):
                    await store.in_tx(step, isolation=Isolation.SERIALIZABLE, attempts=100)

            await asyncio.gather(*(work() for _ in range(WORKERS)))
            return await store._one(GET, 1)

    assert WORKERS * TURNS == asyncio.run(body())
    assert (WORKERS * TURNS, True) == _count(reports)


def test_mode_on_the_applications_transaction(counters_dsn: str) -> None:
    """On a connection that is not in autocommit mode the application ends what is begun."""
    with psycopg.connect(counters_dsn) as connection:
        store = Querier(connection)
        with store.transaction(isolation=Isolation.SERIALIZABLE) as tx:
            assert "serializable" == tx._one(ISOLATION)
            tx._exec(ADD, 2)
        assert TransactionStatus.INTRANS == connection.info.transaction_status
        connection.rollback()
        with store.transaction(savepoint=True) as tx:
            tx._exec(ADD, 3)
        assert TransactionStatus.INTRANS == connection.info.transaction_status
        connection.rollback()
        assert [1] == store._many(IDS)


def test_serialization_error_at_commit_is_retried(counters_dsn: str) -> None:
    """A conflict that only the commit finds runs the function again."""
    tried: list[int] = []
    with (
        psycopg.connect(counters_dsn, autocommit=True) as mine,
        psycopg.connect(counters_dsn, autocommit=True) as theirs,
    ):
        theirs.execute("INSERT INTO counters VALUES (2, 0)")

        def skew(tx: Querier) -> None:
            value = tx._one(GET, 1)
            if not tried:
                with Querier(theirs).transaction(isolation=Isolation.SERIALIZABLE) as other:
                    other._exec(SET, 1, other._one(GET, 2) + 10)
            tried.append(value)
            tx._exec(SET, 2, value + 1)

        Querier(mine).in_tx(skew, isolation=Isolation.SERIALIZABLE)

    assert [0, 10] == tried
