"""Which migrations a database has had: the table `sqlward_migrations`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from sqlward_codegen.schema.numbered import Migration

LEDGER = "sqlward_migrations"
_CREATE = """\
CREATE TABLE IF NOT EXISTS public.sqlward_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration as the database remembers it."""

    version: int
    name: str
    checksum: str
    applied_at: datetime

    @property
    def title(self) -> str:
        """The number and the name: `0001_users`."""
        return f"{self.version:04}_{self.name}"


def checksum(sql: str) -> str:
    """Give the checksum of a migration's text; the same whatever its line ends are."""
    return hashlib.sha256(sql.replace("\r\n", "\n").encode()).hexdigest()


def applied(connection: Connection[Any]) -> tuple[Applied, ...]:
    """Give what has been applied, oldest first; nothing when there is no ledger yet."""
    row = connection.execute("SELECT to_regclass('public.sqlward_migrations') IS NULL").fetchone()
    if row is None or row[0]:
        return ()
    rows = connection.execute(
        "SELECT version, name, checksum, applied_at FROM public.sqlward_migrations ORDER BY version"
    )
    return tuple(Applied(*values) for values in rows)


def create(connection: Connection[Any]) -> None:
    """Make the ledger where there is none."""
    row = connection.execute("SELECT to_regclass('public.sqlward_migrations') IS NULL").fetchone()
    if row is None or row[0]:
        connection.execute(_CREATE)


def record(connection: Connection[Any], migration: Migration, sum_: str) -> None:
    """Note that a migration has been applied."""
    connection.execute(
        "INSERT INTO public.sqlward_migrations (version, name, checksum) VALUES (%s, %s, %s)",
        (migration.version, migration.name, sum_),
    )


def erase(connection: Connection[Any], version: int) -> None:
    """Note that a migration has been undone."""
    connection.execute("DELETE FROM public.sqlward_migrations WHERE version = %s", (version,))
