"""A random schema, and rows with NULL wherever it is allowed, in several variants."""

from __future__ import annotations

import random
from dataclasses import dataclass

from infer.fuzz.kinds import KINDS

VARIANTS = 4


@dataclass(frozen=True)
class TableColumn:
    """A column of a random table."""

    name: str
    type: str
    nullable: bool
    rule: str = ""


@dataclass(frozen=True)
class Table:
    """A random table or view; its first column is the integer `k`.

    `clears` are the columns that a BEFORE trigger of the table sets to NULL; `is_keyed` says
    that `k` is unique.
    """

    name: str
    columns: tuple[TableColumn, ...]
    is_view: bool = False
    clears: tuple[str, ...] = ()
    is_keyed: bool = False


def random_tables(rng: random.Random) -> list[Table]:
    """Give a few tables of all types, each column nullable or not."""
    tables = []
    for number in range(4):
        columns = [_random_column("k", "int", rng)]
        for position in range(rng.randint(2, 5)):
            type_ = rng.choice(("int", "text", "bool", "int[]", "text", "int", *KINDS))
            columns.append(_random_column(f"x{position}", type_, rng))
        cleared = [c.name for c in columns if c.nullable and rng.random() < 0.7]
        clears = tuple(cleared) if rng.random() < 0.4 else ()
        tables.append(
            Table(f"tab{number}", tuple(columns), clears=clears, is_keyed=rng.random() < 0.5)
        )
    return tables


def _random_column(name: str, type_: str, rng: random.Random) -> TableColumn:
    if type_ == "sure":
        return TableColumn(name, type_, False)
    if type_ == "int[]" and rng.random() < 0.3:
        return TableColumn(name, type_, True, f"CHECK (array_position({name}, NULL) IS NULL)")
    if rng.random() < 0.5:
        return TableColumn(name, type_, True)
    is_checked = rng.random() < 0.2 and type_ != "pair"
    return TableColumn(
        name, type_, False, f"CHECK ({name} IS NOT NULL)" if is_checked else "NOT NULL"
    )


def schema_sql(tables: list[Table]) -> str:
    """Give the statements that make the tables, once in each variant's schema."""
    return "".join(
        f"CREATE TABLE d{variant}.{table.name} ({', '.join(map(_column, table.columns))}"
        f"{', UNIQUE (k)' if table.is_keyed else ''});\n"
        for variant in range(VARIANTS)
        for table in tables
    )


def triggers_sql(tables: list[Table]) -> str:
    """Give the statements that make the triggers, once in each variant's schema."""
    return "".join(
        f"CREATE FUNCTION d{variant}.clear_{table.name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {' '.join(f'new.{c} = NULL;' for c in table.clears)} RETURN new; END $$;\n"
        f"CREATE TRIGGER clear BEFORE INSERT OR UPDATE ON d{variant}.{table.name}"
        f" FOR EACH ROW EXECUTE FUNCTION d{variant}.clear_{table.name}();\n"
        for variant in range(VARIANTS)
        for table in tables
        if table.clears
    )


def _column(column: TableColumn) -> str:
    type_ = f"kinds.{column.type}" if column.type in ("pair", "small", "sure") else column.type
    return f"{column.name} {type_} {column.rule}"


def rows_sql(tables: list[Table], rng: random.Random) -> str:
    """Give the statements that fill the tables: from no rows at all to a few."""
    statements = []
    for variant in range(VARIANTS):
        for table in tables:
            for _ in range(rng.choice((0, 1, 2, 4)) if variant else 5):
                values = ", ".join(_value(column, rng) for column in table.columns)
                statements.append(
                    f"INSERT INTO d{variant}.{table.name} VALUES ({values}) ON CONFLICT DO NOTHING;\n"
                )
    return "".join(statements)


def _value(column: TableColumn, rng: random.Random) -> str:
    if column.nullable and rng.random() < 0.4:
        return "NULL"
    if column.type in KINDS:
        return rng.choice(KINDS[column.type].constants)
    return rng.choice(
        {
            "int": ["0", "1", "2", "3"],
            "text": ["''", "'a'", "'b'", "'abc'"],
            "bool": ["true", "false"],
            "int[]": ["'{}'", "'{1}'", "'{2,3}'"]
            + ([] if column.rule.startswith("CHECK (array") else ["'{1,NULL}'", "'{NULL}'"]),
        }[column.type]
    )
