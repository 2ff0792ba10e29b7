# Made from _aio/notifications.py by scripts/unasync.py. DO NOT EDIT.
"""Notifications: sent with a transaction, heard on a connection that comes back when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, Final, TypeAlias

from psycopg import Connection, OperationalError
from psycopg.sql import SQL, Identifier

from sqlward._here import pause
from sqlward.database_errors import UnreachableError
from sqlward.notification import PUBLISH, Listening, Notification
from sqlward.sync import Querier
from sqlward.transaction import pause_before

Heard: TypeAlias = Listening | Notification

_LOOK: Final = 0.5
_KEEPALIVE: Final[dict[str, Any]] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""Seconds after which a connection whose other end is gone is lost: nothing else would tell."""


def publish(store: Querier, channel: str, payload: str = "") -> None:
    """Send a notification when the store's transaction commits, at once without one.

    A payload has at most 7,999 bytes; the same one twice in a transaction is sent once.
    """
    store._exec(PUBLISH, channel, payload)


def listen(
    dsn: str, channels: Sequence[str], *, until: Callable[[], bool] | None = None
) -> Generator[Heard, None, None]:
    """Give what is sent on the channels, on a connection of its own that is made again if lost.

    A `Listening` comes first, and after each loss. It goes on for ever, or until `until`,
    which is asked twice a second, says so. It needs a session: not PgBouncer in transaction
    mode. Raises `UnreachableError` when the first connection cannot be made.
    """
    again = False
    failures = 0
    while until is None or not until():
        try:
            connection = Connection.connect(dsn, autocommit=True, **_KEEPALIVE)
            try:
                for channel in channels:
                    connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
                failures = 0
                yield Listening(again)
                again = True
                while until is None or not until():
                    for heard in connection.notifies(timeout=_LOOK):
                        yield Notification(heard.channel, heard.payload, heard.pid)
            finally:
                connection.close()
        except OperationalError as error:
            if not again:
                raise UnreachableError(f"cannot listen: {error}") from error
            failures += 1
            pause(pause_before(failures + 1))
