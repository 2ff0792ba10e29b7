"""Scratch and template databases on a server, private or the user's."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sqlward_codegen.diagnostics import CompileError, error

PREFIX = "sqlward_"
OLDEST_VERSION = 140000
STRATEGY_VERSION = 150000
"""The first version in which `CREATE DATABASE` has a strategy."""
LEAVING_POLLS = 20
LOCK_SPACE = 0x73716C77
"""The first key of the advisory locks that owners of databases hold; the second is in the names."""
# `pg_locks` shows the locks of all databases, so it does not matter which one we came through.
_LEFT_OVER = """\
SELECT datname FROM pg_database
WHERE datname ~ '^sqlward_(scratch|template|building)_[0-9]+_[0-9a-f]{8}$'
  AND pg_get_userbyid(datdba) = current_user
  AND NOT EXISTS (SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND classid::bigint = %s
      AND objid::text = split_part(datname, '_', 3))"""
_OTHERS = """\
SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1', %s)
UNION ALL SELECT rolname FROM pg_roles WHERE rolname <> 'postgres' AND rolname !~ '^pg_'"""


class Server:
    """A PostgreSQL that can be worked on; every database made here is dropped in the end.

    `binaries` is the folder of its programs where they are known.
    """

    def __init__(self, conninfo: str, *, is_private: bool, binaries: Path | None = None) -> None:
        """Connect to the maintenance database that `conninfo` names.

        Raises `CompileError` when that fails or the server is too old.
        """
        self._conninfo = conninfo
        self.is_private = is_private
        self.binaries = binaries
        self._templates: dict[str, str] = {}
        self._found: set[str] = set()
        self._owner = secrets.randbits(31)
        self._connection = _connect(conninfo)
        self.version = self._connection.info.server_version
        if self.version < OLDEST_VERSION:
            self.close()
            raise error(
                "SW705",
                f"the server is PostgreSQL {self.version // 10000}, and 14 is the oldest supported",
                help="leave `DATABASE_URL` unset to use a private PostgreSQL",
            )

        if not is_private:
            self._mark_and_sweep()

    def dsn(self, dbname: str = "postgres") -> str:
        """Give the connection string of a database on this server."""
        return make_conninfo(self._conninfo, dbname=dbname)

    @contextmanager
    def database(self, template: str | None = None, *, as_it_is: bool = False) -> Iterator[str]:
        """Make a scratch database, a copy of `template` or empty; gives its connection string.

        It is dropped at the end with whoever is still connected to it. For who leaves it
        `as_it_is`, the template itself will do where nobody else needs it. Raises
        `CompileError` when it cannot be made.
        """
        if as_it_is and template in self._found:
            yield self.dsn(template)
            return
        name = self._fresh_name("scratch")
        self._create(name, template)
        try:
            yield self.dsn(name)
        finally:
            self._drop(name)

    def create_template(self, key: str, load: Callable[[str], None]) -> str:
        """Give the name of the template database of `key`, filled by `load(dsn)` if it is new.

        What `load` raises is raised, and leaves no template behind.
        """
        if key in self._templates:
            return self._templates[key]
        name = template_name(key) if self.is_private else self._fresh_name("template")
        if self.is_private and self._exists(name):
            self._found.add(name)
        else:
            self._make_template(name, load)
        self._templates[key] = name
        return name

    def close(self) -> None:
        """Let go of the server; on the user's, drop the templates."""
        if not self.is_private:
            for name in self._templates.values():
                self._run("ALTER DATABASE {} IS_TEMPLATE false", name)
                self._drop(name)
        self._connection.close()

    def strip(self, template: str) -> bool:
        """Leave only that template behind; False when others' databases or roles are there."""
        try:
            if self._connection.execute(_OTHERS, (template,)).fetchone():
                return False
            # Nothing needs it any more, and it is a quarter of all that would be kept.
            self._connection.execute("ALTER DATABASE template0 IS_TEMPLATE false")
            self._connection.execute("DROP DATABASE template0")
        except psycopg.Error:
            return False
        return True

    def _make_template(self, name: str, load: Callable[[str], None]) -> None:
        building = self._fresh_name("building")
        self._create(building, None)
        try:
            load(self.dsn(building))
            self._wait_until_left(building)
            if not self.is_private:
                self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", building)
            self._run("ALTER DATABASE {} IS_TEMPLATE true", building)
            self._run("ALTER DATABASE {} RENAME TO {}", building, name)
        except BaseException:
            self._run("ALTER DATABASE {} IS_TEMPLATE false", building)
            self._drop(building)
            raise

    def _mark_and_sweep(self) -> None:
        """Show that we are alive, and drop what those who no longer are have left behind."""
        with suppress(psycopg.Error):
            self._connection.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_SPACE, self._owner))
            for (name,) in self._connection.execute(_LEFT_OVER, (LOCK_SPACE,)).fetchall():
                self._run("ALTER DATABASE {} IS_TEMPLATE false", name)
                # Without force: whoever is connected is not gone.
                self._run("DROP DATABASE IF EXISTS {}", name)

    def _fresh_name(self, kind: str) -> str:
        return f"{PREFIX}{kind}_{self._owner}_{secrets.token_hex(4)}"

    def _exists(self, name: str) -> bool:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        return self._connection.execute(query, (name,)).fetchone() is not None

    def _create(self, name: str, template: str | None) -> None:
        statement = "CREATE DATABASE {} TEMPLATE {}"
        if self.is_private and self.version >= STRATEGY_VERSION:
            # Twice as fast here: nothing is written to the log, and nothing is synced.
            statement += " STRATEGY FILE_COPY"
        try:
            self._execute(statement, name, template or "template1")
        except psycopg.Error as failure:
            raise _not_made(failure, is_private=self.is_private) from failure

    def _drop(self, name: str) -> None:
        self._wait_until_left(name)
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _wait_until_left(self, name: str) -> None:
        # PostgreSQL itself sleeps for 100 ms when it finds a session that is just ending.
        query = "SELECT FROM pg_stat_activity WHERE datname = %s"
        with suppress(psycopg.Error):
            for _ in range(LEAVING_POLLS):
                if self._connection.execute(query, (name,)).fetchone() is None:
                    return
                time.sleep(0.001)

    def _run(self, statement: str, *names: str) -> None:
        # A server that has gone away is not worth an error on the way out.
        with suppress(psycopg.Error):
            self._execute(statement, *names)

    def _execute(self, statement: Any, *names: str) -> None:
        identifiers = [sql.Identifier(name) for name in names]
        self._connection.execute(sql.SQL(statement).format(*identifiers))


def template_name(key: str) -> str:
    """Give the name of the template database that a key has on a private server."""
    return f"{PREFIX}template_{hashlib.sha256(key.encode()).hexdigest()[:24]}"


def _connect(conninfo: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(conninfo, autocommit=True)
    except psycopg.Error as failure:
        raise cannot_connect(failure) from failure


def cannot_connect(failure: psycopg.Error) -> CompileError:
    """Give the diagnostic for a connection that failed; never with the password."""
    lines = str(failure).strip().splitlines() or ["no reason given"]
    return error(
        "SW707",
        f"cannot connect to PostgreSQL: {lines[-1].strip()}",
        help="check `DATABASE_URL`, or leave it unset to use a private PostgreSQL",
    )


def _not_made(failure: psycopg.Error, *, is_private: bool) -> CompileError:
    return error(
        "SW708",
        f"cannot make a scratch database: {failure.diag.message_primary or failure}",
        help=None
        if is_private
        else "give the role of `DATABASE_URL` the right with `ALTER ROLE … CREATEDB`, "
        "or leave `DATABASE_URL` unset to use a private PostgreSQL",
    )
