"""The schema as the server has it, as text that is the same from run to run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sqlward_codegen.diagnostics import CompileError, error
from sqlward_codegen.server.binaries import (
    BIN_VARIABLE,
    Binaries,
    find_binaries,
    installed_binaries,
)
from sqlward_codegen.server.databases import cannot_connect

LEDGER = "sqlward_migrations"
PROGRAM = "pg_dump"
_OPTIONS = (
    "--schema-only",
    "--no-owner",
    "--no-privileges",
    "--no-tablespaces",
    "--no-publications",
    "--no-subscriptions",
    "--no-security-labels",
    f"--exclude-table=public.{LEDGER}",
    f"--exclude-table=public.{LEDGER}_*",
)
_TITLE = re.compile(
    r"\n*^--\n-- Name: (?P<name>.*); Type: (?P<type>.*?); Schema: (?P<schema>.*?); Owner: .*\n--\n",
    re.MULTILINE,
)
# Between objects only: a function's body may hold the like, and stays as it is.
_SESSION = re.compile(r"^SET default_(?:tablespace|table_access_method) = .*;\n+", re.MULTILINE)
_FOOTER = re.compile(r"\n--\n-- PostgreSQL database dump complete\n--\n(?:\s|\\unrestrict .*)*\Z")


def dump_schema(dsn: str, pg_bin: Path | str | None = None) -> str:
    """Give the schema of a database as canonical SQL.

    Taken with the `pg_dump` of `pg_bin` or, without, of the installation nearest above the
    server's version. Raises `CompileError` when there is none, or it fails.
    """
    version = _server_version(dsn)
    program = _program(version // 10000, pg_bin)
    # The password must not show in the list of processes.
    shown, environment = _connection(dsn)
    command = [str(program), *_OPTIONS, f"--dbname={shown}"]
    try:
        finished = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env={**os.environ, "LC_ALL": "C", **environment},
        )
    except OSError as failure:
        raise _failed(str(failure)) from failure
    if finished.returncode:
        raise _failed(finished.stderr.decode(errors="replace"))
    return normalised(finished.stdout.decode())


def normalised(dump: str) -> str:
    """Give what `pg_dump` wrote without what differs from run to run and host to host."""
    text = _FOOTER.sub("\n", dump.replace("\r\n", "\n"))
    first = _TITLE.search(text)
    if first is None:
        return ""
    # Before the first object there are settings, versions and psql's `\\restrict`.
    text = _TITLE.sub(_short_title, _SESSION.sub("", text[first.start() :]))
    return text.strip() + "\n"


def _short_title(title: re.Match[str]) -> str:
    schema = "" if title["schema"] == "-" else f"{title['schema']}."
    return f"\n\n-- {title['type']}: {schema}{title['name']}\n"


def _server_version(dsn: str) -> int:
    try:
        with psycopg.connect(dsn) as connection:
            return connection.info.server_version
    except psycopg.Error as failure:
        raise cannot_connect(failure) from failure


def _program(major: int, pg_bin: Path | str | None) -> Path:
    if pg_bin or os.environ.get(BIN_VARIABLE):
        candidates: tuple[Binaries, ...] = (find_binaries(pg_bin),)
    else:
        candidates = installed_binaries()
    usable = [b for b in candidates if b.major >= major and _has_program(b)]
    if usable:
        return min(usable, key=lambda binaries: binaries.major).folder / PROGRAM
    raise error(
        "SW611",
        f"no `{PROGRAM}` for PostgreSQL {major} was found",
        help=f"install the client programs of PostgreSQL {major} or newer, "
        f"or name their folder with `--pg-bin` or `{BIN_VARIABLE}`",
    )


def _has_program(binaries: Binaries) -> bool:
    return os.access(binaries.folder / PROGRAM, os.X_OK)


def _connection(dsn: str) -> tuple[str, dict[str, str]]:
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    return make_conninfo("", **parts), {"PGPASSWORD": str(password)} if password else {}


def _failed(reason: str) -> CompileError:
    lines = [line for line in reason.splitlines() if line.strip()] or ["it said nothing"]
    return error("SW612", f"`{PROGRAM}` failed: {lines[0].strip()}")
