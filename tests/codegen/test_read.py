"""Query files to raw queries."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlward_codegen.model import Command, RawQuery
from sqlward_codegen.reading.read import read_queries, read_text


def read(text: str) -> list[RawQuery]:
    """Give the queries of a text that holds no mistake."""
    queries, diagnostics = read_text(text, "queries/chats.sql")
    assert [] == diagnostics
    return queries


def only(text: str) -> RawQuery:
    """Give the one query of a text."""
    (query,) = read(text)
    return query


@pytest.mark.parametrize("command", list(Command))
def test_every_command(command: Command) -> None:
    """Each command is understood."""
    assert command is only(f"-- name: Q {command.value}\nSELECT 1").command


@pytest.mark.parametrize(
    "annotation",
    [
        "-- name: GetChat :one",
        "--name: GetChat :one",
        "--   name:   GetChat   :one  ",
        "/* name: GetChat :one */",
        "/* name: GetChat :one\n */",
        "  -- name: GetChat :one",
        "-- NAME: GetChat :one",
    ],
)
def test_annotation_forms(annotation: str) -> None:
    """An annotation is a comment of either kind, with any spacing."""
    query = only(f"{annotation}\nSELECT 1;\n")

    assert ("GetChat", Command.ONE, "SELECT 1") == (query.name, query.command, query.sql)


def test_spans_lie_in_the_file() -> None:
    """Name, command and SQL are found in the file's own text, whatever stands before."""
    text = "-- 日本語 🎉\r\n\r\n-- name: GetChat :one\r\nSELECT\r\n  'é' -- ;\r\n;\r\n"
    query = only(text)
    spans = [text[s.start : s.end] for s in (query.name_span, query.command_span)]
    sql = text[query.sql_start : query.sql_start + len(query.sql)]

    assert ["GetChat", ":one"] == spans
    assert "SELECT\r\n  'é'" == sql == query.sql


def test_semicolons_that_end_nothing() -> None:
    """Semicolons in strings, identifiers, dollar quotes and comments are part of the query."""
    sql = """SELECT ';', ";", $$;$$, $x$ $$;$$ $x$, E'\\';' -- ;\n/* ; /* ; */ ; */ FROM t"""

    assert sql == only(f"-- name: Q :many\n{sql};\n").sql


def test_begin_atomic_body_is_one_statement() -> None:
    """The semicolons of a function's SQL body do not end the statement, CASE … END neither."""
    sql = (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC "
        "SELECT CASE WHEN true THEN 1 END; SELECT 2; END"
    )
    first, second = read(f"-- name: A :exec\n{sql};\n-- name: B :exec\nSELECT 1;")

    assert (sql, "SELECT 1") == (first.sql, second.sql)


def test_semicolon_is_optional() -> None:
    """A query also ends at the next annotation, and at the end of the file."""
    first, second = read("-- name: A :one\nSELECT 1\n\n-- name: B :one\nSELECT 2")

    assert ("SELECT 1", "SELECT 2") == (first.sql, second.sql)


def test_empty_statements_are_nothing() -> None:
    """More semicolons than needed do no harm."""
    assert "SELECT 1" == only(";;\n-- name: A :one\n;SELECT 1;;\n;").sql


def test_annotation_must_begin_its_line() -> None:
    """A comment behind SQL is no annotation, and one in a block comment neither."""
    query = only(
        "/*\n-- name: Old :one\nSELECT 0;\n*/\n-- name: A :one\nSELECT 1 -- name: B :one\n"
    )

    assert ("A", "SELECT 1") == (query.name, query.sql)


def test_documentation() -> None:
    """Comment lines right above and under the name are its documentation, no others."""
    query = only(
        "-- A section of its own.\n\n"
        "-- Above.\n"
        "-- name: GetChat :one\n"
        "-- Gives a chat:\n"
        "--   * indented\n"
        "--\n"
        "-- @sqlc-vet-disable\n"
        "/* A block\n * of lines. */\n"
        "SELECT 1 -- inside\n"
        "; -- behind\n"
        "-- after\n"
    )
    expected = ("Above.", "Gives a chat:", "  * indented", "", "A block", "of lines.")

    assert expected == query.doc


def test_documentation_in_the_annotation() -> None:
    """Further lines of a block comment that names a query are documentation."""
    query = only("/* name: GetChat :one\n * Gives a chat. */\nSELECT 1")

    assert ("Gives a chat.",) == query.doc


