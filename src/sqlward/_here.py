"""Who runs, and how they wait: the names that differ between threads and tasks."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Final

from psycopg.pq import PGconn, Ping

owner: Final = threading.get_ident
pause: Final = time.sleep
async_owner: Final = asyncio.current_task
async_pause: Final = asyncio.sleep


def ping(dsn: str) -> Ping:
    """Ask whether a server is there and takes connections (libpq's `PQping`)."""
    return Ping(PGconn.ping(dsn.encode()))


async def async_ping(dsn: str) -> Ping:
    """Ask the same without holding the loop up."""
    return await asyncio.to_thread(ping, dsn)
