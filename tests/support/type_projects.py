"""Projects compiled by the public command line, and the servers that they run on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

import psycopg
from project import Project
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import BIN_VARIABLE, Binaries


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
