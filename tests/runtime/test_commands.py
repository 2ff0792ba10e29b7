"""Every command of a query, on connections and pools, sync and async."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, ConnectionPool
from type_cases import TYPES, Mood

from sqlward import (
    Copy,
    DatabaseError,
    ExecResult,
    NoRowsError,
    ParameterError,
    Query,
    TooManyRowsError,
    UniqueViolation,
)
from sqlward.aio import AsyncQuerier
from sqlward.rows import row, scalar
from sqlward.sync import Querier


@dataclass(slots=True)
class Item:
    id: int
    name: str | None


GET = Query[Item](
    "GetItem",
    "-- name: GetItem :one\nSELECT id, name FROM items WHERE id = $1",
    parameters=("int4",),
    row=row(Item),
)
GET_NAME = Query[str | None](
    "GetName", "SELECT name FROM items WHERE id = $1", parameters=("int4",), row=scalar()
)
BELOW = Query[Item](
    "ItemsBelow",
    "SELECT id, name FROM items WHERE id < $1 ORDER BY id",
    parameters=("int4",),
    row=row(Item),
)
INSERT = Query[None]("InsertItem", "INSERT INTO items VALUES ($1, $2)", parameters=("int4", "text"))
COUNT = Query[int]("CountItems", "SELECT count(*) FROM items", row=scalar())
RENAME = Query[None](
    "Rename", "UPDATE items SET name = $2 WHERE id < $1", parameters=("int4", "text")
)
COPY = Copy(
    "CopyItems",
    "COPY items (id, name) FROM STDIN (FORMAT BINARY)",
    parameters=("int4", "text"),
)


@pytest.fixture(autouse=True)
def items(types_dsn: str) -> Iterator[None]:
    """A table with the items 1, 2 and 3; the third has no name."""
    with psycopg.connect(types_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE items (id int PRIMARY KEY, name text)")
        connection.execute("INSERT INTO items VALUES (1, 'one'), (2, 'two'), (3, NULL)")
        yield
        connection.execute("DROP TABLE items")


class Driver:
    """Calls a querier's methods and gives plain results, whichever kind it is."""

    def __init__(self, store: Any, run: Callable[[Any], Any]) -> None:
        self.store = store
        self._run = run

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: self._run(getattr(self.store, f"_{name}")(*arguments))


async def _collected(result: Any) -> Any:
    if isinstance(result, AsyncIterator):
        return [row async for row in result]
    return await result


@pytest.fixture(params=["sync", "async", "sync pool", "async pool"])
def db(request: pytest.FixtureRequest, types_dsn: str, runner: asyncio.Runner) -> Iterator[Driver]:
    """A querier on a connection in autocommit mode, or on a pool."""
    kind = request.param
    if kind == "sync":
        with psycopg.connect(types_dsn, autocommit=True) as connection:
            yield Driver(Querier(connection, TYPES), _listed)
    elif kind == "sync pool":
        with ConnectionPool(types_dsn, min_size=1, max_size=2) as pool:
            yield Driver(Querier(pool, TYPES), _listed)
    elif kind == "async":
        opened = runner.run(psycopg.AsyncConnection.connect(types_dsn, autocommit=True))
        yield Driver(AsyncQuerier(opened, TYPES), lambda r: runner.run(_collected(r)))
        runner.run(opened.close())
    else:
        async_pool = AsyncConnectionPool(types_dsn, min_size=1, max_size=2, open=False)
        runner.run(async_pool.open())
        yield Driver(AsyncQuerier(async_pool, TYPES), lambda r: runner.run(_collected(r)))
        runner.run(async_pool.close())


def _listed(result: Any) -> Any:
    return list(result) if isinstance(result, Iterator) else result


def test_one_gives_the_row(db: Driver) -> None:
    """`:one` makes the row's class from the columns by position."""
    assert Item(1, "one") == db.one(GET, 1)


