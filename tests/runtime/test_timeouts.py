"""A statement's time limit: kept by the server, then by the client, and gone afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from sqlward import Copy, Query, QueryTimeoutError
from sqlward.aio import AsyncQuerier
from sqlward.rows import scalar
from sqlward.sync import Querier

SLEEP = Query[None]("Sleep", "SELECT pg_sleep(60)", timeout=0.05)
NAP = Query[None]("Nap", "SELECT pg_sleep(0.06)", timeout=60)
LIMIT = Query[str]("Limit", "SHOW statement_timeout", row=scalar())
OWN_LIMIT = Query[str]("OwnLimit", "SHOW statement_timeout", row=scalar(), timeout=7)
SLEEPS = Query[None]("Sleeps", "SELECT pg_sleep($1)", parameters=("float8",), timeout=0.05)
SLOW_ROWS = Query[int](
    "SlowRows", "SELECT n FROM generate_series(1, 9) n, pg_sleep(60)", row=scalar(), timeout=0.05
)
ADD = Query[None]("Add", "INSERT INTO notes VALUES ($1)", parameters=("int4",), timeout=5)
SLOW_COPY = Copy(
    "SlowCopy", "COPY slow FROM STDIN (FORMAT BINARY)", parameters=("int4",), timeout=0.05
)
COUNT = Query[int]("Count", "SELECT count(*) FROM notes", row=scalar())

Body = Callable[[Any], Awaitable[None]]
Run = Callable[[Body], None]


@pytest.fixture(scope="module")
def module_dsn(postgres: Any) -> Iterator[str]:
    """A database with a table, and one that is slow to write to."""
    with postgres.database() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute(
                "CREATE TABLE notes (id int PRIMARY KEY);"
                "CREATE TABLE slow (id int CHECK (pg_sleep(id)::text = ''))"
            )
        yield dsn


class Both:
    """A sync querier that is called like an async one."""

    def __init__(self, store: Querier) -> None:
        self.sync = store

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any) -> Any:
            result = getattr(self.sync, name)(*arguments)
            return list(result) if isinstance(result, Iterator) else result

        return call

    def with_timeout(self, seconds: float | None) -> Both:
        """Set the limit of the store."""
        return Both(self.sync.with_timeout(seconds))


class Async:
    """An async querier whose iterators are awaited for lists."""

    def __init__(self, store: AsyncQuerier) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any) -> Any:
            result = getattr(self.store, name)(*arguments)
            if isinstance(result, AsyncIterator):
                return [row async for row in result]
            return await result

        return call

    def with_timeout(self, seconds: float | None) -> Async:
        """Set the limit of the store."""
        return Async(self.store.with_timeout(seconds))


@pytest.fixture(params=["sync", "async", "sync pool", "async pool", "sync open", "async open"])
def run(request: pytest.FixtureRequest, module_dsn: str) -> Run:
    """Runs a test's body with a store on a connection, on a pool, or in a transaction."""
    kind = request.param

    async def with_store(body: Body) -> None:
        if kind.endswith("pool"):
            if kind == "sync pool":
                with ConnectionPool(module_dsn, min_size=1, max_size=1) as pool:
                    await body(Both(Querier(pool)))
                return
            async with AsyncConnectionPool(module_dsn, min_size=1, max_size=1) as async_pool:
                await body(Async(AsyncQuerier(async_pool)))
            return
        autocommit = not kind.endswith("open")
        if kind.startswith("sync"):
            with psycopg.connect(module_dsn, autocommit=autocommit) as connection:
                await body(Both(Querier(connection)))
                if not connection.closed:
                    connection.rollback()
            return
        async with await psycopg.AsyncConnection.connect(module_dsn, autocommit=autocommit) as c:
            await body(Async(AsyncQuerier(c)))
            await c.rollback()

    return lambda body: asyncio.run(with_store(body))


