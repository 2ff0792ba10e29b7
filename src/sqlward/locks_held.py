"""Who holds the advisory locks of a database, and who waits for whom."""

from __future__ import annotations

from sqlward._aio.locks import held_locks as async_held_locks
from sqlward._sync.locks import held_locks

__all__ = ["async_held_locks", "held_locks"]
