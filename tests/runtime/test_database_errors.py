"""What goes wrong on the server reaches the application as sqlward's own errors."""

from __future__ import annotations

import asyncio
import pickle
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from enum import StrEnum
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from sqlward import (
    CheckViolation,
    ConnectionLostError,
    ConstraintViolation,
    Copy,
    DatabaseError,
    DeadlockError,
    ExclusionViolation,
    ForeignKeyViolation,
    LockNotAvailableError,
    NotNullViolation,
    PoolExhaustedError,
    Query,
    QueryCancelledError,
    QueryTimeoutError,
    SerializationError,
    StoreClosedError,
    StoreTypes,
    UniqueViolation,
)
from sqlward.aio import AsyncQuerier
from sqlward.rows import scalar
from sqlward.sync import Querier


class Unique(StrEnum):
    PKEY = "things_pkey"


class ForeignKey(StrEnum):
    PARENT = "things_parent_fkey"


class Check(StrEnum):
    SHORT = "things_short"
    WORD = "word_short"


class Exclusion(StrEnum):
    SLOT = "things_slot_excl"


TYPES = StoreTypes(
    constraints={
        "unique": Unique,
        "foreign_key": ForeignKey,
        "check": Check,
        "exclusion": Exclusion,
    }
)
SCHEMA = """
CREATE DOMAIN word AS text CONSTRAINT word_short CHECK (length(value) < 10);
CREATE TABLE things (
    id int PRIMARY KEY,
    parent int REFERENCES things DEFERRABLE,
    name text NOT NULL CONSTRAINT things_short CHECK (length(name) < 10),
    slot int4range,
    CONSTRAINT things_slot_excl EXCLUDE USING gist (slot WITH &&)
);
CREATE UNIQUE INDEX newer ON things (name);
CREATE FUNCTION complain(text) RETURNS void LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no % here', $1 USING ERRCODE = '42501'; END $$;
INSERT INTO things VALUES (1, NULL, 'one', '[1,2]');
"""
INSERT = Query[None](
    "AddThing",
    "INSERT INTO things VALUES ($1, $2, $3, $4::int4range)",
    parameters=("int4", "int4", "text", "text"),
)
COPY = Copy(
    "CopyThings", "COPY things (id, name) FROM STDIN (FORMAT BINARY)", parameters=("int4", "text")
)
EACH = Query[int](
    "EachWord", "SELECT length(n::text::word) FROM generate_series(1, 1e11, 1e10) n", row=scalar()
)
WORD = Query[str]("Word", "SELECT $1::word::text", parameters=("text",), row=scalar())
SLEEP = Query[None]("Sleep", "SELECT pg_sleep(60)")


@pytest.fixture(scope="module")
def things_dsn(postgres: Any) -> Iterator[str]:
    """A database with a table that has every kind of constraint."""
    with postgres.database() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute(SCHEMA)
        yield dsn


Call = Callable[..., Any]


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, things_dsn: str) -> Iterator[Call]:
    """Calls a method of a querier, sync or async, by name."""
    if request.param == "sync":
        with psycopg.connect(things_dsn, autocommit=True) as connection:
            store = Querier(connection, TYPES)

            def run(name: str, *arguments: object) -> Any:
                result = getattr(store, name)(*arguments)
                return list(result) if isinstance(result, Iterator) else result

            yield run
        return
    with asyncio.Runner() as runner:
        opened = runner.run(psycopg.AsyncConnection.connect(things_dsn, autocommit=True))
        async_store = AsyncQuerier(opened, TYPES)

        async def run_async(name: str, *arguments: object) -> Any:
            result = getattr(async_store, name)(*arguments)
            if isinstance(result, AsyncIterator):
                return [row async for row in result]
            return await result

        yield lambda *arguments: runner.run(run_async(*arguments))
        runner.run(opened.close())


VIOLATIONS: list[tuple[tuple[object, ...], type[ConstraintViolation], str | None, str]] = [
    (
        (1, None, "secret", None),
        UniqueViolation,
        Unique.PKEY,
        "`AddThing` breaks unique constraint `things_pkey` of `things`",
    ),
    (
        (2, 99, "secret", None),
        ForeignKeyViolation,
        ForeignKey.PARENT,
        "`AddThing` breaks foreign key `things_parent_fkey` of `things`",
    ),
    (
        (2, None, "long secret", None),
        CheckViolation,
        Check.SHORT,
        "`AddThing` breaks check constraint `things_short` of `things`",
    ),
    (
        (2, None, "secret", "[1,1]"),
        ExclusionViolation,
        Exclusion.SLOT,
        "`AddThing` breaks exclusion constraint `things_slot_excl` of `things`",
    ),
    (
        (2, None, None, "[8,9]"),
        NotNullViolation,
        None,
        "`AddThing` breaks a not-null constraint of `things.name`",
    ),
    (
        (2, None, "one", None),
        UniqueViolation,
        "newer",
        "`AddThing` breaks unique constraint `newer` of `things`",
    ),
]


