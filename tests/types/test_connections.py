"""What a generated store takes as its connection, for a user with and without psycopg_pool."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import msgspec
import psycopg
import pytest
from project import small_project
from sqlward_codegen.server.binaries import Binaries
from type_projects import generate

import sqlward

QUERIES = "-- name: ListChats :many\nSELECT * FROM chats;\n"

WITHOUT_POOL = """\
from contextlib import AbstractContextManager
from typing import Any

from psycopg import AsyncConnection, Connection

from store.generated import AsyncSqlStore, SqlStore


class OwnPool:
    def connection(self, timeout: float | None = None) -> AbstractContextManager[Connection[Any]]:
        raise NotImplementedError


def stores(connection: Connection[Any], other: AsyncConnection[Any]) -> None:
    SqlStore(connection)
    SqlStore(OwnPool())
    AsyncSqlStore(other)
    SqlStore(other)  # type: ignore[arg-type]
    AsyncSqlStore(OwnPool())  # type: ignore[arg-type]
    SqlStore("postgresql://")  # type: ignore[arg-type]
"""

WITH_POOL = """\
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg.rows import DictRow
from psycopg_pool import AsyncConnectionPool, AsyncNullConnectionPool, ConnectionPool

from store.generated import AsyncSqlStore, SqlStore


class Own(Connection[DictRow]): ...


def stores(
    pool: ConnectionPool,
    own: ConnectionPool[Own],
    other: AsyncConnectionPool[AsyncConnection[DictRow]],
    null: AsyncNullConnectionPool[Any],
) -> None:
    SqlStore(pool)
    SqlStore(own)
    AsyncSqlStore(other)
    AsyncSqlStore(null)
    SqlStore(other)  # type: ignore[arg-type]
    AsyncSqlStore(pool)  # type: ignore[arg-type]
"""


@pytest.fixture(scope="module")
def folder(default_binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled project and two modules that use it."""
    folder = tmp_path_factory.mktemp("connections")
    project = small_project(folder, QUERIES)
    project.write({"without_pool.py": WITHOUT_POOL, "with_pool.py": WITH_POOL})
    generate(folder, {}, default_binaries)
    return folder


def _mypy(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_a_connection_or_anything_that_lends_one(folder: Path) -> None:
    """A connection of the store's kind and a pool are taken, another kind is not."""
    assert "Success: no issues found in 1 source file\n" == _mypy(folder, "with_pool.py")


def test_without_psycopg_pool(folder: Path, tmp_path: Path) -> None:
    """Nothing is missed by a type checker of an environment without psycopg_pool."""
    python = _environment_without_pool(tmp_path)
    arguments = ("--python-executable", str(python), "--cache-dir", str(tmp_path / "cache"))

    assert 'module named "psycopg_pool"' in _mypy(folder, *arguments, "with_pool.py")
    assert "Success: no issues found in 1 source file\n" == (
        _mypy(folder, *arguments, "without_pool.py")
    )
    assert "Success: no issues found in 8 source files\n" == (
        _mypy(folder, *arguments, "-p", "store.generated")
    )


def _environment_without_pool(folder: Path) -> Path:
    """Give the interpreter of an environment that has what a store needs, and nothing else."""
    venv.create(folder / "venv", symlinks=True, with_pip=False)
    [site] = (folder / "venv" / "lib").glob("python*/site-packages")
    for module in (psycopg, msgspec, sqlward):
        source = Path(module.__file__ or "").parent
        (site / source.name).symlink_to(source)
    return folder / "venv" / "bin" / "python"
