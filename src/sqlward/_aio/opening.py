"""Opening a store: reach the server, make the pool, and close when nothing is in flight."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from psycopg import AsyncConnection, Error, OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Ping

from sqlward._here import async_pause, async_ping
from sqlward.aio import AsyncPool, AsyncQuerier
from sqlward.database_errors import StoreClosedError, UnreachableError

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

S = TypeVar("S", bound=AsyncQuerier)

_ASK_AGAIN: Final = 0.1
_LOOK_AGAIN: Final = 0.01


@asynccontextmanager
async def open_async_store(
    dsn: str,
    store_class: Callable[[AsyncPool], S],
    *,
    min_size: int = 1,
    max_size: int = 10,
    reach_within: float = 10.0,
    lend_within: float = 5.0,
    close_within: float = 30.0,
    timeout: float | None = None,
) -> AsyncIterator[S]:
    """Give a store on a pool of its own: `open_async_store(dsn, AsyncSqlStore)`.

    A server that does not answer yet, or is still starting, is asked again for `reach_within`
    seconds. A call waits `lend_within` seconds for one of `max_size` connections. At the end
    no call begins, and those under way have `close_within` seconds. `timeout` is the store's
    default, see `with_timeout`.

    Raises `UnreachableError` without a connection; one that the server refuses, for a wrong
    password or database, is not tried again.
    """
    from psycopg_pool import AsyncConnectionPool

    end = monotonic() + reach_within
    await _reach(dsn, end, reach_within)
    pool = AsyncConnectionPool(
        dsn, min_size=min_size, max_size=max_size, timeout=lend_within, open=False
    )
    closing = _AsyncClosing(pool)
    try:
        await pool.open()
        store = store_class(closing)
        yield store if timeout is None else store.with_timeout(timeout)
    finally:
        await closing.close(close_within)


class _AsyncClosing:
    """A pool that at its end lends no more, and waits for what it has lent."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool
        self._is_closing = False

    def connection(self) -> AbstractAsyncContextManager[AsyncConnection[Any]]:
        """Lend a connection."""
        if self._is_closing:
            raise StoreClosedError("the store is closed")
        return self._pool.connection()

    async def close(self, within: float) -> None:
        """Close the pool when nothing is in flight, or after `within` seconds."""
        self._is_closing = True
        end = monotonic() + within
        while self._is_busy() and monotonic() < end:
            await async_pause(_LOOK_AGAIN)
        await self._pool.close()

    def _is_busy(self) -> bool:
        stats = self._pool.get_stats()
        return stats["pool_available"] < stats["pool_size"] or stats["requests_waiting"] > 0


async def _reach(dsn: str, end: float, within: float) -> None:
    while True:
        left = max(2, int(end - monotonic()))
        bounded = make_conninfo(dsn, connect_timeout=left)
        try:
            connection = await AsyncConnection.connect(bounded)
        except OperationalError as error:
            said = await async_ping(bounded)
            if said not in (Ping.NO_RESPONSE, Ping.REJECT):
                raise UnreachableError(f"{_place(dsn)} refuses: {error}") from error
            if monotonic() >= end:
                raise UnreachableError(
                    f"{_place(dsn)} did not answer within {within:g} s"
                ) from error
            await async_pause(_ASK_AGAIN)
        except Error as error:
            raise UnreachableError(f"{_place(dsn)} cannot be reached: {error}") from error
        else:
            await connection.close()
            return


def _place(dsn: str) -> str:
    """Give where a connection string leads; nothing of how to get in."""
    parts = conninfo_to_dict(dsn)
    host, port = parts.get("host") or "local socket", parts.get("port")
    return f"`{host}:{port}`" if port else f"`{host}`"
