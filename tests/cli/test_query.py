"""`sqlward query`, run as a user would."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from project import Project, small_project

QUERIES = """\
-- name: GetChat :one
-- Give one chat.
SELECT * FROM chats WHERE id = @id;

-- name: LoadChats :copyfrom
INSERT INTO chats (id, provider) VALUES (@id, @provider);
"""
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "query-json.md"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small project that compiles."""
    return small_project(tmp_path, QUERIES)


def test_explains_one_query(project: Project) -> None:
    """Parameters, columns with type and reason, rows and relations are shown."""
    outcome = project.run("query", "GetChat")

    assert 0 == outcome.code, outcome.err
    for part in (
        r"GetChat :one  queries/chats.sql:1",
        r"Give one chat\.",
        r"\$1 +id +int8 +not null: ",
        r"title +text +nullable: ",
        r"at most one: ",
        r"chats +reads id, provider, title",
    ):
        assert re.search(part, outcome.out), part


def test_a_reason_names_the_line(tmp_path: Path) -> None:
    """The line is that of the file as it is now, also when only what stands above it changed."""
    query = """\
-- name: ListPairs :many
SELECT a.id, b.provider, c.provider AS third
FROM chats a
LEFT JOIN chats b ON b.id = a.id + 1
LEFT JOIN LATERAL (
    SELECT provider FROM chats WHERE id = b.id) c ON true;
"""
    project = small_project(tmp_path, query)
    first = project.run("query", "ListPairs")
    small_project(tmp_path, f"-- name: Other :many\nSELECT 1;\n\n{query}")
    second = project.run("query", "ListPairs")

    side = "comes from the right side of LEFT JOIN"
    assert f"nullable: `b.provider` {side} chats b (line 4)\n" in first.out
    assert f"nullable: `c.provider` {side} c (line 5)\n" in first.out
    assert f"nullable: `b.provider` {side} chats b (line 7)\n" in second.out


def test_a_reason_inside_a_view_has_no_line(tmp_path: Path) -> None:
    """What a view joins stands in no query file."""
    schema = """\
CREATE TABLE t (id int PRIMARY KEY);
CREATE VIEW v AS SELECT t.id, u.id AS other FROM t LEFT JOIN t u ON u.id = t.id + 1;
"""
    project = small_project(
        tmp_path, "-- name: ListV :many\nSELECT v.* FROM v JOIN t u ON true;\n", schema
    )

    assert "(line" not in project.run("query", "ListV").out


def test_a_name_that_is_not_there(project: Project) -> None:
    """The closest name is offered."""
    outcome = project.run("query", "GetChats")

    assert 1 == outcome.code
    assert "did you mean `GetChat`?" in outcome.err


def test_neither_name_nor_all(project: Project) -> None:
    """Without a name the usage is shown."""
    assert 2 == project.run("query").code


def test_the_machine_form_is_documented(project: Project) -> None:
    """Every key of the machine-readable form stands in its documentation, and the reverse."""
    outcome = project.run("query", "--all", "--json")
    document = json.loads(outcome.out)
    documented = set(re.findall(r"`([a-z_]+)`", DOCUMENTATION.read_text()))

    assert ["GetChat", "LoadChats"] == [query["name"] for query in document["queries"]]
    assert set() == keys(document) - documented


def keys(value: object) -> set[str]:
    """Give every key of a JSON document."""
    if isinstance(value, dict):
        return set(value) | set().union(*(keys(v) for v in value.values()))
    if isinstance(value, list):
        return set().union(*(keys(v) for v in value))
    return set()
