"""Stores that are opened from a connection string."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sqlward import PoolExhaustedError, Query, StoreClosedError, UnreachableError
from sqlward.aio import AsyncQuerier
from sqlward.opening import open_async_store, open_store
from sqlward.rows import scalar
from sqlward.sync import Querier

ONE = Query[int]("One", "SELECT 1", row=scalar())
NAP = Query[int]("Nap", "SELECT 1 FROM pg_sleep(0.2)", row=scalar())
LIMIT = Query[str]("Limit", "SHOW statement_timeout", row=scalar())


@pytest.fixture(scope="module")
def dsn(postgres: Any) -> Iterator[str]:
    """An empty database."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def silent() -> Iterator[str]:
    """A connection string to a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        yield f"host=127.0.0.1 port={port} user=me password=s3cret dbname=x"


def test_store_runs_until_it_is_closed(dsn: str) -> None:
    """The store has its default timeout, waits for what is in flight, and is closed then."""
    results: list[int] = []
    with open_store(dsn, Querier, timeout=9) as store:
        assert "9s" == store._one(LIMIT)
        asked = threading.Event()

        def nap() -> None:
            with store.transaction() as tx:
                asked.set()
                results.append(tx._one(NAP))

        thread = threading.Thread(target=nap)
        thread.start()
        asked.wait()

    assert [1] == results
    thread.join()
    with pytest.raises(StoreClosedError, match=r"^the store is closed$"):
        store._one(ONE)


def test_async_store_runs_until_it_is_closed(dsn: str) -> None:
    """The same with tasks."""

    async def body() -> None:
        async with open_async_store(dsn, AsyncQuerier) as store:
            asked = asyncio.Event()

            async def nap() -> int:
                async with store.transaction() as tx:
                    asked.set()
                    return await tx._one(NAP)

            task = asyncio.create_task(nap())
            await asked.wait()
        assert 1 == task.result()
        with pytest.raises(StoreClosedError):
            await store._one(ONE)

    asyncio.run(body())


def test_exhausted_pool_says_so(dsn: str) -> None:
    """A call that no connection is free for fails within its deadline."""
    with (
        open_store(dsn, Querier, max_size=1, lend_within=0.05) as store,
        store.transaction(),
        pytest.raises(PoolExhaustedError, match=r"^`One` got no connection"),
    ):
        store._one(ONE)


def test_server_that_is_not_there(silent: str) -> None:
    """A server that does not answer is an error at the deadline, which shows no password."""
    port = silent.split("port=")[1].split()[0]
    message = f"`127.0.0.1:{port}` did not answer within 0.3 s"
    with pytest.raises(UnreachableError) as caught, open_store(silent, Querier, reach_within=0.3):
        pass
    with pytest.raises(UnreachableError) as caught_async:
        asyncio.run(_open(silent))

    assert [message, message] == [str(caught.value), str(caught_async.value)]
    assert "s3cret" not in repr(caught.value.__cause__)


async def _open(dsn: str) -> None:
    async with open_async_store(dsn, AsyncQuerier, reach_within=0.3):
        pass


def test_refusal_is_not_tried_again(postgres: Any) -> None:
    """A database that does not exist is an error at once, whatever the deadline."""
    with (
        pytest.raises(UnreachableError, match=r'refuses: .*"nowhere" does not exist'),
        open_store(postgres.dsn("nowhere"), Querier, reach_within=3600),
    ):
        pass