def test_comments_above_belong_to_the_next_query() -> None:
    """Comments between two queries go with the annotation that they touch."""
    first, second = read(
        "-- name: A :one\nSELECT 1;\n-- of B\n-- allow: SW204 of B\n-- name: B :one\nSELECT 2;\n"
    )

    assert ((), ()) == (first.doc, first.directives)
    assert (("of B",), "SW204 of B") == (second.doc, second.directives[0].value)


def test_directives() -> None:
    """A directive is read before, inside and after the SQL, and is no documentation."""
    text = (
        "-- name: A :one\n-- authz: read chat\n--timeout: 5s\n-- Note: this is text\n"
        "SELECT 1 -- replica: yes\n; -- allow:\n"
    )
    query = only(text)
    expected = [("authz", "read chat"), ("timeout", "5s"), ("replica", "yes"), ("allow", "")]
    spans = [text[d.span.start : d.span.end] for d in query.directives]

    assert expected == [(d.name, d.value) for d in query.directives]
    assert ("Note: this is text",) == query.doc
    assert ["-- authz: read chat", "--timeout: 5s", "-- replica: yes", "-- allow:"] == spans


def test_unterminated_string_hides_no_other_query() -> None:
    """Queries before and after one that does not scan are read, with their places."""
    text = "-- name: A :one\nSELECT 'a;\n-- of B\n-- name: B :one\nSELECT 'b';\n"
    queries, diagnostics = read_text(text, "q.sql")
    (query,) = queries

    assert ["SW104"] == [d.code for d in diagnostics]
    assert ("SELECT 'b'", ("of B",)) == (query.sql, query.doc)
    assert query.sql == text[query.sql_start : query.sql_start + len(query.sql)]


def test_commented_out_query_beside_an_unterminated_string() -> None:
    """A block comment around a query is no second mistake when another query has one."""
    text = "/*\n-- name: Old :one\nSELECT 1;\n*/\n-- name: A :one\nSELECT 'a;\n"
    _, diagnostics = read_text(text, "q.sql")

    assert ["SW104"] == [d.code for d in diagnostics]


def test_string_that_holds_an_annotation() -> None:
    """A line of a string that looks like an annotation is part of the string."""
    sql = "SELECT '\n-- name: of whom\n', $$\n-- name: B :one\n$$"

    assert sql == only(f"-- name: A :one\n{sql};").sql


def test_paths(tmp_path: Path) -> None:
    """Folders are searched in depth, patterns are followed, each file counts once, in order."""
    for name in ("b.sql", "a.sql", "sub/c.sql", "notes.txt", "sub/d.SQL"):
        path = tmp_path / "queries" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"-- name: {path.stem} :one\nSELECT 1;\n")
    folder = tmp_path / "queries"
    queries, diagnostics = read_queries((folder, folder / "a.sql", folder / "**/*.sql"), tmp_path)
    expected = ["queries/a.sql", "queries/b.sql", "queries/sub/c.sql"]

    assert () == diagnostics
    assert expected == [q.path for q in queries]


def test_byte_order_mark(tmp_path: Path) -> None:
    """A byte order mark counts neither as SQL nor in offsets."""
    file = tmp_path / "a.sql"
    file.write_bytes(b"\xef\xbb\xbf-- name: A :one\r\nSELECT 1;\r\n")
    (query,), diagnostics = read_queries((file,), tmp_path)

    assert () == diagnostics
    assert (9, 17, "SELECT 1") == (query.name_span.start, query.sql_start, query.sql)


def test_first_of_two_queries_with_one_name_stays(tmp_path: Path) -> None:
    """A repeated name leaves the first query in place."""
    file = tmp_path / "a.sql"
    file.write_text("-- name: A :one\nSELECT 1;\n-- name: A :one\nSELECT 2;\n")
    queries, diagnostics = read_queries((file,), tmp_path)

    assert ["SELECT 1"] == [q.sql for q in queries]
    assert ["SW114"] == [d.code for d in diagnostics]


def test_folder_that_cannot_be_read_as_a_file(tmp_path: Path) -> None:
    """A file that is only empty holds no query and is no error."""
    file = tmp_path / "a.sql"
    file.write_text("")

    assert ((), ()) == read_queries((file,), tmp_path)
