"""Run random queries and compare what was inferred with what PostgreSQL gives.

`python -m infer.fuzz.run --seed 1 --count 50000` (from the folder `tests`) starts a server
of its own: random queries have crashed PostgreSQL before.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from infer.fuzz.expressions import Parameter
from infer.fuzz.kinds import TYPES_SQL
from infer.fuzz.schema import (
    VARIANTS,
    Table,
    random_tables,
    rows_sql,
    schema_sql,
    triggers_sql,
)
from infer.fuzz.statements import Statements
from infer.truth import Oracle, holds_none
from sqlward_codegen.infer.nullability import Options
from sqlward_codegen.server import start_server

QUERIES_PER_SCHEMA = 100


@dataclass(frozen=True)
class Find:
    """A query with a column typed non-null that was NULL."""

    seed: int
    column: int
    reason: str
    sql: str


@dataclass
class Report:
    """What a run saw."""

    queries: int = 0
    columns: int = 0
    non_null: int = 0
    unproved: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    finds: list[Find] = field(default_factory=list)


def fuzz(
    connection: psycopg.Connection[Any], seed: int, count: int, stop_at_first: bool = False
) -> Report:
    """Run so many queries; each schema and its queries come from one seed."""
    report = Report()
    connection.execute("SET statement_timeout = '500ms'")
    connection.execute("SET jit = off")
    while report.queries < count:
        for _ in run_schema(connection, seed, report):
            if report.queries >= count or (stop_at_first and report.finds):
                return report
        seed += 1
    return report


def run_schema(connection: psycopg.Connection[Any], seed: int, report: Report) -> Iterator[None]:
    """Make a schema from the seed and run its queries, one at a time."""
    rng = random.Random(seed)
    tables = random_tables(rng)
    connection.execute(TYPES_SQL.encode())
    for variant in range(VARIANTS):
        connection.execute(f"DROP SCHEMA IF EXISTS d{variant} CASCADE".encode())
        connection.execute(f"CREATE SCHEMA d{variant}".encode())
    connection.execute("SET search_path = kinds")
    made = schema_sql(tables) + rows_sql(tables, rng) + triggers_sql(tables)
    connection.execute(made.encode())
    tables += list(_views(connection, tables, rng))
    connection.execute("SET search_path = d0, kinds")
    oracle = Oracle(connection)
    for _ in range(QUERIES_PER_SCHEMA):
        parameters: list[Parameter] = []
        sql = Statements(rng, tables, oracle.major, parameters=parameters).statement()
        check(oracle, sql, seed, report, parameters)
        yield


def _views(
    connection: psycopg.Connection[Any], tables: list[Table], rng: random.Random
) -> Iterator[Table]:
    """Make views in each variant's schema, each over the tables and the views before it."""
    known = list(tables)
    for number in range(3):
        view, query = Statements(rng, known, 0).view(f"view{number}")
        kind = rng.choice(("VIEW", "VIEW", "MATERIALIZED VIEW"))
        names = ", ".join(column.name for column in view.columns)
        try:
            with connection.transaction():
                for variant in range(VARIANTS):
                    connection.execute(f"SET LOCAL search_path = d{variant}, kinds".encode())
                    connection.execute(f"CREATE {kind} {view.name} ({names}) AS {query}".encode())
        except psycopg.Error:
            continue
        known.append(view)
        yield view


def check(
    oracle: Oracle, sql: str, seed: int, report: Report, parameters: Sequence[Parameter] = ()
) -> None:
    """Judge one query and run it on each variant of the data."""
    oracle.connection.execute("SET search_path = d0, kinds")
    nullable = frozenset(i for i, p in enumerate(parameters, start=1) if p.nullable)
    types = ", ".join(p.type for p in parameters)
    try:
        judged = oracle.judged(sql, types, Options(nullable_parameters=nullable))
        rows = _rows(oracle, _with_values(sql, parameters))
    except psycopg.Error as error:
        report.refused[f"{type(error).__name__}: {str(error).splitlines()[0][:60]}"] += 1
        return
    report.queries += 1
    for position, column in enumerate(judged):
        report.columns += 1
        seen = any(row[position] is None for row in rows)
        elements = any(holds_none(row[position]) for row in rows)
        if seen and not column.verdict.nullable:
            report.finds.append(Find(seed, position + 1, column.verdict.reason, sql))
        elif elements and column.elements and not column.elements.nullable:
            report.finds.append(
                Find(seed, position + 1, f"elements: {column.elements.reason}", sql)
            )
        report.non_null += not column.verdict.nullable
        report.unproved += column.verdict.nullable and not seen


def _with_values(sql: str, parameters: Sequence[Parameter]) -> str:
    """Put the parameters' values into the statement, each as what its type says."""

    def value(match: re.Match[str]) -> str:
        parameter = parameters[int(match[1]) - 1]
        return f"(({parameter.value})::{parameter.type})"

    return re.sub(r"\$(\d+)", value, sql)


def _rows(oracle: Oracle, sql: str) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for variant in range(VARIANTS):
        oracle.connection.execute(f"SET search_path = d{variant}, kinds".encode())
        rows += oracle.run(sql)
    return rows


def main() -> int:
    """Run from the command line; the exit status is 1 if there was a find."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pg-bin", type=Path, help="the PostgreSQL to run on")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    with (
        start_server(options.pg_bin) as server,
        server.database() as dsn,
        psycopg.connect(dsn, autocommit=True) as connection,
    ):
        version = connection.info.parameter_status("server_version")
        report = fuzz(connection, options.seed, options.count)
    print(f"PostgreSQL {version}, seeds from {options.seed}:")
    print(f"{report.queries} queries, {report.columns} columns, {report.non_null} typed non-null,")
    print(f"{report.unproved} typed nullable and never NULL, {report.refused.total()} refused")
    for reason, times in report.refused.most_common(8):
        print(f"  refused {times}: {reason}")
    for find in report.finds:
        print(f"seed {find.seed}, column {find.column}: {find.reason}\n  {find.sql}")
    return 1 if report.finds else 0


if __name__ == "__main__":
    sys.exit(main())
