"""Describe and analyse: what PostgreSQL says of statements."""

from __future__ import annotations

import psycopg
import pytest
from sqlward_codegen.asking.analyse import analyse
from sqlward_codegen.asking.answer import ServerError, is_utility
from sqlward_codegen.asking.describe import describe
from sqlward_codegen.asking.pipeline import ConnectionLostError
from sqlward_codegen.model import DescribedColumn, Description
from sqlward_codegen.server import Server
from sqlward_codegen.tree import queries, read_tree

INT4, TEXT = 23, 25


def test_describes_parameters_and_columns(each_postgres: Server) -> None:
    """A described statement has the types that the server inferred, and columns' origins."""
    with psycopg.connect(each_postgres.dsn(), autocommit=True) as connection:
        sql = "SELECT relname, 1 AS one FROM pg_class WHERE relnatts = $1 AND relkind::text = $2"
        (found,) = describe(connection.pgconn, [sql])

    assert isinstance(found, Description)
    assert (21, TEXT) == found.parameter_oids
    assert ("relname", 1259, 2) == (
        found.columns[0].name,
        found.columns[0].table_oid,
        found.columns[0].attribute,
    )
    assert DescribedColumn("one", INT4, -1, 0, 0) == found.columns[1]


def test_an_error_leaves_the_others_alone(each_postgres: Server) -> None:
    """Of many statements in one pipeline, only the wrong ones are refused, each with its place."""
    good, bad = "SELECT 1", "SELECT nope"
    with psycopg.connect(each_postgres.dsn(), autocommit=True) as connection:
        found = list(describe(connection.pgconn, [good, bad] * 60))

    assert 60 == sum(isinstance(d, Description) for d in found)
    assert {8} == {d.position for d in found if isinstance(d, ServerError)}


def test_analyses_what_a_function_body_can_hold(each_postgres: Server) -> None:
    """A query has a tree; a utility statement has a refusal, and the next one a tree again."""
    statements = ["SELECT $1::int", "TRUNCATE pg_class", "SELECT 2"] * 30
    with psycopg.connect(each_postgres.dsn(), autocommit=True) as connection:
        described = [
            (s, d.parameter_oids)
            for s, d in zip(statements, describe(connection.pgconn, statements), strict=True)
            if isinstance(d, Description)
        ]
        found = list(analyse(connection.pgconn, described))

    assert [False, True, False] * 30 == [
        isinstance(tree, ServerError) and is_utility(tree) for tree in found
    ]
    assert [1] * 60 == [len(queries(read_tree(t))) for t in found if isinstance(t, str)]


def test_leaves_nothing_behind(postgres: Server) -> None:
    """After analysing, the database has no function of ours."""
    with postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        list(analyse(connection.pgconn, [("SELECT 1", ())]))
        row = connection.execute("SELECT count(*) FROM pg_proc WHERE proname ~ 'sqlward'")
        found = row.fetchone()

    assert (0,) == found


def test_a_server_that_goes_away_is_told_apart(postgres: Server) -> None:
    """A connection cut in the middle raises ConnectionLostError, no other error."""
    with postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        with psycopg.connect(dsn, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

        with pytest.raises(ConnectionLostError):
            list(describe(connection.pgconn, ["SELECT 1"] * 200))
