"""One query of the made-up service, and the words that its SQL is written with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from textwrap import indent

from benchmarks.service.schema import Column, Schema, Table


class Kind(StrEnum):
    """What a query does, as far as the mix is concerned."""

    SELECT = "select"
    JOIN = "join"
    REPORT = "report"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Query:
    """A query; `command` is the word after its name, without the colon."""

    name: str
    command: str
    sql: str
    doc: str = ""

    def text(self) -> str:
        """Give it as it stands in its file."""
        doc = f"-- {self.doc}\n" if self.doc else ""
        return f"-- name: {self.name} :{self.command}\n{doc}{self.sql};\n"


Maker = Callable[[Schema, Table, Random], Query | None]
"""Gives one query on the table, None where the table has not what it takes."""


def pascal(name: str) -> str:
    """Give `ProjectItem` for `project_item`, `ID` for `id`."""
    return "".join("ID" if word == "id" else word.capitalize() for word in name.split("_"))


def one(table: Table) -> str:
    """Give the table's singular as a query's name has it."""
    return pascal(table.singular)


def many(table: Table) -> str:
    """Give the table's plural as a query's name has it."""
    return pascal(table.name)


def words(table: Table) -> str:
    """Give the table's name as a comment has it."""
    return table.name.replace("_", " ")


def by_key(table: Table, qualified: bool = False) -> str:
    """Give the condition that fixes one row."""
    return equal(table, table.key, qualified)


def equal(table: Table, names: Iterable[str], qualified: bool = False) -> str:
    """Give the condition that these columns are what the parameters say."""
    prefix = f"{table.name}." if qualified else ""
    return " AND ".join(f"{prefix}{name} = @{name}" for name in names)


def present(table: Table, qualified: bool = False) -> str:
    """Give the further condition that the row is not archived, or nothing."""
    prefix = f"{table.name}." if qualified else ""
    return f"\n  AND {prefix}deleted_at IS NULL" if table.is_archivable else ""


def newest_first(table: Table) -> str:
    """Give the total order of a list, with qualified names."""
    return ", ".join(f"{table.name}.{name} DESC" for name in (table.newest, *table.key))


def list_of(parts: Iterable[str], separator: str = ",") -> str:
    """Give the parts one to a line, indented."""
    return indent(f"{separator}\n".join(parts), "    ")


def pick(rng: Random, columns: Iterable[Column]) -> Column | None:
    """Give one of the columns, None where there are none."""
    found = tuple(columns)
    return rng.choice(found) if found else None


def typed(table: Table, *types: str) -> tuple[Column, ...]:
    """Give the table's columns of these types."""
    return tuple(c for c in table.columns if c.base_type in types)


def parent_of(schema: Schema, column: Column) -> Table:
    """Give the table that a foreign key points at."""
    return schema.table_by_name[str(column.references)]


def stem(column: Column) -> str:
    """Give `owner` for `owner_id`."""
    return column.name.removesuffix("_id")
