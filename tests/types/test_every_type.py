"""Values of every type, through the store that is generated for them: there and back.

The store that a test has checks everything it gives against the annotation of its method, all
the way down (`both_ways.Examined`). `SQLWARD_TYPE_EXAMPLES` is the number of examples.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from round_trips import come_back
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import Binaries
from type_cases import CASES
from type_forms import EXTENSIONS, Form, forms, project_files, schema
from type_projects import available, generate, imported, load, missing_types

FORMS = tuple(map(Form, CASES))
Open = Callable[[ModuleType, str], Any]


@pytest.fixture(scope="module")
def chosen(postgres: Server) -> list[Form]:
    """The types that the default server has."""
    return forms(available(postgres, EXTENSIONS), without=missing_types(postgres))


@pytest.fixture(scope="module")
def folder(
    default_binaries: Binaries, chosen: list[Form], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of the project of every type, compiled."""
    folder = tmp_path_factory.mktemp("types")
    generate(folder, project_files(chosen), default_binaries)
    return folder


@pytest.fixture(scope="module")
def package(folder: Path) -> Iterator[ModuleType]:
    """The store generated for every type."""
    with imported(folder, "every_type") as package:
        yield package


@pytest.fixture(scope="module")
def dsn(postgres: Server, chosen: list[Form]) -> Iterator[str]:
    """A database with the schema of every type."""
    with postgres.database() as dsn:
        load(dsn, schema(chosen))
        yield dsn


@pytest.mark.parametrize("form", FORMS, ids=[form.label for form in FORMS])
def test_values_come_back(
    form: Form,
    chosen: list[Form],
    package: ModuleType,
    dsn: str,
    opened: Open,
    runner: asyncio.Runner,
) -> None:
    """Whatever goes in through a generated method comes back equal and of the declared type."""
    if form not in chosen:
        pytest.skip("this PostgreSQL does not have the type")
    come_back(form, package, opened(package, dsn), runner)


@pytest.mark.parametrize(
    "checker",
    [["mypy", "--strict"], ["pyright", "--pythonpath", sys.executable]],
    ids=["mypy", "pyright"],
)
def test_type_checkers_find_nothing(folder: Path, checker: list[str]) -> None:
    """The store of every type is clean."""
    done = subprocess.run(
        [sys.executable, "-m", *checker, "every_type"], cwd=folder, capture_output=True, text=True
    )

    assert 0 == done.returncode, done.stdout + done.stderr