@pytest.mark.parametrize(
    ("method", "query", "arguments"),
    [
        ("_exec", SLEEP, ()),
        ("_batchexec", SLEEPS, ([(0,), (60,)],)),
        ("_iter", SLOW_ROWS, ()),
        ("_copyfrom", SLOW_COPY, ([(60,)],)),
    ],
)
def test_statement_that_takes_too_long(
    run: Run, method: str, query: Any, arguments: tuple[Any, ...]
) -> None:
    """Every way to run a query ends with an error that says its limit."""

    async def body(store: Any) -> None:
        with pytest.raises(
            QueryTimeoutError, match=rf"^`{query.name}` ran into its timeout of 0\.05 s$"
        ) as caught:
            await getattr(store, method)(query, *arguments)
        assert "57014" == caught.value.sqlstate

    run(body)


def test_limit_is_gone_afterwards(run: Run) -> None:
    """A statement with a limit leaves the session's, or the transaction's, as it was."""

    async def body(store: Any) -> None:
        before = await store._one(LIMIT)
        assert "7s" == await store._one(OWN_LIMIT)
        assert before == await store._one(LIMIT)
        await store._exec(NAP)
        assert before == await store._one(LIMIT)

    run(body)


def test_store_has_a_limit_for_the_rest(run: Run) -> None:
    """`with_timeout` holds for statements without a limit of their own, on that store alone."""

    async def body(store: Any) -> None:
        hurried = store.with_timeout(3)
        assert "3s" == await hurried._one(LIMIT)
        assert "7s" == await hurried._one(OWN_LIMIT)
        assert "0" == await hurried.with_timeout(None)._one(LIMIT)
        assert "0" == await store._one(LIMIT)

    run(body)


def test_what_is_written_within_the_limit_stays(module_dsn: str) -> None:
    """A statement with a limit commits where one without would."""
    with psycopg.connect(module_dsn, autocommit=True) as connection:
        store = Querier(connection)
        store._exec(ADD, 1)
        assert TransactionStatus.IDLE == connection.info.transaction_status
    with ConnectionPool(module_dsn, min_size=1, max_size=1) as pool:
        Querier(pool)._exec(ADD, 2)
        with Querier(pool).transaction() as tx:
            tx._exec(ADD, 3)
            assert "0" == tx._one(LIMIT)
            tx._exec(Query("Local", "SET LOCAL statement_timeout = '9s'"))
            tx._exec(ADD, 4)
            assert "9s" == tx._one(LIMIT)
        assert 4 == Querier(pool)._one(COUNT)


def test_timeout_in_a_savepoint(module_dsn: str) -> None:
    """A savepoint that a timeout ends takes the limit back, and the transaction goes on."""
    with (
        psycopg.connect(module_dsn, autocommit=True) as connection,
        Querier(connection).transaction() as tx,
    ):
        with pytest.raises(QueryTimeoutError), tx.transaction(savepoint=True) as inner:
            inner._exec(SLEEP)
        assert "0" == tx._one(LIMIT)


def test_limit_in_a_pipeline(module_dsn: str) -> None:
    """In the application's own pipeline a limit holds too."""
    with psycopg.connect(module_dsn, autocommit=True) as connection, connection.pipeline():
        assert "7s" == Querier(connection)._one(OWN_LIMIT)
        assert "0" == Querier(connection)._one(LIMIT)


@pytest.mark.parametrize("run", ["sync", "async pool"], indirect=True)
def test_server_that_does_not_answer(
    run: Run, module_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client gives up by itself, a moment later, and gives the connection up too."""
    monkeypatch.setattr("sqlward._cursor.GRACE", 0.1)
    silent = Query[None]("Silent", "SELECT pg_sleep(60)", timeout=0.8)

    async def body(store: Any) -> None:
        pid = await store._one(Query[int]("P", "SELECT pg_backend_pid()", row=scalar()))
        freezer = threading.Thread(target=_freeze_when_busy, args=(module_dsn, pid))
        freezer.start()
        with pytest.raises(QueryTimeoutError, match=r"^`Silent` ran into its timeout of 0\.8 s$"):
            await store._exec(silent)
        freezer.join()
        os.kill(pid, signal.SIGCONT)

    run(body)


def _freeze_when_busy(dsn: str, pid: int) -> None:
    busy = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
    with psycopg.connect(dsn, autocommit=True) as connection:
        while connection.execute(busy, (pid,)).fetchone() is None:
            pass
    os.kill(pid, signal.SIGSTOP)
