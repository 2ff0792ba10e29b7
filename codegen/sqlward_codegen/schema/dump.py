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
# What `pg_dump` says of itself, of the session, and around each object.
_NOISE = re.compile(
    r"""^(?:
        \\(?:un)?restrict\ .*
      | --\ (?:Dumped\ (?:from|by)\ .*|PostgreSQL\ database\ dump(?:\ complete)?)
      | SET\ (?:statement_timeout|lock_timeout|idle_in_transaction_session_timeout
              |transaction_timeout|client_encoding|standard_conforming_strings
              |check_function_bodies|xmloption|client_min_messages|row_security
              |default_tablespace|default_table_access_method)\ =\ .*;
      | SELECT\ pg_catalog\.set_config\('search_path',\ '',\ false\);
      | --(?=\n--\s*$|$)
    )\n""",
    re.VERBOSE | re.MULTILINE,
)
_TITLE = re.compile(r"^-- Name: (.*?); Type: (.*?); Schema: (.*?); Owner: .*$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


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
    text = _NOISE.sub("", dump.replace("\r\n", "\n"))
    text = _TITLE.sub(r"-- \2: \3.\1", text).replace("-- EXTENSION: -.", "-- EXTENSION: ")
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


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
