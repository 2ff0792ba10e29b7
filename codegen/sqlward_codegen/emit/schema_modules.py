"""The modules that speak of the schema: models, enums, constraints, types and codecs."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog, Constraint, ConstraintKind
from sqlward_codegen.config import Config
from sqlward_codegen.emit.conversions import CODECS, Codecs, converted
from sqlward_codegen.emit.plan import (
    ClassesModule,
    ClassText,
    ConstantsModule,
    EnumsModule,
    EnumText,
    FieldText,
    FunctionText,
    MemberText,
)
from sqlward_codegen.emit.query_module import decorator, row_function
from sqlward_codegen.emit.schema_classes import RowClass
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.text import docstring, string
from sqlward_codegen.names import constant_case, identifier, unique_all
from sqlward_codegen.types.schema_names import MODELS, SchemaNames, own_enums

CONSTRAINTS = ".constraints"

_CONSTRAINT_CLASSES = (
    ("unique", "UniqueConstraint", "primary keys, unique constraints and unique indexes", "pu"),
    ("foreign_key", "ForeignKeyConstraint", "foreign keys", "f"),
    ("check", "CheckConstraint", "check constraints", "c"),
    ("exclusion", "ExclusionConstraint", "exclusion constraints", "x"),
)
"""Each kind as `StoreTypes.constraints` calls it, its class, what it is, the catalog's letters."""


def models_module(classes: tuple[RowClass, ...], config: Config, codecs: Codecs) -> ClassesModule:
    """Give the plan of the module of row and composite classes."""
    defined = {name for c in classes for name in (c.name, c.maker)}
    scope = Scope(MODELS, defined, {f.name for c in classes for f in c.fields})
    texts = tuple(_class_text(c, scope, config) for c in classes)
    functions = tuple(_maker(c, scope, codecs) for c in classes if c.converts)
    doc = docstring(("The rows of the schema's tables and views, and its composite types.",), 0)
    return ClassesModule("models.py", doc, scope.imports(), texts, functions)


def enums_module(catalog: Catalog, names: SchemaNames, config: Config) -> EnumsModule:
    """Give the plan of the module of the schema's enums."""
    renames = dict(config.renames)
    enums: list[EnumText] = []
    for type_ in own_enums(catalog):
        members = unique_all(
            identifier(renames[label]) if label in renames else _member_name(label)
            for label in type_.labels
        )
        sql_name = type_.name if type_.schema == "public" else f"{type_.schema}.{type_.name}"
        doc = type_.comment or f"A value of `{sql_name}`."
        enums.append(
            EnumText(
                names.enums[type_.oid],
                docstring(tuple(doc.splitlines()), 4),
                tuple(
                    MemberText(name, string(label))
                    for name, label in zip(members, type_.labels, strict=True)
                ),
            )
        )
    return _enums("enums.py", "The enums of the schema.", enums)


def constraints_module(catalog: Catalog) -> EnumsModule:
    """Give the plan of the module of constraint names."""
    enums: list[EnumText] = []
    for _, class_name, what, kinds in _CONSTRAINT_CLASSES:
        tables: dict[str, list[str]] = {}
        for constraint in catalog.constraints:
            if constraint.kind in kinds and constraint.kind is not ConstraintKind.NOT_NULL:
                tables.setdefault(constraint.name, []).append(_table(constraint))
        if not tables:
            continue
        found = sorted(tables.items(), key=lambda item: (item[1], item[0]))
        members = unique_all(constant_case(name, "CONSTRAINT") for name, _ in found)
        enums.append(
            EnumText(
                class_name,
                docstring((f"The names of the schema's {what}.",), 4),
                tuple(
                    MemberText(member, string(name), ", ".join(dict.fromkeys(on)))
                    for member, (name, on) in zip(members, found, strict=True)
                ),
            )
        )
    return _enums("constraints.py", "The names of the schema's constraints.", enums)


def constraint_classes(catalog: Catalog) -> list[tuple[str, str]]:
    """Give the kinds of constraint that the schema has, and the class of each one's names."""
    return [
        (kind, class_name)
        for kind, class_name, _, kinds in _CONSTRAINT_CLASSES
        if any(constraint.kind in kinds for constraint in catalog.constraints)
    ]


def codecs_module(codecs: Codecs) -> ConstantsModule:
    """Give the plan of the module of JSON codecs."""
    scope = Scope(CODECS, codecs.names.values())
    final = scope.name("typing", "Final")
    function = scope.name("sqlward.json", "json_codec", called=True)
    constants = tuple(
        (f"{name}: {final}", f"{function}({scope.annotation(type_)})")
        for type_, name in codecs.names.items()
    )
    doc = docstring(("How JSON values become the types that the configuration gives them.",), 0)
    return ConstantsModule("codecs.py", doc, scope.imports(), constants)


def _enums(path: str, doc: str, enums: list[EnumText]) -> EnumsModule:
    scope = Scope(f".{path.removesuffix('.py')}", {e.name for e in enums})
    if enums:
        scope.name("enum", "StrEnum")
    return EnumsModule(path, docstring((doc,), 0), scope.imports(), tuple(enums))


def _member_name(label: str) -> str:
    return constant_case(label, "VALUE" if label else "EMPTY")


def _table(constraint: Constraint) -> str:
    if constraint.schema == "public":
        return _one_line(constraint.table)
    return _one_line(f"{constraint.schema}.{constraint.table}")


def _one_line(name: str) -> str:
    return " ".join(name.split())


def _class_text(row_class: RowClass, scope: Scope, config: Config) -> ClassText:
    fields = tuple(
        FieldText(f.name, scope.annotation(f.type.result), _lines(f.doc)) for f in row_class.fields
    )
    return ClassText(row_class.name, decorator(scope, config), fields, _lines(row_class.doc))


def _lines(doc: str | None) -> str | None:
    return docstring(tuple(doc.strip().splitlines()), 4) if doc and doc.strip() else None


def _maker(row_class: RowClass, scope: Scope, codecs: Codecs) -> FunctionText:
    values: list[str] = []
    for position, field in enumerate(row_class.fields):
        value = f"values[{position}]"
        if field.type.decode is not None:
            nullable = field.type.result.nullable
            value = converted(field.type.decode, value, nullable, scope, codecs)
        values.append(value)
    expression = f"{row_class.name}({', '.join(values)})"
    return row_function(row_class.maker, row_class.name, expression, scope)
