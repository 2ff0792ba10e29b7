"""What PostgreSQL says of NULL: run a query on data made to produce it, and look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import RawCursor
from psycopg.types.string import TextLoader
from sqlward_codegen.asking.catalog_query import read_catalog
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.infer.nullability import Column, Options, nullability
from sqlward_codegen.tree import queries, read_tree

CASES = Path(__file__).parent / "cases"
_FUNCTION = "pg_temp.probe"


@dataclass(frozen=True)
class Case:
    """A query; `types` and `values` of its parameters; `unproved` columns (from 1) with reasons.

    `since` and `until` are the majors between which PostgreSQL knows the syntax.
    """

    group: str
    sql: str
    line: int
    types: str = ""
    values: tuple[object, ...] = ()
    unproved: tuple[tuple[int, str], ...] = ()
    since: int = 14
    needs: str = ""
    nullable_parameters: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Finding:
    """One column of one case: what was inferred and what was seen."""

    name: str
    nullable: bool
    seen: bool
    elements_nullable: bool | None
    elements_seen: bool
    reason: str


def read_cases(name: str) -> tuple[Case, ...]:
    """Give the cases of a file in `cases/`: `-- # group`, `-- key: value` lines, a query, `;`."""
    return tuple(_cases((CASES / name).read_text()))


def _cases(text: str) -> Iterator[Case]:
    group, start = "", 0
    marks: list[str] = []
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("-- # "):
            group = line[5:]
        elif line.startswith("-- ") and not lines:
            marks.append(line[3:])
        elif line.strip():
            start = start if lines else number
            lines.append(line)
            if line.rstrip().endswith(";"):
                yield _case(group, marks, "\n".join(lines).rstrip().rstrip(";"), start)
                marks, lines = [], []


def _case(group: str, marks: Sequence[str], sql: str, line: int) -> Case:
    keys = [(key, value) for key, _, value in (mark.partition(": ") for mark in marks)]
    named: dict[str, str] = dict(keys)
    unproved = [value.partition(" ") for key, value in keys if key == "unproved"]
    return Case(
        group=group,
        sql=sql,
        line=line,
        types=named.get("types", ""),
        values=tuple(None if v == "NULL" else v for v in named.get("values", "").split("|") if v),
        unproved=tuple((int(number), reason) for number, _, reason in unproved),
        since=int(named.get("since", "14")),
        needs=named.get("needs", ""),
        nullable_parameters=frozenset(
            int(number) for number in named.get("nullable", "").split() if number
        ),
    )


class Oracle:
    """A database with the cases' schema: judges queries and runs them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        for name in ("json", "jsonb", "timestamptz", "timestamp", "date", "interval"):
            connection.adapters.register_loader(name, TextLoader)
        self.catalog: Catalog = read_catalog(connection)
        self.major = connection.info.server_version // 10000

    def judged(self, sql: str, types: str = "", options: Options | None = None) -> Sequence[Column]:
        """Give the verdicts on a query's columns."""
        (query,) = queries(read_tree(self.tree(sql, types)))
        return nullability(query, self.catalog, options or Options())

    def tree(self, sql: str, types: str = "") -> str:
        """Give PostgreSQL's tree of a query."""
        with self._undone():
            header = f"CREATE FUNCTION {_FUNCTION}({types}) RETURNS void LANGUAGE sql BEGIN ATOMIC"
            self.connection.execute(f"{header} {sql}; END".encode())
            question = f"SELECT prosqlbody::text FROM pg_proc WHERE oid = '{_FUNCTION}'::regproc"
            row = self.connection.execute(question.encode()).fetchone()
            assert row is not None
            return str(row[0])

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Give the rows of a query on the data, and on the same tables emptied."""
        found: list[tuple[Any, ...]] = []
        for prepare in ("SELECT 1", "SELECT world_without_rows()"):
            with self._undone():
                self.connection.execute(prepare.encode())
                found += self._fetch(sql, values)
        return found

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Give the rows of a query and undo it."""
        with self._undone():
            return self._fetch(sql, ())

    def _fetch(self, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return RawCursor(self.connection).execute(sql.encode(), list(values)).fetchall()

    @contextmanager
    def _undone(self) -> Iterator[None]:
        with self.connection.transaction() as transaction:
            yield
            raise psycopg.Rollback(transaction)

    def findings(self, case: Case) -> list[Finding]:
        """Judge a case and run it."""
        options = Options(nullable_parameters=case.nullable_parameters)
        columns = self.judged(case.sql, case.types, options)
        rows = self.rows(_cast_parameters(case), case.values)
        return [_finding(i, column, rows) for i, column in enumerate(columns)]


def _cast_parameters(case: Case) -> str:
    """Give the SQL with each parameter cast to its type, as a prepared statement has it."""
    types = [name.strip() for name in case.types.split(",")]
    return re.sub(r"\$(\d+)", lambda m: f"(${m[1]}::{types[int(m[1]) - 1]})", case.sql)


def _finding(position: int, column: Column, rows: Sequence[tuple[Any, ...]]) -> Finding:
    values = [row[position] for row in rows]
    return Finding(
        name=column.name,
        nullable=column.verdict.nullable,
        seen=any(value is None for value in values),
        elements_nullable=column.elements.nullable if column.elements else None,
        elements_seen=any(holds_none(value) for value in values if isinstance(value, list)),
        reason=column.verdict.reason,
    )


def holds_none(value: object) -> bool:
    """Say whether an array has a NULL in it."""
    if isinstance(value, list):
        return any(item is None or holds_none(item) for item in value)
    return False
