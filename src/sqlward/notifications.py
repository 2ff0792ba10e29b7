"""Publishing and hearing notifications, synchronous and asynchronous."""

from __future__ import annotations

from sqlward._aio.notifications import async_listen, async_publish
from sqlward._sync.notifications import listen, publish
from sqlward.notification import Listening, Notification

__all__ = ["Listening", "Notification", "async_listen", "async_publish", "listen", "publish"]
