"""Input that cannot be compiled: the whole message of the command is in a golden file."""

from __future__ import annotations

from pathlib import Path

import pytest
from goldens_support import assert_golden
from project import SCHEMA, SETTINGS, Outcome, Project, small_project

GET = "-- name: GetChat :one\nSELECT * FROM chats WHERE id = @id;\n"
MANY = "-- name: ListChats :many\n"

QUERIES: dict[str, str | bytes] = {
    "column_unknown": f"{MANY}-- Gibt Grüße aus.\nSELECT 'ü', titel FROM chats;\n",
    "column_unknown_after_macros": (
        f"{MANY}SELECT sqlc.embed(chat), chat.titel\nFROM chats AS chat\n"
        "WHERE id IN (sqlc.slice(ids)) AND provider = sqlc.narg(provider);\n"
    ),
    "table_unknown": f"{MANY}SELECT * FROM chat;\n",
    "name_ambiguous": f"{MANY}SELECT id FROM chats JOIN chats AS other ON true;\n",
    "type_wrong": f"{MANY}SELECT id FROM chats WHERE id = 'größe';\n",
    "types_differ": f"{MANY}SELECT * FROM chats WHERE id = title;\n",
    "function_unknown": f"{MANY}SELECT lenght(title) AS n FROM chats;\n",
    "parameter_with_two_types": f"{MANY}SELECT * FROM chats WHERE id = @x AND title = @x;\n",
    "parameter_without_type": f"{MANY}SELECT 1 AS a WHERE @x IS NULL;\n",
    "annotation_bad": "-- name: ListChats :manny\nSELECT * FROM chats;\n",
    "query_twice": f"{GET}\n{GET}",
    "one_of_several": "-- name: GetChat :one\nSELECT * FROM chats WHERE provider = @provider;\n",
    "no_rows": f"{MANY}UPDATE chats SET title = NULL WHERE id = @id;\n",
    "string_unterminated": f"{MANY}SELECT * FROM chats WHERE title = 'a;\n",
    "syntax": f"{MANY}SELECT * FORM chats;\n",
    "end_of_statement": f"{MANY}SELECT * FROM chats WHERE\n",
    "not_utf8": MANY.encode() + b"SELECT * FROM chats WHERE title = '\xe4';\n",
    "nul": f"{MANY}SELECT '\0';\n",
    "long_line": (
        f"{MANY}SELECT * FROM chats WHERE title IN ("
        + ", ".join(f"'ö{i}'" for i in range(1500))
        + ") AND nope;\n"
    ),
    "too_many_columns": f"{MANY}SELECT " + ", ".join(["id"] * 1665) + " FROM chats;\n",
    "too_many_parameters": (
        f"{MANY}SELECT id FROM chats WHERE id IN ("
        + ", ".join(f"@p{i}" for i in range(65_536))
        + ");\n"
    ),
    "too_deep": f"{MANY}SELECT {' + '.join(['id'] * 3000)} AS x FROM chats;\n",
}

SCHEMAS: dict[str, str | bytes] = {
    "schema_refused": "CREATE TABLE chats (id bigint, titel txt);\n",
    "schema_without_the_table": "CREATE TYPE mood AS ENUM ('größe');\n",
    "schema_with_unknown_extension": f"CREATE EXTENSION postgis;\n{SCHEMA}",
    "schema_ends_the_connection": f"{SCHEMA}SELECT pg_terminate_backend(pg_backend_pid());\n",
    "schema_not_text": "CREATE".encode("utf-16"),
}


def assert_refused(name: str, project: Project, outcome: Outcome) -> None:
    """Expect exit code 1, the golden message, and nothing written but the golden's own files."""
    assert_golden(f"diagnostics/cli/{name}.txt", outcome.err.rstrip())

    assert 1 == outcome.code
    assert "" == outcome.out
    assert [] == [path for path in project.files() if path.startswith("store")]


