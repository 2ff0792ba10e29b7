"""Notifications, sync and async, also over a connection that is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from sqlward import UnreachableError
from sqlward.aio import AsyncQuerier
from sqlward.notifications import (
    Listening,
    Notification,
    async_listen,
    async_publish,
    listen,
    publish,
)
from sqlward.sync import Querier

CHANNELS = ["chats", 'odd "Name"']
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
)


@pytest.fixture
def dsn(postgres: Any) -> Iterator[str]:
    """A database of the test's own."""
    with postgres.database() as dsn:
        yield dsn


def test_notifications_are_heard(dsn: str) -> None:
    """What is committed is heard on every channel, what is rolled back is not."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        store = Querier(connection)
        heard = listen(dsn, CHANNELS)
        assert Listening(again=False) == next(heard)
        with pytest.raises(KeyError), store.transaction() as tx:
            publish(tx, "chats", "lost")
            raise KeyError
        publish(store, "others", "not listened to")
        publish(store, "chats", "one")
        publish(store, 'odd "Name"')
        pid = connection.info.backend_pid

        assert Notification("chats", "one", pid) == next(heard)
        assert Notification('odd "Name"', "", pid) == next(heard)
        heard.close()


def test_a_lost_connection_listens_again(dsn: str) -> None:
    """A subscription outlives its connection, and says that something may be missing."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        heard = listen(dsn, CHANNELS)
        assert Listening(again=False) == next(heard)
        for number in range(2):
            connection.execute(CUT)
            assert Listening(again=True) == next(heard)
            publish(Querier(connection), 'odd "Name"', str(number))
            assert str(number) == getattr(next(heard), "payload", None)
        heard.close()


def test_listening_ends_when_told(dsn: str) -> None:
    """`until` ends it; a first connection that cannot be made is an error."""
    assert [Listening(again=False)] == list(
        listen(dsn, CHANNELS, until=iter([False, False, True, True]).__next__)
    )
    with pytest.raises(UnreachableError):
        next(listen("host=/nowhere", CHANNELS))


def test_async_notifications(dsn: str) -> None:
    """The async subscriber hears, comes back, and ends with its task."""

    async def body() -> list[object]:
        heard: list[object] = []
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
            async for item in async_listen(dsn, CHANNELS):
                heard.append(item if isinstance(item, Listening) else item.payload)
                if len(heard) in (1, 3):
                    await async_publish(AsyncQuerier(connection), "chats", f"after {len(heard)}")
                elif len(heard) == 2:
                    await connection.execute(CUT)
                else:
                    return heard
        return []

    assert [Listening(False), "after 1", Listening(True), "after 3"] == asyncio.run(body())
