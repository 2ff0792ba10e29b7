"""The module that tells the run time of the schema's own types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlward_codegen.catalog import Catalog, Type, TypeKind
from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.plan import ConstantsModule
from sqlward_codegen.emit.schema_modules import CONSTRAINTS, constraint_classes
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.text import docstring, string
from sqlward_codegen.types.builtin import extension_form
from sqlward_codegen.types.schema_names import ENUMS, MODELS, SchemaNames
from sqlward_codegen.types.sql_names import sql_type_name

TYPES = ".types"


@dataclass(slots=True)
class _Registry:
    """The entries of `StoreTypes`, by its argument."""

    enums: dict[str, str] = field(default_factory=dict)
    composites: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    multiranges: dict[str, str] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)

    def arguments(self) -> list[tuple[str, dict[str, str]]]:
        """Give the arguments that are not empty."""
        names = ("enums", "composites", "domains", "ranges", "multiranges", "extensions")
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]


def types_module(catalog: Catalog, names: SchemaNames, types: Iterable[Type]) -> ConstantsModule:
    """Give the plan of the module with `TYPES`, which holds the given types."""
    scope = Scope(TYPES, {"TYPES"})
    final = scope.name("typing", "Final")
    registry = _Registry()
    for type_ in types:
        _register(type_, catalog, names, scope, registry)
    store_types = scope.name("sqlward.types", "StoreTypes")
    arguments = "".join(
        f"{name}={{{', '.join(f'{k}: {v}' for k, v in sorted(entries.items()))},}},"
        for name, entries in [*registry.arguments(), *_constraints(catalog, scope)]
    )
    doc = docstring(("What the store has to know of the schema's own types.",), 0)
    constants = ((f"TYPES: {final}", f"{store_types}({arguments})"),)
    return ConstantsModule("types.py", doc, scope.imports(), constants)


def _constraints(catalog: Catalog, scope: Scope) -> list[tuple[str, dict[str, str]]]:
    """Give the argument that tells the names of constraints, where there are any."""
    classes = constraint_classes(catalog)
    if not classes:
        return []
    return [("constraints", {string(k): scope.name(CONSTRAINTS, name) for k, name in classes})]


def met_types(catalog: Catalog, methods: Iterable[Method]) -> list[Type]:
    """Give the types outside pg_catalog that queries meet, parts included, in order of name."""
    known = catalog.type_by_oid
    found: dict[int, Type] = {}
    seen: set[int] = set()
    todo = list(_type_oids(methods))
    while todo:
        oid = todo.pop()
        type_ = known.get(oid)
        if type_ is None or oid in seen:
            continue
        seen.add(oid)
        todo += [type_.element_oid, *(f.type_oid for f in type_.fields)]
        if type_.kind is TypeKind.MULTIRANGE:
            todo += [r.oid for r in _ranges_over(catalog, type_)]
        if type_.schema != "pg_catalog" and type_.kind is not TypeKind.ARRAY:
            found[oid] = type_
    return sorted(found.values(), key=lambda t: t.qualified_name)


def _type_oids(methods: Iterable[Method]) -> set[int]:
    oids: set[int] = set()
    for method in methods:
        oids.update(a.type_oid for a in method.arguments)
        if method.row is not None:
            oids.update(c.type_oid for c in method.query.columns)
    return oids


def _register(
    type_: Type, catalog: Catalog, names: SchemaNames, scope: Scope, registry: _Registry
) -> None:
    name = string(type_.qualified_name)
    match type_.kind:
        case TypeKind.ENUM if type_.oid in names.enums:
            registry.enums[name] = scope.name(ENUMS, names.enums[type_.oid])
        case TypeKind.COMPOSITE if names.has_class(type_.oid):
            registry.composites[name] = _composite(type_, catalog, names, scope)
        case TypeKind.DOMAIN:
            registry.domains[name] = _reference(catalog, type_.element_oid)
        case TypeKind.RANGE:
            registry.ranges[name] = _reference(catalog, type_.element_oid)
        case TypeKind.MULTIRANGE:
            ranges = _ranges_over(catalog, type_)
            if ranges:
                registry.multiranges[name] = _reference(catalog, ranges[0].oid)
        case _:
            registry.extensions[name] = string(extension_form(type_.name))


def _composite(type_: Type, catalog: Catalog, names: SchemaNames, scope: Scope) -> str:
    class_name = names.composites.get(type_.oid) or names.records[type_.oid]
    fields = [
        string(sql_type_name(catalog, f.type_oid, max(1, f.dimensions))) for f in type_.fields
    ]
    comma = "," if len(fields) == 1 else ""
    composite = scope.name("sqlward.types", "CompositeType")
    return f"{composite}({scope.name(MODELS, class_name)}, ({', '.join(fields)}{comma}))"


def _ranges_over(catalog: Catalog, multirange: Type) -> list[Type]:
    """Give the ranges that a multirange may be of, the likeliest first.

    The catalog knows the subtype only; `r_multirange` or `rmultirange` is PostgreSQL's own
    choice of name ("CREATE TYPE" in the manual).
    """
    alike = [
        t
        for t in catalog.types
        if t.kind is TypeKind.RANGE and t.element_oid == multirange.element_oid
    ]

    def distance(range_: Type) -> tuple[bool, bool]:
        automatic = (
            range_.name.replace("range", "multirange", 1),
            f"{range_.name}_multirange",
        )
        return (multirange.name not in automatic, range_.schema != multirange.schema)

    return sorted(alike, key=distance)


def _reference(catalog: Catalog, oid: int) -> str:
    return string(sql_type_name(catalog, oid))
