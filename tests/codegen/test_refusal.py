"""PostgreSQL's refusals become diagnostics at the place in the user's file."""

from __future__ import annotations

import psycopg
from probe_statements import statement
from sqlward_codegen.asking.answer import ServerError
from sqlward_codegen.asking.catalog_query import read_catalog
from sqlward_codegen.asking.describe import describe
from sqlward_codegen.asking.refusal import refusal
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.server import Server


def refused(sql: str, postgres: Server) -> Diagnostic:
    """Give the diagnostic for SQL that must be refused."""
    probe = statement(sql)
    with postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE chats (id int PRIMARY KEY, title text)")
        catalog = read_catalog(connection)
        (answer,) = describe(connection.pgconn, [sql])
    assert isinstance(answer, ServerError)
    return refusal(probe, answer, probe.sql_map, probe.sql, catalog)


def marked(sql: str, found: Diagnostic) -> str:
    """Give the text under the carets."""
    span = found.labels[0].span
    return sql[span.start : span.end]


def test_marks_the_word(postgres: Server) -> None:
    """The whole wrong word is marked, after non-ASCII text too."""
    sql = "SELECT 'é€', titel FROM chats"
    found = refused(sql, postgres)

    assert ("SW201", "titel") == (found.code, marked(sql, found))
    assert 'perhaps you meant to reference the column "chats.title"' == found.help


def test_suggests_the_relation(postgres: Server) -> None:
    """For a table that is not there the closest one is named."""
    sql = "SELECT * FROM chat"
    found = refused(sql, postgres)

    assert ("chat", "did you mean `chats`?") == (marked(sql, found), found.help)


def test_says_how_to_type_a_parameter(postgres: Server) -> None:
    """A parameter whose type nothing tells is asked to be cast."""
    found = refused("SELECT $1 IS NULL", postgres)

    assert "say the parameter's type with a cast: `@name::text`" == found.help


def test_keeps_the_capitals_of_keywords(postgres: Server) -> None:
    """Messages begin in lower case, but a keyword keeps its form."""
    found = refused("INSERT INTO chats VALUES (1, 'a', 2)", postgres)

    assert "INSERT has more expressions than target columns" == found.labels[0].text
