"""The Python class of each table, composite type and enum of the schema."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.catalog import Catalog, Relation, Type, TypeKind
from sqlward_codegen.names import identifier, pascal_case, singular, snake_case, unique

MODELS = ".models"
ENUMS = ".enums"

RESERVED = frozenset(
    {
        "AsyncSqlStore",
        "AsyncStore",
        "CheckConstraint",
        "ExclusionConstraint",
        "ForeignKeyConstraint",
        "SqlStore",
        "Store",
        "StrEnum",
        "UniqueConstraint",
    }
)
"""Names of the generated package itself."""


@dataclass(frozen=True, slots=True)
class SchemaNames:
    """Class names by OID: `models` of relations, the others of types.

    `records` are the classes of whole rows used as a value, apart from `models` because a
    value built with `ROW(…)` keeps none of the table's promises.
    """

    models: dict[int, str]
    composites: dict[int, str]
    enums: dict[int, str]
    records: dict[int, str]

    def has_class(self, composite_oid: int) -> bool:
        """Whether there is a class for a composite type or a table's row type."""
        return composite_oid in self.composites or composite_oid in self.records

    @property
    def taken(self) -> frozenset[str]:
        """Every name that no other class of the package may have."""
        return RESERVED.union(
            self.models.values(),
            self.composites.values(),
            self.enums.values(),
            self.records.values(),
        )


def schema_names(
    catalog: Catalog,
    renames: tuple[tuple[str, str], ...],
    reserved: frozenset[str] = frozenset(),
) -> SchemaNames:
    """Name the classes; tables choose first, then composite types, then enums.

    `reserved` are names that the package's layers have.
    """
    renamed = dict(renames)
    taken = {*RESERVED, *reserved}

    def choose(schema: str, name: str, word: str, suffix: str) -> str:
        chosen = _class_name(schema, name, word, renamed)
        if chosen in taken:
            chosen = unique(chosen + suffix, taken)
        taken.add(chosen)
        return chosen

    models = {
        r.oid: choose(r.schema, r.name, singular(snake_case(r.name, "table")), "Model")
        for r in catalog.relations
    }
    composites = {t.oid: choose(t.schema, t.name, t.name, "Type") for t in own_composites(catalog)}
    enums = {t.oid: choose(t.schema, t.name, t.name, "Enum") for t in own_enums(catalog)}
    records: dict[int, str] = {}
    for relation in catalog.relations:
        records[relation.row_type_oid] = unique(f"{models[relation.oid]}Record", taken)
        taken.add(records[relation.row_type_oid])
    return SchemaNames(models, composites, enums, records)


def own_enums(catalog: Catalog) -> tuple[Type, ...]:
    """Give the schema's own enums, in order of name."""
    return tuple(t for t in catalog.types if t.kind is TypeKind.ENUM and t.extension is None)


def own_composites(catalog: Catalog) -> tuple[Type, ...]:
    """Give the schema's free-standing composite types: no table's row type."""
    rows = {r.row_type_oid for r in catalog.relations}
    return tuple(
        t
        for t in catalog.types
        if t.kind is TypeKind.COMPOSITE
        and t.extension is None
        and t.oid not in rows
        and t.schema not in ("pg_catalog", "information_schema")
    )


def has_model(relation: Relation) -> bool:
    """Whether a dataclass for the relation's rows makes sense."""
    return bool(relation.columns)


def _class_name(schema: str, name: str, word: str, renamed: dict[str, str]) -> str:
    chosen = renamed.get(f"{schema}.{name}") or renamed.get(name)
    if chosen:
        return identifier(chosen, "Table")
    prefix = "" if schema == "public" else f"{schema}_"
    return pascal_case(prefix + word, "Table")