def test_one_without_row_raises(db: Driver) -> None:
    """`:one` without a row raises an error that names the query."""
    with pytest.raises(NoRowsError, match=r"^`GetItem` returned no row$") as caught:
        db.one(GET, 9)

    assert "GetItem" == caught.value.query


def test_one_with_several_rows_raises(db: Driver) -> None:
    """`:one` with several rows raises an error that says how many."""
    with pytest.raises(TooManyRowsError) as caught:
        db.one(BELOW, 9)

    assert 3 == caught.value.rows


def test_one_gives_null_as_none(db: Driver) -> None:
    """A row whose only column is NULL is a row."""
    assert db.one(GET_NAME, 3) is None


def test_opt_gives_the_row_or_none(db: Driver) -> None:
    """`:opt` gives None without a row, and raises with several."""
    assert Item(2, "two") == db.opt(GET, 2)
    assert db.opt(GET, 9) is None

    with pytest.raises(TooManyRowsError):
        db.opt(BELOW, 9)


def test_many_gives_a_list(db: Driver) -> None:
    """`:many` gives every row in order."""
    assert [Item(1, "one"), Item(2, "two")] == db.many(BELOW, 3)
    assert [] == db.many(BELOW, 0)


def test_iter_gives_every_row(db: Driver) -> None:
    """`:iter` gives the rows that `:many` gives."""
    db.batchexec(INSERT, [(n, None) for n in range(10, 3000)])

    assert db.many(BELOW, 5000) == db.iter(BELOW, 5000)


def test_exec_is_seen_by_the_next_call(db: Driver) -> None:
    """`:exec` gives nothing, and what it did stays."""
    assert db.exec(INSERT, 4, "four") is None
    assert 4 == db.one(COUNT)


def test_execrows_and_execresult_count(db: Driver) -> None:
    """`:execrows` gives the rows touched, `:execresult` the server's command tag as well."""
    assert 2 == db.execrows(RENAME, 3, "x")
    assert ExecResult(1, "UPDATE 1") == db.execresult(RENAME, 2, None)
    assert ExecResult(0, "TRUNCATE TABLE") == db.execresult(Query("T", "TRUNCATE items"))
    assert ExecResult(0, "DO") == db.execresult(Query("D", "DO $$ BEGIN END $$"))


def test_copyfrom_takes_an_iterable(db: Driver) -> None:
    """`:copyfrom` stores every row and gives their number."""
    assert 5000 == db.copyfrom(COPY, ((n, f"\\ {n}\t") for n in range(10, 5010)))
    assert "\\ 5009\t" == db.one(GET_NAME, 5009)
    assert 0 == db.copyfrom(COPY, ())


def test_copyfrom_takes_objects(db: Driver) -> None:
    """`:copyfrom` takes what `values` makes a row of."""
    assert 1 == db.copyfrom(COPY, [Item(7, None)], lambda item: (item.id, item.name))


def test_copyfrom_stores_nothing_when_it_raises(db: Driver) -> None:
    """An error of the rows' own, or a wrong value, ends the COPY without a row stored."""

    def failing() -> Iterator[tuple[int, str]]:
        yield 10, "ten"
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        db.copyfrom(COPY, failing())
    with pytest.raises(ParameterError, match=r"parameter \$1 is `int4`, cannot send this `str`"):
        db.copyfrom(COPY, [(11, "x"), ("12", "y")])

    assert 3 == db.one(COUNT)


def test_copyfrom_in_text_form(db: Driver) -> None:
    """A column type without binary form is copied as text, whatever characters are in it."""
    copy = Copy("C", "COPY items FROM STDIN", parameters=("int4", "text"), binary=False)
    names = [(10, "a\tb\\N\n\r,"), (11, None), (12, "\\N"), (13, "")]

    assert 4 == db.copyfrom(copy, names)
    assert names == [(item.id, item.name) for item in db.many(BELOW, 99)[3:]]


