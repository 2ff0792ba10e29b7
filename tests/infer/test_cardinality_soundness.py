"""What is proved to return at most one row never returns two: PostgreSQL is the judge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from infer.random_selects import SCHEMA, Selects, fill
from probe_statements import statement
from sqlward_codegen.asking.ask import Question, ask
from sqlward_codegen.asking.catalog_query import read_catalog
from sqlward_codegen.catalog import Catalog, Key
from sqlward_codegen.config import Config
from sqlward_codegen.infer.fixing import Fixing
from sqlward_codegen.server import Server
from sqlward_codegen.understand import understand

CONFIG = Config(Path("/"), Path("/"), (), (), Path("/"))


@pytest.fixture(scope="module")
def tables(each_postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """A database with the schema of `random_selects`."""
    with (
        each_postgres.database() as dsn,
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        connection.execute(SCHEMA.encode())
        yield connection


def proved(connection: psycopg.Connection[Any], catalog: Catalog, queries: list[str]) -> list[str]:
    """Give those of the queries that are proved to return at most one row."""
    answers = ask(connection.pgconn, [Question(sql, sql) for sql in queries])
    found = []
    for sql, answer in zip(queries, answers, strict=True):
        understood = understand(statement(sql), answer, catalog, CONFIG)
        assert understood.query is not None, understood.diagnostics
        if understood.query.cardinality.at_most_one:
            found.append(sql)
    return found


def refuted(connection: psycopg.Connection[Any], queries: list[str], random: Random) -> set[str]:
    """Give those of the queries that return several rows over some rows of the tables."""
    found: set[str] = set()
    for _ in range(5):
        fill(connection, random)
        for sql in queries:
            answer = connection.execute(f"SELECT count(*) FROM ({sql}) counted".encode()).fetchone()
            if answer and answer[0] > 1:
                found.add(sql)
    return found


def test_is_sound(tables: psycopg.Connection[Any]) -> None:
    """Of 500 random queries none that is proved returns two rows, and enough are proved."""
    random = Random(20)
    selects = Selects(random)
    queries = [selects.select() for _ in range(500)]
    claims = proved(tables, read_catalog(tables), queries)

    assert refuted(tables, claims, random) == set()
    assert len(claims) > 50


def test_the_search_finds_an_unsound_rule(
    tables: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one column of a key taken for all of it, the same search finds a wrong claim."""

    def covers_some(self: Fixing, key: Key, index: int) -> bool:
        return bool(set(key.columns) & set(self.fixed_columns(index)))

    monkeypatch.setattr(Fixing, "covers", covers_some)
    random = Random(20)
    selects = Selects(random)
    queries = [selects.select() for _ in range(500)]
    claims = proved(tables, read_catalog(tables), queries)

    assert refuted(tables, claims, random) != set()
