"""The schema as PostgreSQL knows it: tables, types, constraints and functions.

Only what the schema itself defines, plus every type it or a query can meet; `read_catalog`
asks the server once per schema, and the answer is cached by the schema's hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sqlward_codegen.tree import Value, read_tree


class RelationKind(StrEnum):
    """`pg_class.relkind`, as far as a query can name it."""

    TABLE = "r"
    PARTITIONED = "p"
    VIEW = "v"
    MATERIALIZED_VIEW = "m"
    FOREIGN_TABLE = "f"
    SEQUENCE = "S"
    COMPOSITE = "c"


@dataclass(frozen=True, slots=True)
class Column:
    """A column (`pg_attribute`); `number` is `attnum`.

    `is_not_null` is the sound answer, not `attnotnull`: False for a view's columns, a foreign
    table's, and for a table with inheritance children whose rows may lack the constraint.
    `domain_not_null` alone does not make it True under an outer join. `has_volatile_default`:
    the default may change from row to row (`nextval` aside).
    """

    number: int
    name: str
    type_oid: int
    type_modifier: int
    dimensions: int
    is_not_null: bool
    has_default: bool = False
    is_identity: bool = False
    is_generated: bool = False
    comment: str | None = None
    has_volatile_default: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view, or another relation with columns.

    `has_triggers`: BEFORE triggers or rules, which can change what a statement writes.
    """

    oid: int
    schema: str
    name: str
    kind: RelationKind
    row_type_oid: int
    columns: tuple[Column, ...]
    comment: str | None = None
    has_children: bool = False
    has_triggers: bool = False

    def column(self, number: int) -> Column | None:
        """Give the column with that attribute number, None for a system column."""
        return next((c for c in self.columns if c.number == number), None)


class TypeKind(StrEnum):
    """`pg_type.typtype`, with arrays told apart."""

    BASE = "b"
    ARRAY = "a"
    COMPOSITE = "c"
    DOMAIN = "d"
    ENUM = "e"
    PSEUDO = "p"
    RANGE = "r"
    MULTIRANGE = "m"


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a composite type; always nullable."""

    name: str
    type_oid: int
    type_modifier: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class Type:
    """A type (`pg_type`).

    `element_oid`: of an array, the element; of a domain, the base type; of a range or
    multirange, the subtype (the type of the bounds). `array_oid`: the array type over it, or
    0. `extension` names the extension that owns it.
    """

    oid: int
    schema: str
    name: str
    kind: TypeKind
    element_oid: int = 0
    array_oid: int = 0
    is_not_null: bool = False
    labels: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    relation_oid: int = 0
    extension: str | None = None
    comment: str | None = None

    @property
    def qualified_name(self) -> str:
        """`name` for what lives in pg_catalog, else `schema.name`; not quoted."""
        return self.name if self.schema == "pg_catalog" else f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Key:
    """A unique index, valid and immediate: what can prove that there is at most one row.

    `columns` holds attribute numbers, 0 for an expression. `expressions` and `predicate` are
    `pg_node_tree` text of `pg_index.indexprs` and `indpred`, None without. `families` and
    `collations` are the operator family and collation that each column is unique under.
    """

    relation_oid: int
    name: str
    is_primary: bool
    columns: tuple[int, ...]
    expressions: str | None = None
    predicate: str | None = None
    nulls_not_distinct: bool = False
    families: tuple[int, ...] = ()
    collations: tuple[int, ...] = ()


class ConstraintKind(StrEnum):
    """`pg_constraint.contype`; a unique index without constraint counts as unique."""

    CHECK = "c"
    FOREIGN_KEY = "f"
    NOT_NULL = "n"
    PRIMARY = "p"
    UNIQUE = "u"
    EXCLUSION = "x"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named constraint.

    `expression` is the `pg_node_tree` text of a CHECK; `target_oid` and `target_columns` are
    what a foreign key points at.
    """

    name: str
    kind: ConstraintKind
    schema: str
    table: str
    relation_oid: int
    columns: tuple[int, ...]
    is_validated: bool = True
    expression: str | None = None
    target_oid: int = 0
    target_columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function that the schema defines (not one of pg_catalog)."""

    oid: int
    schema: str
    name: str
    argument_names: tuple[str, ...]
    argument_types: tuple[int, ...]
    return_type: int
    returns_set: bool
    is_strict: bool
    extension: str | None = None
    is_immutable: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator that compares (in a btree operator family, or the negator of one).

    `equality_families` are the families (`pg_amop.amopfamily`) whose equality it is.
    """

    oid: int
    name: str
    equality_families: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A view's own query: `pg_rewrite.ev_action` of its `_RETURN` rule."""

    relation_oid: int
    tree: str


@dataclass(frozen=True)
class Catalog:
    """The whole schema. `server_version` is `server_version_num`, 180006 for 18.6.

    `operators` and `nondeterministic_collations` are those of pg_catalog too;
    `volatile_functions` are the functions of any schema whose result may change from row to row.
    """

    server_version: int
    relations: tuple[Relation, ...]
    types: tuple[Type, ...]
    keys: tuple[Key, ...]
    constraints: tuple[Constraint, ...]
    functions: tuple[Function, ...]
    views: tuple[View, ...]
    operators: tuple[Operator, ...] = ()
    nondeterministic_collations: tuple[int, ...] = ()
    volatile_functions: tuple[int, ...] = ()

    @cached_property
    def relation_by_oid(self) -> dict[int, Relation]:
        """Relations by `pg_class.oid`."""
        return {r.oid: r for r in self.relations}

    @cached_property
    def column_by_name(self) -> dict[tuple[str, str, str], Column]:
        """Columns by schema, relation and column name."""
        return {(r.schema, r.name, c.name): c for r in self.relations for c in r.columns}

    @cached_property
    def type_by_oid(self) -> dict[int, Type]:
        """Types by `pg_type.oid`."""
        return {t.oid: t for t in self.types}

    @cached_property
    def keys_by_relation(self) -> dict[int, tuple[Key, ...]]:
        """Unique keys by the relation they are on."""
        found: dict[int, tuple[Key, ...]] = {}
        for key in self.keys:
            found[key.relation_oid] = (*found.get(key.relation_oid, ()), key)
        return found

    @cached_property
    def constraints_by_relation(self) -> dict[int, tuple[Constraint, ...]]:
        """Constraints by the relation they are on."""
        found: dict[int, tuple[Constraint, ...]] = {}
        for constraint in self.constraints:
            oid = constraint.relation_oid
            found[oid] = (*found.get(oid, ()), constraint)
        return found

    @cached_property
    def function_by_oid(self) -> dict[int, Function]:
        """Functions of the schema by `pg_proc.oid`."""
        return {f.oid: f for f in self.functions}

    @cached_property
    def operator_by_oid(self) -> dict[int, Operator]:
        """Comparison operators by `pg_operator.oid`."""
        return {o.oid: o for o in self.operators}

    @cached_property
    def volatile_function_oids(self) -> frozenset[int]:
        """`volatile_functions` as a set."""
        return frozenset(self.volatile_functions)

    def tree(self, text: str) -> Value:
        """Give the tree of a `pg_node_tree` text of the catalog, which is read once."""
        found = self._trees.get(text)
        if found is None:
            found = self._trees[text] = read_tree(text)
        return found

    @cached_property
    def _trees(self) -> dict[str, Value]:
        return {}

    @cached_property
    def view_by_oid(self) -> dict[int, View]:
        """Views' queries by `pg_class.oid`."""
        return {v.relation_oid: v for v in self.views}
