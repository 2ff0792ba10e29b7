"""The dataclasses of tables and composite types, before they are text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlward_codegen.catalog import Catalog, Relation, Type
from sqlward_codegen.config import Config
from sqlward_codegen.infer.checks import is_checked_without_null
from sqlward_codegen.model import ColumnRef
from sqlward_codegen.names import identifier, snake_case, unique_all
from sqlward_codegen.types.annotation import Annotation, PythonType, builtin, or_none
from sqlward_codegen.types.mapping import NoPythonTypeError, PythonTypes, Value
from sqlward_codegen.types.schema_names import MODELS, SchemaNames, own_composites


@dataclass(frozen=True, slots=True)
class ClassField:
    """A field of a generated dataclass; `unknown` names a type that has no Python type."""

    name: str
    type: PythonType
    doc: str | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class RowClass:
    """A generated dataclass of the models module; `sql_name` is what it is a row or value of.

    If it `converts`, its rows are made by a function of their own, not by position.
    """

    name: str
    sql_name: str
    fields: tuple[ClassField, ...]
    doc: str

    converts: bool = False
    binary: bool = True

    @property
    def annotation(self) -> Annotation:
        """The class as a type."""
        return Annotation(MODELS, self.name)

    @property
    def maker(self) -> str:
        """The function of the models module that makes one from a row's values."""
        return maker_name(self.name)


def maker_name(class_name: str) -> str:
    """Give the name of the function that makes a class's values from a row's."""
    return f"{snake_case(class_name)}_of"


@dataclass(frozen=True, slots=True)
class Models:
    """The classes of tables and views, by the table's schema and name, and as types."""

    by_table: dict[tuple[str, str], RowClass]
    by_annotation: dict[Annotation, RowClass]

    @property
    def tables(self) -> tuple[RowClass, ...]:
        """All of them, in the catalog's order."""
        return tuple(self.by_table.values())


def table_models(
    catalog: Catalog, names: SchemaNames, types: PythonTypes, config: Config
) -> Models:
    """Give the classes of all tables and views of the schema."""
    renames = dict(config.renames)
    by_table: dict[tuple[str, str], RowClass] = {}
    for relation in catalog.relations:
        if relation.columns:
            model = _table_class(relation, catalog, names, types, config, renames)
            by_table[relation.schema, relation.name] = model
    return Models(by_table, {model.annotation: model for model in by_table.values()})


def composite_classes(
    catalog: Catalog, names: SchemaNames, types: PythonTypes, config: Config
) -> tuple[RowClass, ...]:
    """Give the classes of composite types, and of the row types used as one.

    Called when all queries are known: `types.records` grows as they are typed.
    """
    renames = dict(config.renames)
    classes = [
        _composite_class(t, names.composites[t.oid], types, renames)
        for t in own_composites(catalog)
    ]
    done: set[int] = set()
    while todo := sorted(types.records - done):
        for oid in todo:
            type_ = catalog.type_by_oid[oid]
            classes.append(_composite_class(type_, names.records[oid], types, renames))
        done.update(todo)
    return tuple(classes)


def field_names(names: Iterable[str], renames: dict[str, str]) -> tuple[str, ...]:
    """Give the Python names of columns, in order, made unique."""
    return unique_all(
        identifier(renames[n], "column") if n in renames else snake_case(n, "column") for n in names
    )


def elements_nullable(column: ColumnRef, config: Config) -> bool:
    """Whether an array column may hold NULL elements, as far as the user says."""
    full = f"{column.schema}.{column.table}.{column.column}"
    return not any(
        fnmatchcase(str(column), pattern) or fnmatchcase(full, pattern)
        for pattern in config.non_null_elements
    )


def _table_class(
    relation: Relation,
    catalog: Catalog,
    names: SchemaNames,
    types: PythonTypes,
    config: Config,
    renames: dict[str, str],
) -> RowClass:
    fields: list[ClassField] = []
    python_names = field_names((c.name for c in relation.columns), renames)
    for column, name in zip(relation.columns, python_names, strict=True):
        ref = ColumnRef(relation.schema, relation.name, column.name)
        value = Value(
            column.type_oid,
            not column.is_not_null,
            elements_nullable(ref, config)
            and not is_checked_without_null(relation, column.number, catalog),
            column.dimensions,
            ref,
        )
        fields.append(_field(name, types, value, column.comment))
    sql_name = _display(relation.schema, relation.name)
    doc = relation.comment or f"A row of `{sql_name}`."
    return RowClass(
        names.models[relation.oid],
        sql_name,
        tuple(fields),
        doc,
        converts=any(f.type.decode is not None for f in fields),
        binary=all(f.type.binary for f in fields),
    )


def _field(name: str, types: PythonTypes, value: Value, doc: str | None) -> ClassField:
    """Give the field of a column; a type without Python type is reported where it is used."""
    try:
        return ClassField(name, types.of(value), doc)
    except NoPythonTypeError as error:
        unknown = or_none(builtin("object"), value.nullable)
        return ClassField(name, PythonType(unknown, unknown, False), doc, error.type_name)


def _composite_class(
    type_: Type, name: str, types: PythonTypes, renames: dict[str, str]
) -> RowClass:
    fields: list[ClassField] = []
    python_names = field_names((f.name for f in type_.fields), renames)
    for field, python_name in zip(type_.fields, python_names, strict=True):
        try:
            python_type = types.field(field)
        except NoPythonTypeError:
            python_type = PythonType(or_none(builtin("object"), True), builtin("object"), False)
        fields.append(ClassField(python_name, python_type))
    sql_name = _display(type_.schema, type_.name)
    return RowClass(name, sql_name, tuple(fields), type_.comment or f"A value of `{sql_name}`.")


def _display(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"
