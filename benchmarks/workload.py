"""Write a project of any size that both sqlc and sqlward compile: `workload.py FOLDER`.

The same seed always gives the same files. The mix is a service's: 40 % simple reads of one
table, 25 % joins of two to four, 10 % reports (CTEs, windows, aggregates), 25 % writes, with
every command that sqlc knows for pgx/v5.

Every query compiles unchanged in both, and PostgreSQL can PREPARE it. Left out are what only
one of the two takes:

- sqlward proves that a `:one` returns at most one row, so each of them can be proved.
- `sqlc.slice` is for MySQL and SQLite in sqlc; lists are `= ANY(@ids::uuid[])`.
- sqlc does not find a column of a CTE or subquery that a parameter is compared with
  ("table alias does not exist": sqlc issues 1990, 3169, 3585), nor the columns of a function
  in FROM (1313). It looks up an unqualified column that a parameter is compared with in a CTE
  among all tables of the statement ("column reference is ambiguous"), so those are qualified.
- `:opt`, `:iter`, `!` and `?` are sqlward's own.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.service import joins, reports, selects, writes
from benchmarks.service.query import Kind, Maker, Query
from benchmarks.service.schema import Schema, Table
from benchmarks.service.tables import build_schema

SHARES = {Kind.SELECT: 40, Kind.JOIN: 25, Kind.REPORT: 10, Kind.WRITE: 25}
QUERIES_PER_FILE = 20

_MAKERS: dict[Kind, tuple[tuple[Maker, int], ...]] = {
    Kind.SELECT: selects.MAKERS,
    Kind.JOIN: joins.MAKERS,
    Kind.REPORT: reports.MAKERS,
    Kind.WRITE: writes.MAKERS,
}
_TRIES = 40

_SQLC = """\
version: "2"
sql:
  - engine: postgresql
    schema: schema.sql
    queries: queries
    gen:
      go:
        package: store
        out: gostore
        sql_package: pgx/v5
        emit_interface: true
"""
_SQLWARD = """\
schema = "schema.sql"
queries = "queries"
output = "store"
"""


@dataclass(frozen=True, slots=True)
class WorkloadQuery:
    """A query, what it counts as in the mix, and the table it is filed under."""

    kind: Kind
    table: str
    query: Query


@dataclass(frozen=True, slots=True)
class QueryFile:
    """One file of queries."""

    name: str
    queries: tuple[WorkloadQuery, ...]

    def text(self) -> str:
        """Give what stands in the file."""
        return "\n".join(entry.query.text() for entry in self.queries)


@dataclass(frozen=True, slots=True)
class Workload:
    """A whole project."""

    schema: Schema
    files: tuple[QueryFile, ...]

    @property
    def queries(self) -> tuple[WorkloadQuery, ...]:
        """All queries, in the order of their files."""
        return tuple(entry for file in self.files for entry in file.queries)


def build_workload(tables: int = 200, queries: int = 1000, seed: int = 1) -> Workload:
    """Give the project of that size; raises ValueError for a size that cannot be had."""
    rng = Random(seed)
    schema = build_schema(tables, rng)
    taken: set[str] = set()
    made: list[WorkloadQuery] = []
    for kind, share in SHARES.items():
        made += _deal(schema, kind, queries * share // 100, taken, rng)
    return Workload(schema, _files(schema, made, queries))


def write_project(workload: Workload, folder: Path) -> None:
    """Write the schema, the queries and both tools' configuration into the folder."""
    queries = folder / "queries"
    queries.mkdir(parents=True, exist_ok=True)
    (folder / "schema.sql").write_text(workload.schema.ddl())
    (folder / "sqlc.yaml").write_text(_SQLC)
    (folder / "sqlward.toml").write_text(_SQLWARD)
    for file in workload.files:
        (queries / f"{file.name}.sql").write_text(file.text())


def _deal(
    schema: Schema, kind: Kind, wanted: int, taken: set[str], rng: Random
) -> list[WorkloadQuery]:
    """Give each table in turn a query, until there are enough."""
    made: list[WorkloadQuery] = []
    while len(made) < wanted:
        before = len(made)
        tables = list(schema.tables)
        rng.shuffle(tables)
        for table in tables[: wanted - len(made)]:
            query = _new_query(schema, table, kind, taken, rng)
            if query is not None:
                taken.add(query.name)
                made.append(WorkloadQuery(kind, table.name, query))
        if len(made) == before:
            raise ValueError(f"no more than {before} queries of kind {kind}")
    return made


def _new_query(
    schema: Schema, table: Table, kind: Kind, taken: set[str], rng: Random
) -> Query | None:
    makers = [maker for maker, _ in _MAKERS[kind]]
    weights = [weight for _, weight in _MAKERS[kind]]
    for maker in rng.choices(makers, weights, k=_TRIES):
        query = maker(schema, table, rng)
        if query is not None and query.name not in taken:
            return query
    return None


def _files(schema: Schema, made: Sequence[WorkloadQuery], queries: int) -> tuple[QueryFile, ...]:
    """Put neighbouring tables' queries into one file."""
    count = max(1, queries // QUERIES_PER_FILE)
    names = [table.name for table in schema.tables]
    file_of = {name: position * count // len(names) for position, name in enumerate(names)}
    order = {name: position for position, name in enumerate(names)}
    files: dict[int, list[WorkloadQuery]] = {}
    for entry in sorted(made, key=lambda entry: order[entry.table]):
        files.setdefault(file_of[entry.table], []).append(entry)
    return tuple(QueryFile(entries[0].table, tuple(entries)) for entries in files.values())


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a project into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write a project for the compiler's benchmark.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    write_project(build_workload(options.tables, options.queries, options.seed), options.folder)


if __name__ == "__main__":
    main()