def test_batchexec_runs_every_set(db: Driver) -> None:
    """`:batchexec` runs the statement for each set, in more parts than one."""
    db.batchexec(INSERT, ((n, None) for n in range(10, 2510)))

    assert 2503 == db.one(COUNT)


def test_batchexec_is_one_transaction(db: Driver) -> None:
    """An error in the middle leaves nothing of the batch, and the connection in order."""
    with pytest.raises(UniqueViolation):
        db.batchexec(INSERT, ((n % 2000 + 10, None) for n in range(2500)))

    assert 3 == db.one(COUNT)


def test_batchone_gives_rows_in_order(db: Driver) -> None:
    """`:batchone` gives one row per set; a set without a row is named by its index."""
    assert [Item(2, "two"), Item(1, "one")] == db.batchone(GET, [(2,), (1,)])

    with pytest.raises(NoRowsError, match=r"^`GetItem` returned no row for item 1 of") as caught:
        db.batchone(GET, [(2,), (9,)])

    assert 1 == caught.value.index


def test_batchmany_gives_lists_in_order(db: Driver) -> None:
    """`:batchmany` gives a list per set, also an empty one, and takes no sets at all."""
    assert [[Item(1, "one")], [], [Item(1, "one")]] == db.batchmany(BELOW, [(2,), (0,), (2,)])
    assert [] == db.batchmany(BELOW, [])


def test_wrong_value_is_named_without_being_shown(db: Driver) -> None:
    """A value of the wrong type raises before anything is sent; the message hides it."""
    with pytest.raises(ParameterError) as caught:
        db.exec(INSERT, 1, 4711)

    assert "`InsertItem`: parameter $2 is `text`, cannot send this `int`" == str(caught.value)
    assert caught.value.__suppress_context__


def test_number_out_of_range_is_a_parameter_error(db: Driver) -> None:
    """An integer that the type cannot hold is refused here, not cut."""
    with pytest.raises(ParameterError, match=r"parameter \$1 is `int4`, cannot send this `int`"):
        db.exec(INSERT, 2**31, None)


def test_custom_types_are_looked_up_once(connection: psycopg.Connection[Any]) -> None:
    """Several queriers on a connection ask for its types once."""
    mood = Query[Mood]("Mood", "SELECT $1::mood", parameters=("public.mood",), row=scalar())
    for _ in range(3):
        assert Mood.EMPTY is Querier(connection, TYPES)._one(mood, Mood.EMPTY)

    prepared = connection.execute("SELECT statement FROM pg_prepared_statements").fetchall()
    assert 1 == sum("$1::mood" in statement for (statement,) in prepared)
    assert connection.adapters.types.get("public.mood") is None


def test_connection_owner_decides_on_commit(types_dsn: str) -> None:
    """On a connection that is not in autocommit mode nothing is committed."""
    with psycopg.connect(types_dsn) as connection:
        store = Querier(connection)
        store._exec(INSERT, 4, None)
        store._batchexec(INSERT, [(5, None)])
        assert [1, 2, 3, 4, 5] == [item.id for item in store._iter(BELOW, 9)]
        connection.rollback()
        assert 3 == store._one(COUNT)


@pytest.mark.parametrize("autocommit", [True, False])
def test_abandoned_iterator_leaves_no_cursor(types_dsn: str, autocommit: bool) -> None:
    """An iterator that is not read to its end frees its cursor and keeps what else ran."""
    with psycopg.connect(types_dsn, autocommit=autocommit) as connection:
        store = Querier(connection)
        for item in store._iter(BELOW, 9):
            store._exec(INSERT, 4, item.name)
            break
        gc.collect()

        cursors = connection.execute("SELECT count(*) FROM pg_cursors").fetchone()
        assert (0,) == cursors
        assert 4 == store._one(COUNT)


