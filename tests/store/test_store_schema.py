"""The reference store's schema and statements on every PostgreSQL that is installed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from psycopg.pq import ExecStatus
from sqlward_codegen.model import Statement
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_queries
from sqlward_codegen.schema import dump_schema
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import BIN_VARIABLE

ROOT = Path(__file__).parents[2]
MIGRATIONS = ROOT / "schema" / "migrations"


def _statements() -> list[Statement]:
    queries, diagnostics = read_queries((ROOT / "queries",), ROOT)

    assert () == diagnostics
    return [expand_macros(query) for query in queries]


def _run(dsn: str, paths: list[Path]) -> None:
    with psycopg.connect(dsn) as connection:
        for path in paths:
            connection.execute(path.read_bytes())


def _up(dsn: str) -> None:
    _run(dsn, sorted(MIGRATIONS.glob("*.up.sql")))


def _down(dsn: str) -> None:
    _run(dsn, sorted(MIGRATIONS.glob("*.down.sql"), reverse=True))


def test_down_takes_everything_back(each_postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """All the way down leaves an empty schema, and up again the same one as before."""
    monkeypatch.delenv(BIN_VARIABLE, raising=False)  # each server needs its own `pg_dump`
    with each_postgres.database() as dsn:
        empty = dump_schema(dsn)
        _up(dsn)
        full = dump_schema(dsn)
        _down(dsn)

        assert empty == dump_schema(dsn)

        _up(dsn)

        assert full == dump_schema(dsn)
        assert empty != full


def test_every_statement_prepares(each_postgres: Server) -> None:
    """What runs and what is analysed is understood by every major."""
    with each_postgres.database() as dsn:
        _up(dsn)
        with psycopg.connect(dsn, autocommit=True) as connection:
            refused = {
                statement.query.name: result.error_message.decode()
                for statement in _statements()
                for sql in {statement.sql, statement.probe}
                if (result := connection.pgconn.prepare(b"", sql.encode())).status
                != ExecStatus.COMMAND_OK
            }

    assert {} == refused


@pytest.mark.parametrize("path", sorted(MIGRATIONS.glob("*.up.sql")), ids=lambda path: path.name)
def test_every_migration_can_be_taken_back(path: Path) -> None:
    """Each has its counterpart, and one that does something."""
    down = path.with_name(path.name.replace(".up.", ".down."))

    assert "DROP " in down.read_text()
