"""A random schema, and rows with NULL wherever it is allowed, in several variants."""

from __future__ import annotations

import random
from dataclasses import dataclass

VARIANTS = 4


@dataclass(frozen=True)
class TableColumn:
    """A column of a random table."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class Table:
    """A random table or view; its first column is the integer `k`."""

    name: str
    columns: tuple[TableColumn, ...]
    is_view: bool = False


def random_tables(rng: random.Random) -> list[Table]:
    """Give a few tables of all types, each column nullable or not."""
    tables = []
    for number in range(4):
        columns = [TableColumn("k", "int", rng.random() < 0.4)]
        for position in range(rng.randint(2, 4)):
            type_ = rng.choice(("int", "text", "bool", "int[]", "text", "int"))
            columns.append(TableColumn(f"x{position}", type_, rng.random() < 0.5))
        tables.append(Table(f"tab{number}", tuple(columns)))
    return tables


def schema_sql(tables: list[Table]) -> str:
    """Give the statements that make the tables, once in each variant's schema."""
    return "".join(
        f"CREATE TABLE d{variant}.{table.name} ({', '.join(map(_column, table.columns))});\n"
        for variant in range(VARIANTS)
        for table in tables
    )


def _column(column: TableColumn) -> str:
    return f"{column.name} {column.type}{'' if column.nullable else ' NOT NULL'}"


def rows_sql(tables: list[Table], rng: random.Random) -> str:
    """Give the statements that fill the tables: from no rows at all to a few."""
    statements = []
    for variant in range(VARIANTS):
        for table in tables:
            for _ in range(rng.choice((0, 1, 2, 4)) if variant else 5):
                values = ", ".join(_value(column, rng) for column in table.columns)
                statements.append(f"INSERT INTO d{variant}.{table.name} VALUES ({values});\n")
    return "".join(statements)


def _value(column: TableColumn, rng: random.Random) -> str:
    if column.nullable and rng.random() < 0.4:
        return "NULL"
    return rng.choice(
        {
            "int": ["0", "1", "2", "3"],
            "text": ["''", "'a'", "'b'", "'abc'"],
            "bool": ["true", "false"],
            "int[]": ["'{}'", "'{1}'", "'{1,NULL}'", "'{NULL}'", "'{2,3}'"],
        }[column.type]
    )