@pytest.mark.parametrize(("values", "error", "constraint", "message"), VIOLATIONS)
def test_violation_names_the_constraint(
    call: Call,
    values: tuple[object, ...],
    error: type[ConstraintViolation],
    constraint: str | None,
    message: str,
) -> None:
    """Each kind is an error of its own that holds the enum's very member, the table, the query."""
    with pytest.raises(error) as caught:
        call("_exec", INSERT, *values)

    raised = caught.value
    assert (message, "things", "AddThing") == (str(raised), raised.table, raised.query)
    assert constraint == raised.constraint
    assert type(constraint) is type(raised.constraint)
    assert isinstance(raised.__cause__, psycopg.Error)
    assert raised.sqlstate == raised.__cause__.sqlstate


def test_violation_of_a_domain_names_it(call: Call) -> None:
    """A value that a domain refuses has no table; the domain is named."""
    with pytest.raises(CheckViolation) as caught:
        call("_one", WORD, "much too long")

    assert (Check.WORD, None, "word") == (
        caught.value.constraint,
        caught.value.table,
        caught.value.domain,
    )


def test_every_way_to_run_maps_errors(call: Call) -> None:
    """COPY, batches and iterators fail with the same errors, and name their query."""
    with pytest.raises(UniqueViolation, match=r"^`CopyThings` breaks") as copied:
        call("_copyfrom", COPY, [(7, "seven"), (1, "x")])
    with pytest.raises(UniqueViolation, match=r"^`AddThing` breaks") as batched:
        call("_batchexec", INSERT, [(7, None, "seven", None), (1, None, "x", None)])
    with pytest.raises(CheckViolation, match=r"^`EachWord` breaks") as iterated:
        call("_iter", EACH)
    with pytest.raises(CheckViolation, match=r"^`Word` breaks"):
        call("_batchmany", WORD, [("good",), ("much too long",)])

    assert Unique.PKEY is copied.value.constraint
    assert Unique.PKEY is batched.value.constraint
    assert Check.WORD is iterated.value.constraint


@pytest.mark.parametrize(
    ("query", "value", "message"),
    [
        ("SELECT $1::text::int", "s3cret", "`Q` failed: invalid text representation (22P02)"),
        ("SELECT complain($1)", "s3cret", "`Q` failed: insufficient privilege (42501)"),
        (
            "INSERT INTO things VALUES (1, NULL, $1)",
            "s3cret",
            "`Q` breaks unique constraint `things_pkey` of `things`",
        ),
        ("SELECT $1 FROM nowhere", "s3cret", '`Q` failed: relation "nowhere" does not exist'),
    ],
)
def test_traceback_holds_no_value(call: Call, query: str, value: str, message: str) -> None:
    """Nothing that is logged of an error, its cause included, shows what was sent or stored."""
    with pytest.raises(DatabaseError) as caught:
        call("_opt", Query("Q", query, parameters=("text",), row=scalar()), value)

    shown = "".join(traceback.format_exception(caught.value, limit=0))
    assert str(caught.value).startswith(message)
    assert "s3cret" not in shown
    assert "DETAIL" not in shown


def test_errors_survive_pickling(call: Call) -> None:
    """An error that crosses processes keeps its class, its message and what it knows."""
    with pytest.raises(UniqueViolation) as caught:
        call("_exec", INSERT, 1, None, "x", None)

    copy = pickle.loads(pickle.dumps(caught.value))
    assert (UniqueViolation, str(caught.value)) == (type(copy), str(copy))
    assert vars(caught.value) == vars(copy)
    assert Unique.PKEY is copy.constraint


def test_timeout_of_the_session(call: Call) -> None:
    """A statement that the session's `statement_timeout` ends is a timeout."""
    call("_exec", Query("Set", "SET statement_timeout = 50"))
    with pytest.raises(QueryTimeoutError, match=r"^`Sleep` ran into its timeout$"):
        call("_exec", SLEEP)


