"""The schema of the made-up service: tables, enums and views, and their DDL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `references` names the table whose key it holds."""

    name: str
    type: str
    nullable: bool = False
    default: str | None = None
    references: str | None = None
    comment: str | None = None
    is_identity: bool = False

    @property
    def base_type(self) -> str:
        """The type without its modifier, as a cast wants it."""
        return self.type.partition("(")[0]

    @property
    def is_enum(self) -> bool:
        """Whether the type is one of the schema's enums."""
        return self.type.endswith(("_status", "_role", "_kind"))

    def ddl(self) -> str:
        """Give the line of CREATE TABLE."""
        words = [self.name, self.type]
        if self.is_identity:
            words.append("GENERATED ALWAYS AS IDENTITY")
        if not self.nullable:
            words.append("NOT NULL")
        if self.default is not None:
            words.append(f"DEFAULT {self.default}")
        if self.references is not None:
            words.append(f"REFERENCES {self.references} (id) ON DELETE CASCADE")
        return " ".join(words)


@dataclass(frozen=True)
class Table:
    """A table; `newest` is the column that tells its rows' age."""

    name: str
    singular: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    newest: str
    unique: tuple[tuple[str, ...], ...] = ()
    checks: tuple[str, ...] = ()
    comment: str | None = None

    @cached_property
    def column_by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def references(self) -> tuple[Column, ...]:
        """The foreign keys, other than to the table itself."""
        return tuple(c for c in self.columns if c.references not in (None, self.name))

    @property
    def is_archivable(self) -> bool:
        """Whether rows are marked as deleted rather than deleted."""
        return "deleted_at" in self.column_by_name

    @cached_property
    def writable(self) -> tuple[Column, ...]:
        """What an INSERT gives: all but identities, and times that have a default."""
        return tuple(
            c
            for c in self.columns
            if not c.is_identity and c.name not in ("created_at", "updated_at", "deleted_at")
        )

    @cached_property
    def changeable(self) -> tuple[Column, ...]:
        """What an UPDATE changes: what it may write and what identifies nothing."""
        identity = {*self.key, *(name for names in self.unique for name in names)}
        return tuple(c for c in self.writable if c.name not in identity and c.references is None)

    @property
    def order(self) -> str:
        """The total order that lists come in, newest first."""
        return ", ".join(f"{name} DESC" for name in (self.newest, *self.key))

    def ddl(self) -> str:
        """Give CREATE TABLE, its indexes and comments."""
        lines = [column.ddl() for column in self.columns]
        lines.append(f"PRIMARY KEY ({', '.join(self.key)})")
        for names in self.unique:
            constraint = f"{self.name}_{'_'.join(names)}_key"
            lines.append(f"CONSTRAINT {constraint} UNIQUE ({', '.join(names)})")
        for number, check in enumerate(self.checks, 1):
            lines.append(f"CONSTRAINT {self.name}_check_{number} CHECK ({check})")
        body = ",\n".join(f"    {line}" for line in lines)
        parts = [f"CREATE TABLE {self.name} (\n{body}\n);", *self._indexes(), *self._comments()]
        return "\n".join(parts)

    def _indexes(self) -> list[str]:
        found = [
            f"CREATE INDEX {self.name}_{column.name}_idx ON {self.name} ({column.name});"
            for column in self.references
        ]
        if self.is_archivable:
            found.append(
                f"CREATE INDEX {self.name}_present_idx ON {self.name} ({self.newest}, id)"
                " WHERE deleted_at IS NULL;"
            )
            if "slug" in self.column_by_name:
                found.append(
                    f"CREATE UNIQUE INDEX {self.name}_present_name_key"
                    f" ON {self.name} (organization_id, lower(name)) WHERE deleted_at IS NULL;"
                )
        return found

    def _comments(self) -> list[str]:
        found = [] if self.comment is None else [f"TABLE {self.name} IS '{self.comment}'"]
        found += [
            f"COLUMN {self.name}.{column.name} IS '{column.comment}'"
            for column in self.columns
            if column.comment is not None
        ]
        return [f"COMMENT ON {text};" for text in found]


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum type."""

    name: str
    labels: tuple[str, ...]

    def ddl(self) -> str:
        """Give CREATE TYPE."""
        labels = ", ".join(f"'{label}'" for label in self.labels)
        return f"CREATE TYPE {self.name} AS ENUM ({labels});"


@dataclass(frozen=True, slots=True)
class View:
    """A view of one subject: a row of `table` with what belongs to it."""

    name: str
    table: str
    sql: str

    def ddl(self) -> str:
        """Give CREATE VIEW."""
        return f"CREATE VIEW {self.name} AS\n{self.sql};"


@dataclass(frozen=True)
class Schema:
    """Everything, in the order in which it can be created."""

    enums: tuple[Enum, ...]
    tables: tuple[Table, ...]
    views: tuple[View, ...]

    @cached_property
    def table_by_name(self) -> dict[str, Table]:
        """The tables by name."""
        return {table.name: table for table in self.tables}

    @cached_property
    def enum_by_name(self) -> dict[str, Enum]:
        """The enums by name."""
        return {enum.name: enum for enum in self.enums}

    @cached_property
    def views_by_table(self) -> dict[str, tuple[View, ...]]:
        """The views over each table."""
        return {
            table.name: tuple(v for v in self.views if v.table == table.name)
            for table in self.tables
        }

    def children(self, table: Table) -> tuple[tuple[Table, Column], ...]:
        """Give the tables that point at this one, each with the column that does."""
        return tuple(
            (other, column)
            for other in self.tables
            for column in other.references
            if column.references == table.name
        )

    def ddl(self) -> str:
        """Give the whole schema file."""
        parts: tuple[Enum | Table | View, ...] = (*self.enums, *self.tables, *self.views)
        return "\n\n".join(part.ddl() for part in parts) + "\n"
