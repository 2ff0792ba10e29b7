"""What a subscriber hears ("NOTIFY" in PostgreSQL's manual)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlward.query import Query

PUBLISH: Final = Query[None](
    "sqlward.Publish",
    "-- name: sqlward.Publish\nSELECT pg_catalog.pg_notify($1, $2)",
    parameters=("text", "text"),
)


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: its channel, its text, and the pid of the session that sent it."""

    channel: str
    payload: str
    pid: int


@dataclass(frozen=True, slots=True)
class Listening:
    """The subscription is in place: what is committed from now on is heard.

    `again`: the connection was lost before, and what was sent in between was not heard: read
    what the notifications are about anew.
    """

    again: bool
