"""A store with a pool of its own, from a connection string."""

from __future__ import annotations

from sqlward._aio.opening import open_async_store
from sqlward._sync.opening import open_store

__all__ = ["open_async_store", "open_store"]
