"""Plan a whole store: name everything, type everything, settle every file's text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.emit.collisions import class_collisions, method_collisions
from sqlward_codegen.emit.configured import ConfiguredOverrides
from sqlward_codegen.emit.conversions import Codecs
from sqlward_codegen.emit.methods import method
from sqlward_codegen.emit.plan import ModulePlan, StorePlan
from sqlward_codegen.emit.query_module import QueryFile, query_module
from sqlward_codegen.emit.rows import RowShapes
from sqlward_codegen.emit.schema_classes import composite_classes, table_models
from sqlward_codegen.emit.schema_modules import (
    codecs_module,
    constraints_module,
    enums_module,
    models_module,
)
from sqlward_codegen.emit.store_modules import package_module, sql_store_module, store_module
from sqlward_codegen.emit.types_module import types_module
from sqlward_codegen.model import Query
from sqlward_codegen.names import snake_case, unique
from sqlward_codegen.types.mapping import PythonTypes
from sqlward_codegen.types.schema_names import schema_names

RESERVED_MODULES = frozenset(
    ["codecs", "constraints", "enums", "models", "sql_store", "store", "types"]
)


def plan(queries: tuple[Query, ...], catalog: Catalog, config: Config) -> StorePlan:
    """Give the plan of the store that holds the queries, in their order."""
    overrides = ConfiguredOverrides(config)
    names = schema_names(catalog, config.renames)
    types = PythonTypes(catalog, names, overrides.resolved)
    models = table_models(catalog, names, types, config)
    shapes = RowShapes(models, types, config)
    files = _files(queries, shapes)
    methods = [m for file in files for m in file.methods]
    composites = composite_classes(catalog, names, types, config)
    diagnostics = [*overrides.diagnostics, *shapes.diagnostics]
    diagnostics += method_collisions(methods)
    diagnostics += class_collisions(
        [(m, name) for m in methods for name in m.own_classes], names.taken
    )
    diagnostics += overrides.unused(types.used)
    codecs = Codecs()
    modules: list[ModulePlan] = [query_module(f, catalog, config, codecs) for f in files]
    schema: list[ModulePlan] = [
        models_module((*models.tables, *composites), config, codecs),
        enums_module(catalog, names, config),
        constraints_module(catalog),
        types_module(catalog, names, methods),
    ]
    if codecs.names:
        schema.append(codecs_module(codecs))
    store = [
        store_module(methods),
        sql_store_module(files),
        package_module(schema, _own_classes(files)),
    ]
    return StorePlan((*modules, *schema, *store), tuple(diagnostics))


def _files(queries: Iterable[Query], shapes: RowShapes) -> list[QueryFile]:
    by_path: dict[str, list[Query]] = {}
    for query in queries:
        by_path.setdefault(query.statement.query.path, []).append(query)
    modules = module_names(by_path)
    files: list[QueryFile] = []
    for path, inside in by_path.items():
        module = f".{modules[path]}"
        methods = [method(query, module, shapes) for query in inside]
        files.append(QueryFile(path, module, tuple(methods)))
    return files


def module_names(paths: Iterable[str]) -> dict[str, str]:
    """Name the module of each query file: its stem, or with its folder where stems are alike."""
    stems: dict[str, list[str]] = {}
    for path in sorted(paths):
        stems.setdefault(_module_name(PurePosixPath(path).stem), []).append(path)
    names: dict[str, str] = {}
    taken = set(RESERVED_MODULES)
    for stem, alike in sorted(stems.items()):
        for path in alike:
            name = stem
            if len(alike) > 1:
                name = _module_name(f"{PurePosixPath(path).parent.name}_{stem}")
            if name in RESERVED_MODULES:
                name = f"{name}_queries"
            names[path] = unique(name, taken)
            taken.add(names[path])
    return names


def _module_name(stem: str) -> str:
    return snake_case(stem.lstrip("_"), "queries")


def _own_classes(files: Iterable[QueryFile]) -> list[tuple[str, str]]:
    """Give module and name of each class (or alias of one) that the query modules define."""
    found: list[tuple[str, str]] = []
    for file in files:
        for each in file.methods:
            found += [(file.module, name) for name in each.own_classes]
    return found
