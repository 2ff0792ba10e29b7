"""Strings and docstrings as source text."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlward_codegen.emit.text import docstring, sql_literal, string
from sqlward_codegen.format import format_sources

SQL = st.text(st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from('"\\\n\r'))


@given(SQL)
@example('"""')
@example('a""""')
@example('"')
@example("\\")
@example('\\"""\\')
@example("\r\n\t\f\x1a\u2028")
def test_sql_comes_back_exactly(sql: str) -> None:
    """The literal's value is the SQL, whatever stands in it."""
    assert sql == ast.literal_eval(sql_literal(sql))


@given(SQL)
def test_strings_come_back_exactly(value: str) -> None:
    """A short string's literal is on one line and gives the string back."""
    literal = string(value)

    assert value == ast.literal_eval(literal)
    assert 1 == len(literal.splitlines())


def test_formatting_leaves_sql_alone() -> None:
    """Trailing spaces, tabs and empty lines of the SQL survive the formatter."""
    sql = 'SELECT \'  \n\n\t \n\'   \n  -- """ \\n'

    (text,) = format_sources({"a.py": f"X = {sql_literal(sql)}\n"}).values()

    (statement,) = ast.parse(text).body
    assert isinstance(statement, ast.Assign)
    assert sql == ast.literal_eval(statement.value)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Gets it.",), '"""Gets it."""'),
        (('Says "hello"',), '"""Says "hello\\""""'),
        (("One.", "", "  Two.  "), '"""One.\n\n      Two.\n    """'),
        ((r"C:\new",), '"""C:\\\\new"""'),
        (
            ("x " * 50,),
            '"""' + " ".join("x" * 45) + "\n    " + " ".join("x" * 5) + '\n    """',
        ),
    ],
)
def test_docstring(lines: tuple[str, ...], expected: str) -> None:
    """A docstring keeps the user's lines and breaks only those that are too long."""
    assert expected == docstring(lines, 4)


@given(st.lists(SQL, min_size=1, max_size=4))
def test_any_comment_can_be_a_docstring(lines: list[str]) -> None:
    """No comment breaks the source that it stands in."""
    ast.parse(f"def f():\n    {docstring(tuple(lines), 4)}\n")
