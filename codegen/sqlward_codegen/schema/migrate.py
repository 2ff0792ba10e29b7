"""Applying and undoing migrations, each in one transaction, one process at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label, error
from sqlward_codegen.model import Span
from sqlward_codegen.reading.sources import shown
from sqlward_codegen.schema import ledger
from sqlward_codegen.schema.execution import execute, lower_first
from sqlward_codegen.schema.ledger import Applied
from sqlward_codegen.schema.numbered import Migration
from sqlward_codegen.schema.sources import read_migrations, read_text
from sqlward_codegen.schema.statements import split
from sqlward_codegen.schema.transaction import check_transaction
from sqlward_codegen.server.databases import cannot_connect

LOCK = 0x73716C77617264
"""The advisory lock of whoever migrates a database: `sqlward` in ASCII."""
POLL = 0.1
"""Seconds between two tries to get the lock."""


class State(StrEnum):
    """How a migration stands between the folder and the database."""

    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"
    UNKNOWN = "no file"


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the status."""

    title: str
    state: State
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of the migrations, read: `up` and `down` are the texts by version."""

    root: Path
    migrations: tuple[Migration, ...]
    up: dict[int, str]
    down: dict[int, str]

    @classmethod
    def of(cls, path: Path, root: Path) -> Folder:
        """Read a folder; raises `CompileError` when anything in it is wrong."""
        found = read_migrations(path, root)
        up = {m.version: read_text(m.up, root) for m in found}
        down = {m.version: read_text(m.down, root) for m in found}
        return cls(root, found, up, down)

    def title(self, version: int) -> str:
        """Give the number and the name of a migration."""
        return self.migrations[version - 1].title

    def shown(self, path: Path) -> str:
        """Give a file's path as the user sees it."""
        return shown(path, self.root)


Report = Callable[[str], None]


def migrate_up(dsn: str, folder: Folder, report: Report) -> int:
    """Apply every pending migration, in order; gives their number.

    `report` is told each one when it is done. Raises `CompileError` when the database and
    the folder disagree (nothing is applied then), or a migration fails (it is rolled back,
    the ones before it stay).
    """
    with _locked(dsn, report) as connection:
        ledger.create(connection)
        done = len(_agreed(connection, folder))
        for migration in folder.migrations[done:]:
            _step(connection, folder, migration, is_up=True)
            report(f"applied {migration.title}")
        return len(folder.migrations) - done


def migrate_down(dsn: str, folder: Folder, report: Report, count: int = 1) -> int:
    """Undo the `count` newest migrations, newest first; gives the number undone.

    `report` and what is raised are those of `migrate_up`.
    """
    with _locked(dsn, report) as connection:
        done = len(_agreed(connection, folder))
        undone = folder.migrations[max(0, done - count) : done][::-1]
        for migration in undone:
            _step(connection, folder, migration, is_up=False)
            report(f"undid {migration.title}")
        return len(undone)


def standings(dsn: str, folder: Folder) -> tuple[Standing, ...]:
    """Give how every migration stands, by version; changes nothing."""
    with _connected(dsn) as connection:
        applied = {entry.version: entry for entry in ledger.applied(connection)}
    lines = {
        m.version: _standing(m, applied.get(m.version), folder.up[m.version])
        for m in folder.migrations
    }
    for version, entry in applied.items():
        if version not in lines:
            lines[version] = Standing(entry.title, State.UNKNOWN, entry.applied_at)
    return tuple(lines[version] for version in sorted(lines))


def _standing(migration: Migration, entry: Applied | None, sql: str) -> Standing:
    if entry is None:
        return Standing(migration.title, State.PENDING)
    same = entry.checksum == ledger.checksum(sql)
    state = State.APPLIED if same else State.CHANGED
    return Standing(migration.title, state, entry.applied_at)


def _agreed(connection: Connection[Any], folder: Folder) -> tuple[Applied, ...]:
    """Give what is applied, once it is sure that it is the first so many files, unchanged."""
    applied = ledger.applied(connection)
    found: list[Diagnostic] = []
    for position, entry in enumerate(applied, start=1):
        if entry.version > len(folder.migrations):
            found.append(_unknown(entry))
        elif entry.checksum != ledger.checksum(folder.up[entry.version]):
            found.append(_changed(entry, folder))
        elif entry.version != position:
            found.append(_skipped(entry, folder.title(position)))
            break
    if found:
        raise CompileError(found)
    return applied


