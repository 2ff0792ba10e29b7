"""Plan a whole store: name everything, type everything, settle every file's text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.emit.authz_modules import (
    LAYER_NAMES,
    authz_module,
    authz_store_module,
    layer_classes,
    variant_collisions,
)
from sqlward_codegen.emit.authz_plan import StoreRules
from sqlward_codegen.emit.collisions import class_collisions, method_collisions
from sqlward_codegen.emit.configured import ConfiguredOverrides
from sqlward_codegen.emit.conversions import Codecs
from sqlward_codegen.emit.methods import Method, method
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
from sqlward_codegen.emit.types_module import met_types, types_module
from sqlward_codegen.model import Query
from sqlward_codegen.names import snake_case, unique
from sqlward_codegen.types.mapping import PythonTypes
from sqlward_codegen.types.schema_names import schema_names

RESERVED_MODULES = frozenset(
    [
        "authz",
        "authz_store",
        "codecs",
        "constraints",
        "enums",
        "models",
        "sql_store",
        "store",
        "types",
    ]
)


class StorePlanner:
    """Plans a store's modules, the query files' and the others.

    A query file's module depends on its own queries, the catalog and the configuration alone;
    the other modules depend on the `interface` of every file and nothing else of it.
    """

    def __init__(self, catalog: Catalog, config: Config, rules: StoreRules | None = None) -> None:
        self._catalog = catalog
        self._config = config
        self._rules = rules
        self._overrides = ConfiguredOverrides(config)
        reserved = LAYER_NAMES if rules is not None else frozenset[str]()
        self._names = schema_names(catalog, config.renames, reserved)
        self._types = PythonTypes(catalog, self._names, self._overrides.resolved)
        self._models = table_models(catalog, self._names, self._types, config)
        self._shapes = RowShapes(self._models, self._types, config)
        self._codecs = Codecs()
        for override in self._overrides.resolved:
            decode = override.type.decode
            if decode is not None and decode.codec is not None:
                # In the configuration's order, so that no query file decides on a name.
                self._codecs.name(decode.codec)

    def file(self, path: str, module: str, queries: Iterable[Query]) -> QueryFile:
        """Give the methods of a query file that becomes the module of that name."""
        name = f".{module}"
        others = set(self._types.used)
        self._types.used.clear()
        methods = tuple(method(query, name, self._shapes) for query in queries)
        own = tuple(sorted(self._types.used))
        self._types.used.update(others)
        return QueryFile(path, name, methods, own)

    def query_module(self, file: QueryFile) -> ModulePlan:
        """Give the plan of a query file's module."""
        return query_module(file, self._catalog, self._config, self._codecs, self._rules)

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to say of the files planned so far."""
        return not self._shapes.diagnostics

    def store(self, files: Sequence[QueryFile]) -> StorePlan:
        """Give the plan of the whole store, which holds these files."""
        modules = [self.query_module(file) for file in files]
        methods = [m for file in files for m in file.methods]
        met = met_types(self._catalog, methods)
        self._types.records.update(t.oid for t in met if t.oid in self._names.records)
        composites = composite_classes(self._catalog, self._names, self._types, self._config)
        tables = (*self._models.tables, *composites)
        schema: list[ModulePlan] = [
            models_module(tables, self._config, self._codecs),
            enums_module(self._catalog, self._names, self._config),
            constraints_module(self._catalog),
            types_module(self._catalog, self._names, met),
        ]
        if self._codecs.names:
            schema.append(codecs_module(self._codecs))
        layers = []
        own_classes = _own_classes(files)
        if self._rules is not None:
            schema.append(authz_module(self._rules))
            layers.append(authz_store_module(methods, self._rules, self._models))
            own_classes += layer_classes(self._rules)
        store = [
            store_module(methods),
            sql_store_module(files),
            *layers,
            package_module(schema, own_classes),
        ]
        return StorePlan((*modules, *schema, *store), self._diagnostics(methods))

    def _diagnostics(self, methods: Sequence[Method]) -> tuple[Diagnostic, ...]:
        classes = [(m, name) for m in methods for name in m.own_classes]
        return (
            *self._overrides.diagnostics,
            *self._shapes.diagnostics,
            *method_collisions(methods),
            *(variant_collisions(methods, self._rules) if self._rules else ()),
            *class_collisions(classes, self._names.taken),
            *self._overrides.unused(self._types.used),
        )


def plan(queries: Iterable[Query], catalog: Catalog, config: Config) -> StorePlan:
    """Give the plan of the store that holds the queries, in their order."""
    by_path: dict[str, list[Query]] = {}
    for query in queries:
        by_path.setdefault(query.statement.query.path, []).append(query)
    modules = module_names(by_path)
    planner = StorePlanner(catalog, config)
    return planner.store(
        [planner.file(path, modules[path], inside) for path, inside in by_path.items()]
    )


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
