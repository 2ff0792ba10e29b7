"""The store of the likeliest types, compiled and run on every installed PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from round_trips import come_back
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import Binaries, installed_binaries
from type_forms import EXTENSIONS, Form, forms, project_files, schema
from type_projects import available, generate, imported, load

LABELS = """
    bit bpchar citext code codes floats hstore inet int2vector int4range interval jsonb mood
    numeric nummultirange pair text timestamptz timetz
"""


def _binaries(server: Server) -> Binaries:
    return next(b for b in installed_binaries() if b.major == server.version // 10000)


@pytest.fixture(scope="module")
def chosen(each_postgres: Server) -> list[Form]:
    """The types of this test that the server has."""
    found = forms(available(each_postgres, EXTENSIONS))
    return [form for form in found if form.label in LABELS.split()]


@pytest.fixture(scope="module")
def package(
    each_postgres: Server, chosen: list[Form], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """The store that this PostgreSQL gives."""
    folder: Path = tmp_path_factory.mktemp(f"pg{each_postgres.version}")
    project = generate(folder, project_files(chosen), _binaries(each_postgres))
    with imported(project.folder, "every_type") as package:
        yield package


@pytest.fixture(scope="module")
def dsn(each_postgres: Server, chosen: list[Form]) -> Iterator[str]:
    """A database with the schema."""
    with each_postgres.database() as dsn:
        load(dsn, schema(chosen))
        yield dsn


def test_values_come_back_on_every_major(
    chosen: list[Form],
    package: ModuleType,
    dsn: str,
    opened: Callable[[ModuleType, str], Any],
    runner: asyncio.Runner,
) -> None:
    """What a store gives does not depend on the version of the server."""
    store = opened(package, dsn)
    for form in chosen:
        come_back(form, package, store, runner)