def _step(
    connection: Connection[Any], folder: Folder, migration: Migration, *, is_up: bool
) -> None:
    file = migration.up if is_up else migration.down
    texts = folder.up if is_up else folder.down
    path, sql = folder.shown(file), texts[migration.version]
    in_transaction = check_transaction(path, split(sql))
    try:
        if in_transaction:
            with connection.transaction():
                execute(connection, path, sql)
                _note(connection, migration, folder.up[migration.version], is_up=is_up)
        else:
            execute(connection, path, sql)
            _note(connection, migration, folder.up[migration.version], is_up=is_up)
    except CompileError as failure:
        raise _annotated(failure, migration, in_transaction=in_transaction) from failure
    except psycopg.Error as failure:
        # A constraint that is checked at the commit, or a server that went away.
        message = failure.diag.message_primary or str(failure).strip()
        diagnostic = Diagnostic(
            "SW606",
            f"PostgreSQL refuses the migration: {lower_first(message)}",
            (Label(Span(path, 0, 0)),),
        )
        raise _annotated(
            CompileError([diagnostic]), migration, in_transaction=in_transaction
        ) from failure


def _note(connection: Connection[Any], migration: Migration, sql: str, *, is_up: bool) -> None:
    # The migration may have changed role or settings for its session.
    connection.execute("RESET SESSION AUTHORIZATION")
    connection.execute("RESET ROLE")
    connection.execute("RESET ALL")
    if is_up:
        ledger.record(connection, migration, ledger.checksum(sql))
    else:
        ledger.erase(connection, migration.version)


def _annotated(
    failure: CompileError, migration: Migration, *, in_transaction: bool
) -> CompileError:
    note = (
        f"nothing of `{migration.title}` was kept, what came before it was"
        if in_transaction
        else f"`{migration.title}` ran outside a transaction: an invalid index may be left behind"
    )
    return CompileError(replace(d, notes=(*d.notes, note)) for d in failure.diagnostics)


@contextmanager
def _locked(dsn: str, report: Report) -> Iterator[Connection[Any]]:
    with _connected(dsn) as connection:
        # Not `pg_advisory_lock`: whoever waits in it has a transaction open, which
        # `CREATE INDEX CONCURRENTLY` of who holds the lock would wait for.
        is_waiting = False
        while not _try_lock(connection):
            if not is_waiting:
                report("waiting for another migration of this database to end")
            is_waiting = True
            time.sleep(POLL)
        yield connection


def _try_lock(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
    return bool(row and row[0])


@contextmanager
def _connected(dsn: str) -> Iterator[Connection[Any]]:
    try:
        connection = psycopg.connect(dsn, autocommit=True)
    except psycopg.Error as failure:
        raise cannot_connect(failure) from failure
    try:
        yield connection
    except psycopg.Error as failure:
        message = failure.diag.message_primary or str(failure).strip()
        raise error("SW617", f"PostgreSQL refuses to migrate: {lower_first(message)}") from failure
    finally:
        # The lock goes with the connection.
        connection.close()


def _changed(entry: Applied, folder: Folder) -> Diagnostic:
    file = folder.migrations[entry.version - 1].up
    return Diagnostic(
        "SW613",
        f"migration `{file.name}` has changed since it was applied",
        (Label(Span(folder.shown(file), 0, 0)),),
        help="put back what was applied, and write the change as a new migration",
        notes=(f"it was applied at {entry.applied_at:%Y-%m-%d %H:%M:%S %Z}",),
    )


def _unknown(entry: Applied) -> Diagnostic:
    return Diagnostic(
        "SW614",
        f"migration `{entry.title}` is applied, but there is no file of it",
        help="get the newest migrations from version control, or check that this is "
        "the right database",
    )


def _skipped(entry: Applied, missing: str) -> Diagnostic:
    return Diagnostic(
        "SW615",
        f"migration `{entry.title}` is applied, but `{missing}` before it is not",
        help="the ledger `public.sqlward_migrations` was changed by hand: correct it",
    )
