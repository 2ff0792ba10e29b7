"""The modules of the store as a whole: its protocols, its implementation, the package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.plan import (
    ClassesModule,
    EnumsModule,
    ModulePlan,
    PackageModule,
    SqlStoreModule,
    StoreModule,
)
from sqlward_codegen.emit.query_module import QueryFile
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.signature import method_text
from sqlward_codegen.emit.text import docstring

_STORE = ".store"
_SQL_STORE = ".sql_store"
_SQL_STORE_NAMES = (
    ("sqlward.aio", "AsyncConnectionOrPool"),
    ("sqlward.sync", "ConnectionOrPool"),
    (".types", "TYPES"),
)


def store_module(methods: Sequence[Method]) -> StoreModule:
    """Give the plan of the protocols' module."""
    scope = Scope(_STORE, {"Store", "AsyncStore"}, {m.name for m in methods})
    scope.name("typing", "Protocol")
    texts = tuple(method_text(method, scope) for method in methods)
    doc = docstring(("What a store can do, whatever does it.",), 0)
    return StoreModule("store.py", doc, scope.imports(), texts)


def sql_store_module(files: Sequence[QueryFile]) -> SqlStoreModule:
    """Give the plan of the module of the stores on psycopg."""
    scope = Scope(_SQL_STORE, {"SqlStore", "AsyncSqlStore"})
    classes = [scope.name(f.module, f.class_name) for f in files]
    async_classes = [scope.name(f.module, f"Async{f.class_name}") for f in files]
    if not files:
        classes = [scope.name("sqlward.sync", "Querier")]
        async_classes = [scope.name("sqlward.aio", "AsyncQuerier")]
    for module, name in _SQL_STORE_NAMES:
        scope.name(module, name)
    doc = docstring(("The store on psycopg.",), 0)
    return SqlStoreModule(
        "sql_store.py",
        doc,
        imports=scope.imports(),
        classes=tuple(classes),
        async_classes=tuple(async_classes),
    )


def package_module(
    schema: Iterable[ModulePlan], own_classes: Iterable[tuple[str, str]]
) -> PackageModule:
    """Give the plan of the package's `__init__`, which shows everything that is public."""
    scope = Scope("")
    found = [
        (_STORE, "Store"),
        (_STORE, "AsyncStore"),
        (_SQL_STORE, "SqlStore"),
        (_SQL_STORE, "AsyncSqlStore"),
        *own_classes,
    ]
    for module in schema:
        sibling = f".{module.path.removesuffix('.py')}"
        if isinstance(module, ClassesModule):
            found += [(sibling, c.name) for c in module.classes]
        if isinstance(module, EnumsModule):
            found += [(sibling, e.name) for e in module.enums]
    names = sorted(scope.name(module, name) for module, name in found)
    doc = docstring(("The store that sqlward generated from this project's queries.",), 0)
    return PackageModule("__init__.py", doc, scope.imports(), tuple(names))