def test_lock_that_is_not_free(call: Call, things_dsn: str) -> None:
    """`NOWAIT` on a row that another transaction holds has its own error."""
    nowait = Query[int]("L", "SELECT id FROM things FOR UPDATE NOWAIT", row=scalar())
    with psycopg.connect(things_dsn) as other:
        other.execute("SELECT FROM things FOR UPDATE")
        with pytest.raises(LockNotAvailableError, match=r"^`L` needs a lock that is not free$"):
            call("_many", nowait)


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        ("pg_cancel_backend", QueryCancelledError, "`Sleep` was cancelled"),
        ("pg_terminate_backend", ConnectionLostError, "`Sleep` lost its connection"),
    ],
)
def test_statement_ended_from_outside(
    call: Call, things_dsn: str, function: str, error: type[DatabaseError], message: str
) -> None:
    """A statement that is cancelled, or whose connection is cut, says which; so do later ones."""
    pid = call("_one", Query[int]("P", "SELECT pg_backend_pid()", row=scalar()))

    def end() -> None:
        ended = (
            f"SELECT {function}(pid) FROM pg_stat_activity WHERE pid = {pid}"
            " AND query LIKE '%sleep%' AND state = 'active'"
        )
        with psycopg.connect(things_dsn, autocommit=True) as other:
            while other.execute(ended.encode()).fetchone() is None:
                pass

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.raises(error) as caught:
        call("_exec", SLEEP)
    thread.join()

    assert message == str(caught.value)
    if error is ConnectionLostError:
        with pytest.raises(ConnectionLostError):
            call("_exec", SLEEP)


def test_pool_without_a_free_connection(things_dsn: str) -> None:
    """A call that waits for a connection in vain says so; a closed pool is something else."""
    one = Query[int]("One", "SELECT 1", row=scalar())
    with ConnectionPool(things_dsn, min_size=1, max_size=1, timeout=0.05) as pool:
        store = Querier(pool)
        with (
            pool.connection(),
            pytest.raises(PoolExhaustedError, match=r"^`One` got no connection from the pool"),
        ):
            store._one(one)
        assert 1 == store._one(one)
    with pytest.raises(StoreClosedError, match=r"^`One` found the pool closed$"):
        store._one(one)


def test_async_pool_without_a_free_connection(things_dsn: str) -> None:
    """The async pool gives the same errors."""

    async def run() -> None:
        one = Query[int]("One", "SELECT 1", row=scalar())
        async with AsyncConnectionPool(things_dsn, min_size=1, max_size=1, timeout=0.05) as pool:
            store = AsyncQuerier(pool)
            async with pool.connection():
                with pytest.raises(PoolExhaustedError):
                    await store._one(one)
            assert 1 == await store._one(one)
        with pytest.raises(StoreClosedError):
            await store._one(one)

    asyncio.run(run())


def test_conflicts_between_transactions(things_dsn: str) -> None:
    """A write skew is a serialization error, two locks taken crosswise are a deadlock."""
    touch = Query[None](
        "Touch", "UPDATE things SET parent = NULL WHERE id = $1", parameters=("int4",)
    )
    with (
        psycopg.connect(things_dsn, autocommit=True) as mine,
        psycopg.connect(things_dsn, autocommit=True) as theirs,
    ):
        mine.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        mine.execute("SELECT FROM things")
        Querier(theirs)._exec(touch, 1)
        with pytest.raises(SerializationError, match=r"^`Touch` cannot be serialized"):
            Querier(mine)._exec(touch, 1)
        mine.execute("ROLLBACK")

        for connection, lock in ((mine, 1), (theirs, 2)):
            connection.execute("SET deadlock_timeout = 50")
            connection.execute("BEGIN")
            connection.execute(f"SELECT pg_advisory_xact_lock({lock})".encode())
        lock_other = Query[None](
            "Lock", "SELECT pg_advisory_xact_lock($1)", parameters=("int8",), row=scalar()
        )
        failures: list[Exception] = []

        def take(connection: psycopg.Connection[Any], lock: int) -> None:
            try:
                Querier(connection)._one(lock_other, lock)
            except DatabaseError as error:
                failures.append(error)
            connection.execute("ROLLBACK")

        thread = threading.Thread(target=take, args=(theirs, 1))
        thread.start()
        take(mine, 2)
        thread.join()

    assert [DeadlockError] == [type(error) for error in failures]
