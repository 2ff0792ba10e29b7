"""Advisory locks: numbers, taking them, and seeing who has them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from sqlward import HeldLock, Query, TransactionModeError, gen_lock_id, lock_ids
from sqlward.aio import AsyncQuerier
from sqlward.locks_held import async_held_locks, held_locks
from sqlward.rows import scalar
from sqlward.sync import Querier


@lock_ids(retired={2: "MIGRATE, until 1.4"})
class LockId(IntEnum):
    PURGE = 1
    FAR = -(2**63)
    NAMED = gen_lock_id("chat titles")


PID = Query[int]("Pid", "SELECT pg_backend_pid()", row=scalar())


@pytest.fixture
def dsn(postgres: Any) -> Iterator[str]:
    """A database of the test's own."""
    with postgres.database() as dsn:
        yield dsn


def seen(dsn: str) -> list[HeldLock]:
    """Give the locks as another session sees them."""
    with psycopg.connect(dsn) as connection:
        return held_locks(connection, LockId)


@pytest.mark.parametrize(
    ("name", "unsigned"),
    [
        ("", 0xCBF29CE484222325),
        ("a", 0xAF63BD4C8601B7BE),
        ("foo", 0xD8CBC7186BA13533),
        ("foobar", 0x340D8765A4DDA9C2),
    ],
)
def test_lock_id_of_a_name_is_fnv1(name: str, unsigned: int) -> None:
    """The numbers are the published ones of 64-bit FNV-1, as a signed integer."""
    assert unsigned == gen_lock_id(name) % 2**64
    assert -(2**63) <= gen_lock_id(name) < 2**63


def test_registry_refuses_reuse() -> None:
    """A number is given once, and a retired one never again."""
    with pytest.raises(ValueError, match=r"^`Twice.SECOND` has the number of `FIRST`$"):

        @lock_ids(retired={})
        class Twice(IntEnum):
            FIRST = 1
            SECOND = 1

    with pytest.raises(ValueError, match=r"^`Again.OLD` has a retired number: 2$"):

        @lock_ids(retired={2: "MIGRATE, until 1.4"})
        class Again(IntEnum):
            OLD = 2

    with pytest.raises(ValueError, match=r"^`Wide.HUGE` is no 64-bit number$"):

        @lock_ids(retired={})
        class Wide(IntEnum):
            HUGE = 2**63


def test_lock_lasts_as_long_as_its_transaction(dsn: str) -> None:
    """The lock is there in the block, and gone with its transaction, also when it fails."""
    with ConnectionPool(dsn, min_size=1, max_size=1) as pool:
        store = Querier(pool)
        with store.advisory_lock(LockId.PURGE) as tx:
            pid = tx._one(PID)
            assert [f"PURGE (1): held by {pid}"] == [str(lock) for lock in seen(dsn)]
        assert [] == seen(dsn)
        with pytest.raises(KeyError), store.advisory_lock(LockId.FAR):
            assert [LockId.FAR] == [lock.id for lock in seen(dsn)]
            raise KeyError
        assert [] == seen(dsn)


def test_lock_of_a_session(dsn: str) -> None:
    """The block has one connection, each call commits, and the lock ends with the block."""
    with ConnectionPool(dsn, min_size=1, max_size=2) as pool:
        store = Querier(pool)
        with store.advisory_lock(LockId.NAMED, session=True) as held:
            held._exec(Query("Make", "CREATE TABLE made ()"))
            assert 0 == store._one(Query[int]("N", "SELECT count(*) FROM made", row=scalar()))
            assert [(LockId.NAMED, held._one(PID))] == [(k.id, k.pid) for k in seen(dsn)]
            with pytest.raises(Exception, match="nowhere"):
                held._exec(Query("Bad", "SELECT FROM nowhere"))
        assert [] == seen(dsn)
        with (
            store.transaction() as tx,
            pytest.raises(TransactionModeError, match="inside a transaction"),
            tx.advisory_lock(1, session=True),
        ):
            pass


@pytest.mark.parametrize("session", [False, True])
def test_try_gives_none_for_a_lock_that_is_taken(dsn: str, session: bool) -> None:
    """`advisory_lock_if_free` does not wait, and leaves the other's lock alone."""
    with ConnectionPool(dsn, min_size=2, max_size=2) as pool:
        store = Querier(pool)
        with store.advisory_lock_if_free(LockId.PURGE, session=session) as first:
            assert first is not None
            with store.advisory_lock_if_free(LockId.PURGE, session=session) as second:
                assert second is None
            assert [first._one(PID)] == [lock.pid for lock in seen(dsn)]
        with store.advisory_lock_if_free(LockId.PURGE, session=session) as third:
            assert third is not None
        assert [] == seen(dsn)


def test_who_waits_for_whom(dsn: str) -> None:
    """A session that waits is listed after the one that it waits for."""
    with (
        psycopg.connect(dsn, autocommit=True, application_name="first") as mine,
        psycopg.connect(dsn, autocommit=True, application_name="second") as theirs,
    ):

        def wait() -> None:
            with Querier(theirs).advisory_lock(LockId.PURGE):
                pass

        with Querier(mine).advisory_lock(LockId.PURGE):
            thread = threading.Thread(target=wait)
            thread.start()
            while len(locks := seen(dsn)) < 2:
                pass
        thread.join()
        first, second = mine.info.backend_pid, theirs.info.backend_pid

    assert [
        f"PURGE (1): held by {first} (first)",
        f"PURGE (1): {second} (second) waits for {first}",
    ] == [str(lock) for lock in locks]


def test_async_locks(dsn: str) -> None:
    """The async store takes and shows locks in the same way."""

    async def body() -> None:
        async with AsyncConnectionPool(dsn, min_size=2, max_size=2) as pool:
            store = AsyncQuerier(pool)
            for session in (False, True):
                async with store.advisory_lock(LockId.PURGE, session=session) as held:
                    async with store.advisory_lock_if_free(1, session=session) as other:
                        assert other is None
                    async with pool.connection() as connection:
                        (lock,) = await async_held_locks(connection, LockId)
                    assert (LockId.PURGE, await held._one(PID)) == (lock.id, lock.pid)
                assert [] == seen(dsn)

    asyncio.run(body())