@pytest.mark.parametrize("name", QUERIES)
def test_queries(name: str, tmp_path: Path) -> None:
    """What is wrong with a query file is said with its place and, where there is one, a way out."""
    project = small_project(tmp_path, "").write({"queries/chats.sql": QUERIES[name]})

    assert_refused(name, project, project.run("generate"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_schemas(name: str, tmp_path: Path) -> None:
    """What is wrong with the schema is said with its place."""
    project = small_project(tmp_path, GET).write({"schema.sql": SCHEMAS[name]})

    assert_refused(name, project, project.run("generate"))


def test_migration_with_an_error(tmp_path: Path) -> None:
    """The place is in the migration's own file."""
    project = Project(tmp_path).write(
        {
            "sqlward.toml": SETTINGS.replace("schema.sql", "migrations"),
            "queries/chats.sql": GET,
            "migrations/0001_chats.up.sql": SCHEMA,
            "migrations/0001_chats.down.sql": "DROP TABLE chats;\n",
            "migrations/0002_labels.up.sql": (
                "ALTER TABLE chats ADD größe int;\nALTER TABLE chatz ADD labels text[];\n"
            ),
            "migrations/0002_labels.down.sql": "ALTER TABLE chats DROP größe;\n",
        }
    )

    assert_refused("migration_refused", project, project.run("generate"))


def test_an_empty_folder_of_queries(tmp_path: Path) -> None:
    """A folder without query files is an error: it is probably the wrong one."""
    project = small_project(tmp_path, GET)
    (tmp_path / "queries/chats.sql").unlink()

    assert_refused("queries_empty", project, project.run("generate"))


def test_a_misspelt_folder_of_queries(tmp_path: Path) -> None:
    """A folder that is not there is an error with the closest one named."""
    project = small_project(tmp_path, GET)
    project.write({"sqlward.toml": SETTINGS.replace('"queries"', '"querys"')})

    assert_refused("queries_misspelt", project, project.run("generate"))


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    """A name that cannot stand in a generated file's first line is refused, not written there."""
    project = small_project(tmp_path, GET).write({"queries/a\nb.sql": GET.replace("Get", "Find")})

    assert_refused("file_name", project, project.run("generate"))


def test_every_file_is_reported(tmp_path: Path) -> None:
    """Errors of reading, of macros and of the server are given together, file by file."""
    project = small_project(tmp_path, GET).write(
        {
            "queries/a.sql": b"-- name: A :one\nSELECT '\xff';\n",
            "queries/b.sql": "-- name: B :one\nSELECT sqlc.agr(id);\n",
            "queries/c.sql": "-- name: C :many\nSELECT nope FROM chats;\n",
            "queries/d.sql": "-- name: GetChat :many\nSELECT 1 AS one;\n",
        }
    )

    assert_refused("several_files", project, project.run("generate"))


@pytest.mark.parametrize("schema", ["", "-- nothing yet\n", "CREATE TYPE mood AS ENUM ('a');\n"])
def test_a_schema_without_tables(schema: str, tmp_path: Path) -> None:
    """A schema may have no table: a query may need none."""
    project = small_project(tmp_path, "-- name: One :one\nSELECT 1 AS one;\n", schema)
    outcome = project.run("generate")

    assert 0 == outcome.code, outcome.err


@pytest.mark.parametrize("text", ["", "-- nothing yet\n"])
def test_no_queries(text: str, tmp_path: Path) -> None:
    """A query file may be empty; the store then has no query."""
    outcome = small_project(tmp_path, text).run("generate")

    assert 0 == outcome.code, outcome.err
    assert outcome.err.startswith("0 queries compiled")


def test_a_very_long_query(tmp_path: Path) -> None:
    """A query of more than 10,000 characters compiles."""
    labels = ", ".join(f"'label {i}'" for i in range(1000))
    outcome = small_project(
        tmp_path, f"{MANY}SELECT * FROM chats WHERE title IN ({labels});\n"
    ).run("generate")

    assert 0 == outcome.code, outcome.err


HOSTILE_TEXT = r'''-- name: Quotes :many
-- Says """ and \ and {{ jinja }} and ends with a quote "
SELECT '"""' AS "a""b", 'x\' AS "a'b", $q$ """\""" $q$ AS "a\b", '%s {}' AS "{{a}}"
FROM chats WHERE title = @t
;
'''


def test_quotes_backslashes_and_braces(tmp_path: Path) -> None:
    """Whatever SQL and comments hold, the generated module is Python and keeps the text."""
    import subprocess
    import sys

    project = small_project(tmp_path, HOSTILE_TEXT)
    outcome = project.run("generate")
    script = (
        "from store.generated import chats as c; print(c.QUOTES.sql, c.ChatsQueries.quotes.__doc__)"
    )
    shown = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == outcome.code, outcome.err
    assert "" == shown.stderr
    for line in HOSTILE_TEXT.splitlines()[1:4]:
        assert line.removeprefix("-- ").replace("@t", "$1") in shown.stdout


def test_no_golden_holds_a_traceback() -> None:
    """A golden file that was written while something was broken is not worth keeping."""
    folder = Path(__file__).parents[1] / "goldens"
    wrong = [path for path in folder.rglob("*.txt") if "Traceback" in path.read_text()]

    assert [] == wrong
