"""Golden messages for everything that can be wrong with query files and macros."""

from __future__ import annotations

from pathlib import Path

import pytest
from goldens_support import FOLDER, assert_golden
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.messages.render import render
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_queries
from sqlward_codegen.reading.sources import text_reader

CASES: dict[str, str] = {
    "annotation_empty": "-- name:\nSELECT 1;\n",
    "annotation_without_name": "-- name: :one\nSELECT 1;\n",
    "annotation_too_long": "-- name: GetChat :one please now\nSELECT 1;\n",
    "command_missing": "-- name: GetChat\nSELECT 1;\n",
    "command_unknown": "-- name: GetChat :oen\nSELECT 1;\n",
    "command_without_colon": "-- name: GetChat many\nSELECT 1;\n",
    "command_far_off": "-- name: GetChat :everything\nSELECT 1;\n",
    "command_of_mysql": "-- name: AddChat :execlastid\nINSERT INTO chats DEFAULT VALUES;\n",
    "name_not_identifier": "-- name: Get-Chat :one\nSELECT 1;\n",
    "name_twice": "-- name: GetChat :one\nSELECT 1;\n\n-- name: GetChat :many\nSELECT 2;\n",
    "two_statements": "-- name: GetChat :one\nSELECT 1;\nSELECT 2;\n",
    "statement_without_name": "SELECT 1;\n\n-- name: GetChat :one\nSELECT 2;\n",
    "hash_comment": "# name: GetChat :one\nSELECT 1;\n",
    "name_without_statement": "-- name: GetChat :one\n\n-- name: GetUser :one\nSELECT 1;\n",
    "directive_misspelt": "-- name: GetChat :one\n-- alow: SW204 for now\nSELECT 1;\n",
    "string_unterminated": (
        "-- name: GetChat :one\nSELECT 'abc;\n\n-- name: Bad :onee\nSELECT 'fine';\n"
    ),
    "strings_unterminated": (
        "-- name: GetChat :one\nSELECT 'abc;\n\n-- name: GetUser :one\nSELECT 'def;\n"
    ),
    "identifier_unterminated": '-- name: GetChat :one\nSELECT "abc;\n',
    "dollar_quote_unterminated": "-- name: GetChat :one\nSELECT $tag$ abc $tog$;\n",
    "comment_unterminated": "-- name: GetChat :one\nSELECT 1 /* /* nested */ ;\n",
    "number_malformed": "-- name: GetChat :one\nSELECT 'ä', 12abc;\n",
    "nul": "-- name: GetChat :one\nSELECT '\0';\n",
    "macro_unknown": "-- name: GetChat :one\nSELECT sqlc.agr(id);\n",
    "macro_without_argument": "-- name: GetChat :one\nSELECT sqlc.arg();\n",
    "macro_with_expression": "-- name: GetChat :one\nSELECT sqlc.narg(id + 1);\n",
    "macro_with_two_arguments": "-- name: GetChat :one\nSELECT sqlc.slice(a, b);\n",
    "macro_not_closed": "-- name: GetChat :one\nSELECT sqlc.arg(id;\n",
    "embed_without_relation": "-- name: GetChat :one\nSELECT sqlc.embed('chats') FROM chats;\n",
    "slice_among_items": "-- name: GetChat :one\nSELECT 1 WHERE 2 IN (1, sqlc.slice(ids));\n",
    "slice_and_value": "-- name: GetChat :one\nSELECT @ids, 1 = ANY (sqlc.slice(ids));\n",
    "number_gap": "-- name: GetChat :one\nSELECT $1::int + $3::int;\n",
    "number_zero": "-- name: GetChat :one\nSELECT $0::int;\n",
    "number_too_large": "-- name: GetChat :one\nSELECT $70000::int;\n",
    "embed_in_expression": "-- name: GetChat :one\nSELECT count(sqlc.embed(c)) FROM chats c;\n",
    "embed_with_alias": "-- name: GetChat :one\nSELECT sqlc.embed(c) AS chat FROM chats c;\n",
    "embed_in_insert": "-- name: A :exec\nINSERT INTO t SELECT sqlc.embed(c) FROM chats c;\n",
    "embed_in_where": "-- name: GetChat :one\nSELECT 1 FROM chats c WHERE sqlc.embed(c);\n",
    "embed_with_operator": "-- name: GetChat :one\nSELECT sqlc.embed(c) = $1 FROM chats c;\n",
    "several_mistakes": "-- name: GetChat :one\nSELECT sqlc.foo(), sqlc.arg(), $1, $3;\n",
}


@pytest.mark.parametrize("case", CASES)
def test_message(tmp_path: Path, case: str) -> None:
    """Each mistake in a query file gives the message of its golden file."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "chats.sql").write_bytes(CASES[case].encode())

    assert_golden(f"diagnostics/read/{case}.txt", rendered(tmp_path))


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding names its first bad byte, and hides no other file's queries."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.sql").write_bytes(
        b"\xef\xbb\xbf-- name: A :one\nSELECT 'caf\xe9';\n"
    )
    (tmp_path / "queries" / "b.sql").write_text("-- name: B :uno\nSELECT 1;\n")

    assert_golden("diagnostics/read/not_utf8.txt", rendered(tmp_path))


def test_duplicate_across_files(tmp_path: Path) -> None:
    """Two files with one query name: both places are shown."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "a.sql").write_text("-- name: A :one\nSELECT 1;\n")
    (tmp_path / "queries" / "b.sql").write_text("\n\n/* name: A :many */\nSELECT 1;\n")

    assert_golden("diagnostics/read/name_twice_across_files.txt", rendered(tmp_path))


def test_no_files(tmp_path: Path) -> None:
    """A missing path, an empty folder and a pattern without match are each named."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queris").mkdir()
    paths = ("queries", "query", "sql/*.sql", "querie")

    assert_golden("diagnostics/read/no_files.txt", rendered(tmp_path, *paths))


def rendered(root: Path, *paths: str) -> str:
    """Give what the user sees of reading the query files and expanding their macros."""
    queries, diagnostics = read_queries(tuple(root / p for p in paths or ["queries"]), root)
    found = list(diagnostics)
    for query in queries:
        try:
            expand_macros(query)
        except CompileError as failure:
            found += failure.diagnostics
    return render(found, text_reader(root))


def test_no_golden_is_stale() -> None:
    """Every golden file of this folder belongs to a case."""
    others = {"not_utf8", "name_twice_across_files", "no_files"}

    assert {*CASES, *others} == {p.stem for p in (FOLDER / "diagnostics" / "read").iterdir()}
