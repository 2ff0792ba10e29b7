"""`sqlward init`: from an empty folder to a store that works on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import importlib
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from project import Project
from sqlward_codegen.server import Server


def test_from_an_empty_folder_to_a_working_store(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `init` writes compiles, and every query of it runs, sync and async."""
    project = Project(tmp_path)
    outcome = project.run("init")

    assert 0 == outcome.code, outcome.err
    assert {"pyproject.toml", "queries/notes.sql", "src/store/generated/notes.py"} <= set(
        project.files()
    )
    monkeypatch.syspath_prepend(str(tmp_path / "src"))
    for name in [n for n in sys.modules if n == "store" or n.startswith("store.")]:
        monkeypatch.delitem(sys.modules, name)
    generated: Any = importlib.import_module("store.generated")
    with postgres.database() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute((tmp_path / "schema/migrations/0001_notes.up.sql").read_bytes())
            connection.commit()
            store = generated.SqlStore(connection)
            note = store.insert_note(title="first", body=None, labels=["a"])

            assert note == store.get_note(note.id)
            assert [note] == store.list_notes(label="a", row_limit=10)
            assert [] == store.list_notes(label="b", row_limit=10)
            connection.commit()

        async def again() -> int:
            async with await psycopg.AsyncConnection.connect(dsn) as connection:
                return int(await generated.AsyncSqlStore(connection).delete_note(note.id))

        assert 1 == asyncio.run(again())


def test_keeps_what_is_there(tmp_path: Path) -> None:
    """Existing files stay as they are; the settings join the project's own."""
    project = Project(tmp_path).write(
        {"pyproject.toml": '[project]\nname = "mine"\nversion = "1"\n', "Makefile": "all:\n"}
    )
    outcome = project.run("init", "--no-compile")

    assert 0 == outcome.code
    assert "kept Makefile, which was there already" in outcome.out
    assert b"all:\n" == project.files()["Makefile"]
    assert b'name = "mine"' in project.files()["pyproject.toml"]
    assert b"[tool.sqlward]" in project.files()["pyproject.toml"]


def test_refuses_a_second_time(tmp_path: Path) -> None:
    """A folder that is set up is left alone, with the next step named."""
    project = Project(tmp_path)
    project.run("init", "--no-compile")
    before = project.files()
    outcome = project.run("init")

    assert 1 == outcome.code
    assert "SW009" in outcome.err
    assert before == project.files()


def test_starts_from_sqlc(tmp_path: Path) -> None:
    """A sqlc project keeps its files; its settings are read, and it compiles."""
    project = Project(tmp_path).write(
        {
            "sqlc.yaml": """\
version: "2"
sql:
  - engine: postgresql
    schema: db/schema.sql
    queries: db/query.sql
    gen: {go: {package: db, out: db, sql_package: pgx/v5}}
""",
            "db/schema.sql": "CREATE TABLE authors (id bigserial PRIMARY KEY, name text NOT NULL);",
            "db/query.sql": "-- name: ListAuthors :many\nSELECT * FROM authors ORDER BY name;\n",
        }
    )
    outcome = project.run("init", "--from-sqlc")

    assert 0 == outcome.code, outcome.err
    assert any(name.endswith("generated/query.py") for name in project.files())
