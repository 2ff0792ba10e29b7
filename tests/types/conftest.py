"""Projects compiled by the public command line, and their stores on a real server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from both_ways import open_store, run_coroutine_test
from cli.project import Project
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import BIN_VARIABLE, Binaries

Compile = Callable[[Path, dict[str, str | bytes]], ModuleType]


@contextmanager
def imported(folder: Path, name: str) -> Iterator[ModuleType]:
    """Import a package of a folder for a while."""
    sys.path.insert(0, str(folder))
    invalidate_caches()
    try:
        yield import_module(name)
    finally:
        sys.path.remove(str(folder))
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[module]


def generate(folder: Path, files: dict[str, str | bytes], binaries: Binaries) -> Project:
    """Compile a project on the server of these binaries; no warning is expected."""
    project = Project(folder).write(files)
    outcome = project.run("generate", **{BIN_VARIABLE: str(binaries.folder)})
    assert 0 == outcome.code, outcome.out + outcome.err
    return project


def available(server: Server, extensions: Sequence[str]) -> list[str]:
    """Give those of the extensions that can be created on the server."""
    with psycopg.connect(server.dsn()) as connection:
        found = connection.execute(
            "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(extensions)]
        )
        return [name for (name,) in found]


def missing_types(server: Server) -> list[str]:
    """Give the types that the server was built without."""
    with psycopg.connect(server.dsn()) as connection:
        try:
            connection.execute("SELECT '<a/>'::xml")
        except psycopg.errors.FeatureNotSupported:
            return ["xml"]
    return []


def load(dsn: str, schema: str) -> None:
    """Create the schema in a database."""
    with psycopg.connect(dsn) as connection:
        connection.execute(schema.encode())


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """The event loop that a test and its store share."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=["sync", "async"])
def opened(
    request: pytest.FixtureRequest, runner: asyncio.Runner
) -> Iterator[Callable[[ModuleType, str], Any]]:
    """Opens a package's store on a database: the sync one, then the async one."""
    stores: list[Iterator[Any]] = []

    def open_(package: ModuleType, dsn: str) -> Any:
        stores.append(open_store(request.param, package, dsn, runner))
        return next(stores[-1])

    yield open_
    for store in stores:
        next(store, None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Let tests be coroutines."""
    return run_coroutine_test(pyfuncitem)
