"""A small schema and queries made by hand, for tests of what is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from psycopg import postgres
from sqlward_codegen.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Field,
    Relation,
    RelationKind,
    Type,
    TypeKind,
)
from sqlward_codegen.config import Config, Override
from sqlward_codegen.model import (
    Cardinality,
    ColumnRef,
    Command,
    CopyTarget,
    EmbeddedRelation,
    OutputColumn,
    Parameter,
    Query,
    RawQuery,
    SourceMap,
    Span,
    Statement,
    Verdict,
)

ROOT = Path("/project")
CONFIG = Config(ROOT, ROOT / "sqlward.toml", (), (), ROOT / "store")

_FIRST_OID = 20000


class World:
    """A schema that grows by what a test asks for; names stand for types everywhere."""

    def __init__(self) -> None:
        self.types: dict[str, Type] = dict(_builtin_types())
        self.relations: list[Relation] = []
        self.constraints: list[Constraint] = []
        self._next = _FIRST_OID

    @property
    def catalog(self) -> Catalog:
        """The schema as the compiler sees it."""
        return Catalog(
            180000,
            tuple(self.relations),
            tuple(self.types.values()),
            (),
            tuple(self.constraints),
            (),
            (),
        )

    def oid(self, name: str) -> int:
        """Give the OID of a type by its qualified name, `[]` for an array."""
        if name.endswith("[]"):
            return self.types[name.removesuffix("[]")].array_oid
        return self.types[name].oid

    def type(self, kind: TypeKind, name: str, *, schema: str = "public", **rest: Any) -> Type:
        """Add a type and its array type."""
        oid, array_oid = self._oid(), self._oid()
        made = Type(oid, schema, name, kind, array_oid=array_oid, **rest)
        self.types[made.qualified_name] = made
        array = Type(array_oid, schema, f"_{name}", TypeKind.ARRAY, element_oid=oid)
        self.types[array.qualified_name] = array
        return made

    def enum(self, name: str, *labels: str, **rest: Any) -> Type:
        """Add an enum."""
        return self.type(TypeKind.ENUM, name, labels=labels, **rest)

    def composite(self, name: str, /, *, schema: str = "public", **fields: str) -> Type:
        """Add a composite type."""
        made = tuple(
            Field(field, self.oid(type_), -1, int(type_.endswith("[]")))
            for field, type_ in fields.items()
        )
        return self.type(TypeKind.COMPOSITE, name, schema=schema, fields=made)

    def table(
        self,
        table: str,
        *columns: tuple[str, str],
        schema: str = "public",
        kind: RelationKind = RelationKind.TABLE,
        comment: str | None = None,
        comments: dict[str, str] | None = None,
    ) -> Relation:
        """Add a table; a column's type ends in ` null` where the column may be NULL."""
        made = tuple(
            Column(
                number,
                name,
                self.oid(type_.removesuffix(" null")),
                -1,
                int("[]" in type_),
                not type_.endswith(" null"),
                comment=(comments or {}).get(name),
            )
            for number, (name, type_) in enumerate(columns, 1)
        )
        row = self.type(TypeKind.COMPOSITE, table, schema=schema)
        relation = Relation(self._oid(), schema, table, kind, row.oid, made, comment)
        fields = tuple(Field(c.name, c.type_oid, -1, c.dimensions) for c in made)
        self.types[row.qualified_name] = replace(row, fields=fields, relation_oid=relation.oid)
        self.relations.append(relation)
        return relation

    def constraint(self, kind: ConstraintKind, table: str, name: str) -> None:
        """Add a constraint."""
        self.constraints.append(Constraint(name, kind, "public", table, 0, ()))

    # --- queries -----------------------------------------------------------------------

    def column(self, name: str, type_: str, *, origin: str | None = None) -> OutputColumn:
        """Give a result column; ` null` as in `table`, `origin` as `table.column`."""
        table, _, column = (origin or "").partition(".")
        return OutputColumn(
            name,
            self.oid(type_.removesuffix(" null")),
            -1,
            Verdict(type_.endswith(" null"), ""),
            Verdict(True, "") if "[]" in type_ else None,
            int("[]" in type_),
            ColumnRef("public", table, column) if origin else None,
        )

    def row(self, table: str) -> tuple[OutputColumn, ...]:
        """Give all columns of a table."""
        relation = next(r for r in self.relations if r.name == table)
        return tuple(
            OutputColumn(
                c.name,
                c.type_oid,
                -1,
                Verdict(not c.is_not_null, ""),
                Verdict(True, "") if c.dimensions else None,
                c.dimensions,
                ColumnRef(relation.schema, relation.name, c.name),
            )
            for c in relation.columns
        )

    def parameter(
        self,
        number: int,
        name: str,
        type_: str,
        *,
        column: str | None = None,
        is_slice: bool = False,
    ) -> Parameter:
        """Give a parameter; ` null` as in `table`, `column` as `table.column`."""
        table, _, attribute = (column or "").partition(".")
        return Parameter(
            number,
            name,
            self.oid(type_.removesuffix(" null")),
            Verdict(type_.endswith(" null"), ""),
            Verdict(not is_slice, "") if "[]" in type_ else None,
            int("[]" in type_),
            is_slice,
            ColumnRef("public", table, attribute) if column else None,
            span=Span("queries/chats.sql", 30 + number, 32 + number),
        )

    def _oid(self) -> int:
        self._next += 1
        return self._next


def query(
    name: str,
    command: str,
    columns: Iterable[OutputColumn] = (),
    parameters: Iterable[Parameter] = (),
    *,
    sql: str = "SELECT 1",
    path: str = "queries/chats.sql",
    doc: tuple[str, ...] = (),
    embeds: tuple[EmbeddedRelation, ...] = (),
    copy: CopyTarget | None = None,
    reason: str = "",
) -> Query:
    """Give a query as `infer` would."""
    raw = RawQuery(
        name, Command(command), path, sql, 0, Span(path, 9, 9 + len(name)), Span(path, 20, 25), doc
    )
    source_map = SourceMap(path, ())
    statement = Statement(raw, sql, source_map, sql, source_map, (), ())
    return Query(
        statement,
        tuple(parameters),
        tuple(columns),
        embeds,
        Cardinality(True, reason),
        (),
        copy=copy,
    )


def with_overrides(*overrides: Override) -> Config:
    """Give the configuration with overrides."""
    return replace(CONFIG, overrides=overrides)


def _builtin_types() -> Iterable[tuple[str, Type]]:
    more = (("char", 18, 1002), ("void", 2278, 0), ("pg_snapshot", 5038, 5039))
    found = [(t.name, t.oid, t.array_oid) for t in postgres.types]
    for name, oid, array_oid in (*found, *more):
        name = name.strip('"')
        kind = TypeKind.PSEUDO if name in ("void", "record") else TypeKind.BASE
        subtype = _SUBTYPES.get(name)
        element = 0
        if subtype is not None:
            kind = TypeKind.MULTIRANGE if "multi" in name else TypeKind.RANGE
            element = postgres.types[subtype].oid
        yield name, Type(oid, "pg_catalog", name, kind, element, array_oid)
        if array_oid:
            array = Type(array_oid, "pg_catalog", f"_{name}", TypeKind.ARRAY, oid)
            yield array.qualified_name, array


_SUBTYPES = {
    f"{prefix}{kind}": subtype
    for prefix, subtype in {
        "int4": "int4",
        "int8": "int8",
        "num": "numeric",
        "date": "date",
        "ts": "timestamp",
        "tstz": "timestamptz",
    }.items()
    for kind in ("range", "multirange")
}