def test_failed_iterator_ends_its_transaction(connection: psycopg.Connection[Any]) -> None:
    """An error while rows are fetched rolls back, and the connection can be used again."""
    dividing = Query[int](
        "D", "SELECT 1 / (2000 - i) FROM generate_series(1, 3000) i", row=scalar()
    )
    with pytest.raises(DatabaseError):
        list(Querier(connection)._iter(dividing))

    assert TransactionStatus.IDLE == connection.info.transaction_status
    assert 3 == Querier(connection)._one(COUNT)


def test_iterator_holds_a_page_at_a_time(connection: psycopg.Connection[Any]) -> None:
    """Rows are fetched as they are read: one that cannot be computed does not hurt before."""
    dividing = Query[int](
        "D", "SELECT 1 / (5000 - i) FROM generate_series(1, 9999) i", row=scalar()
    )
    rows = Querier(connection)._iter(dividing)

    assert 0 == sum(next(rows) for _ in range(4000))
    rows.close()


def test_iterator_of_a_long_name(connection: psycopg.Connection[Any]) -> None:
    """A query's name may be longer than PostgreSQL's names, and not ASCII."""
    query = Query[int]("Zähle" * 30, "SELECT generate_series(1, 3)", row=scalar())

    assert [1, 2, 3] == list(Querier(connection)._iter(query))


def test_async_iterator_closes(
    types_dsn: str, runner: asyncio.Runner, async_connection: psycopg.AsyncConnection[Any]
) -> None:
    """`aclose` of an async iterator ends its transaction."""

    async def read_one() -> TransactionStatus:
        rows = AsyncQuerier(async_connection)._iter(BELOW, 9)
        assert Item(1, "one") == await anext(rows)
        await rows.aclose()
        return async_connection.info.transaction_status

    assert TransactionStatus.IDLE == runner.run(read_one())


def test_async_copyfrom_takes_an_async_iterable(
    runner: asyncio.Runner, async_connection: psycopg.AsyncConnection[Any]
) -> None:
    """The async `:copyfrom` takes async iterables too."""

    async def rows() -> AsyncIterator[tuple[int, str]]:
        for number in range(10, 20):
            yield number, "x"

    store = AsyncQuerier(async_connection)
    assert 10 == runner.run(store._copyfrom(COPY, rows()))


def test_pool_rolls_back_what_raised(types_dsn: str) -> None:
    """On a pool a call that raises leaves nothing behind."""
    insert = Query[int](
        "Add", "INSERT INTO items SELECT generate_series(10, 12) RETURNING id", row=scalar()
    )
    with ConnectionPool(types_dsn, min_size=1, max_size=1) as pool:
        with pytest.raises(TooManyRowsError):
            Querier(pool)._one(insert)
        assert 3 == Querier(pool)._one(COUNT)


def test_pool_serves_many_threads(types_dsn: str) -> None:
    """One querier on a pool answers threads at once, each with its own rows."""
    mood = Query[Mood]("Mood", "SELECT $1::mood", parameters=("public.mood",), row=scalar())
    with ConnectionPool(types_dsn, min_size=1, max_size=4) as pool:
        store = Querier(pool, TYPES)
        moods = list(Mood) * 40
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda m: store._one(mood, m), moods))

    assert moods == answers


def test_queries_join_the_application_pipeline(connection: psycopg.Connection[Any]) -> None:
    """In the application's own pipeline each call gives its own result."""
    store = Querier(connection, TYPES)
    with connection.pipeline():
        store._exec(INSERT, 4, "four")
        assert 4 == store._one(COUNT)
        assert 4 == store._execrows(RENAME, 9, "x")
        assert [Item(1, "x")] == store._many(BELOW, 2)


def test_cancelled_call_leaves_the_connection_usable(
    runner: asyncio.Runner, async_connection: psycopg.AsyncConnection[Any]
) -> None:
    """Cancelling a task cancels its query on the server."""

    async def cancel() -> int:
        store = AsyncQuerier(async_connection)
        task = asyncio.create_task(store._exec(Query("Sleep", "SELECT pg_sleep(60)")))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await store._one(COUNT)

    assert 3 == runner.run(cancel())
