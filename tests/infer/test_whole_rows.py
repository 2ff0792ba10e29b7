"""Whole rows (what an embed asks for): absent or not, and their columns when they are there."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from infer.truth import CASES, Oracle
from sqlward_codegen.server import Server


@pytest.fixture(scope="module")
def oracle(each_postgres: Server) -> Iterator[Oracle]:
    """A database with the schema and the rows of `cases/world.sql`, on each installed major."""
    with each_postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute((CASES / "world.sql").read_bytes())
        yield Oracle(connection)


@pytest.mark.parametrize(
    "source",
    [
        "posts t",
        "posts t WHERE body IS NOT NULL",
        "users u JOIN posts t ON t.user_id = u.id",
        "users u LEFT JOIN posts t ON t.user_id = u.id",
        "users u LEFT JOIN posts t ON t.user_id = u.id WHERE t.rating > 0",
        "users u LEFT JOIN posts t ON t.user_id = u.id AND t.body IS NOT NULL",
        "users t FULL JOIN posts p ON p.user_id = t.id",
        "users t FULL JOIN posts p ON p.body = t.email WHERE p.id > 0",
        "comments t RIGHT JOIN users u ON u.id = t.user_id",
        "users u LEFT JOIN (posts p JOIN comments t ON t.post_id = p.id) ON p.user_id = u.id",
        "users u LEFT JOIN (posts p LEFT JOIN comments t ON t.post_id = p.id) ON p.user_id = u.id",
        "(SELECT id, NULL::text AS none, email FROM users) t",
        "users u LEFT JOIN (SELECT 1 AS id, NULL AS none) t ON t.id = u.id",
        "users u LEFT JOIN (SELECT user_id, count(*), max(body) FROM posts GROUP BY 1) t"
        " ON t.user_id = u.id",
        "users u LEFT JOIN LATERAL (SELECT max(p.id), count(*) FROM posts p WHERE p.user_id = u.id)"
        " t ON true",
        "writers t",
        "comments c LEFT JOIN writers t ON t.id = c.user_id",
        "users u LEFT JOIN (VALUES (1, NULL), (2, 'x')) t (a, b) ON t.a = u.id",
        "users u LEFT JOIN mailed t ON t.id = u.id",
    ],
)
def test_columns_of_a_row_that_is_there(oracle: Oracle, source: str) -> None:
    """A row is absent where it can be, and no column of a present row is NULL if it cannot be."""
    (column,) = oracle.judged(f"SELECT t FROM {source}")
    rows = oracle.rows(f"SELECT t::text IS NULL, t.* FROM {source}")
    present = [row[1:] for row in rows if not row[0]]
    wrong = [
        attribute.name
        for i, attribute in enumerate(column.attributes)
        if not attribute.verdict.nullable and any(row[i] is None for row in present)
    ]

    assert any(row[0] for row in rows) == column.verdict.nullable
    assert wrong == []


def test_conditions_count_in_a_row_that_is_there(oracle: Oracle) -> None:
    """What ON demands of a row holds in each row that is there, and so do its constraints."""
    sql = "SELECT t FROM users u LEFT JOIN posts t ON t.user_id = u.id AND t.body IS NOT NULL"
    (column,) = oracle.judged(sql)
    nullable = [a.name for a in column.attributes if a.verdict.nullable]

    assert nullable == ["rating", "day", "marks"]


def test_reason_of_an_absent_row(oracle: Oracle) -> None:
    """The reason names the join that leaves the row out."""
    (column,) = oracle.judged("SELECT p FROM users u LEFT JOIN posts p ON p.user_id = u.id")

    assert column.verdict.reason == "`p` comes from the right side of LEFT JOIN posts p"


def test_reason_of_a_column(oracle: Oracle) -> None:
    """The reason of a column names it as the query writes it."""
    sql = "SELECT u.name, p.title, p.body FROM posts p LEFT JOIN users u ON u.id = p.user_id"
    columns = oracle.judged(sql)

    assert [column.verdict.reason for column in columns] == [
        "`u.name` comes from the right side of LEFT JOIN users u",
        "`posts.title` is NOT NULL",
        "`posts.body` is nullable",
    ]
