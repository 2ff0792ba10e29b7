"""Whatever stands in a query file or a configuration: queries or diagnostics, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlward_codegen.config import load_config
from sqlward_codegen.diagnostics import CompileError, Diagnostic
from sqlward_codegen.messages.render import machine_form, render
from sqlward_codegen.model import RawQuery
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_text

PIECES = st.sampled_from(
    [
        *("-- name: A :one\n", "/* name: B :many */", "-- name: C\n", "-- alow: x\n", "\n", "\r\n"),
        *("SELECT ", "@a", "@", "$1", "$3", "sqlc.arg(x)", "sqlc.slice(", "sqlc.embed(t)", "IN ("),
        *(
            "'",
            '"',
            "$$",
            "/*",
            "*/",
            "--",
            ";",
            ")",
            ",",
            "é",
            "日本",
            "\t",
            "BEGIN ATOMIC ",
            "END ",
        ),
        *("sqlc", ".", "embed", "(", "NOT ", "1a", "U&'\\", "\x01", "\u2028", "\x85", "\ufeff"),
    ]
)
SQL = st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join)
TOML = st.lists(
    st.sampled_from(
        [
            *("[tool.sqlward]\n", "[[tool.sqlward.overrides]]\n", "[tool.sqlward.rename]\n", "["),
            *("schema", "queries", "output", "layers", "column", "python_type", "json", "x", "]"),
            *(" = ", "'a'\n", "1\n", "true\n", "['a', 'b']\n", "[1]\n", "{}\n", "''\n", "\n", '"'),
            *("'''\n", "# é\n", "."),
        ]
    ),
    max_size=20,
).map(lambda pieces: "[tool.sqlward]\n" + "".join(pieces))


@settings(max_examples=300, deadline=None)
@given(SQL.map(lambda s: s.encode(errors="replace").decode().replace("\0", "")))
def test_query_files(text: str) -> None:
    """Any text is read into queries whose SQL is a slice of it, and messages about the rest."""
    queries, diagnostics = read_text(text, "a.sql")
    for query in queries:
        place = slice(query.sql_start, query.sql_start + len(query.sql))
        assert text[place] == query.sql
        diagnostics += expanded(query, text)

    assert_shown(diagnostics, text)


def expanded(query: RawQuery, text: str) -> list[Diagnostic]:
    """Expand the macros; every character must lead back into the query's place in the file."""
    try:
        statement = expand_macros(query)
    except CompileError as failure:
        return list(failure.diagnostics)
    for sql, source in ((statement.sql, statement.sql_map), (statement.probe, statement.probe_map)):
        for offset in range(len(sql)):
            span = source.span(offset)
            assert query.sql_start <= span.start < span.end <= query.sql_start + len(query.sql)
            assert span.end - span.start > 1 or text[span.start] == sql[offset]
    return []


def assert_shown(diagnostics: list[Diagnostic], text: str) -> None:
    """Check that the messages can be rendered, and that their places lie in the file."""
    shown = render(diagnostics, lambda path: text)

    assert bool(diagnostics) == bool(shown)
    assert all(len(line) <= 80 for line in shown.splitlines() if " | " in line and "…" in line)
    for diagnostic in diagnostics:
        machine_form(diagnostic, lambda path: text)
        for label in diagnostic.labels:
            assert 0 <= label.span.start <= label.span.end <= len(text)


@settings(max_examples=150, deadline=None)
@given(TOML)
def test_configurations(text: str) -> None:
    """Any text is a configuration, or gives messages about it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        (root / "pyproject.toml").write_bytes(text.encode())
        try:
            config = load_config(root)
        except CompileError as failure:
            assert_shown(list(failure.diagnostics), text)
        else:
            assert root == config.root
