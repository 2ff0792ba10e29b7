"""The five example projects: each compiled by the public command line, on its own database."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from both_ways import open_store, run_coroutine_test
from sqlward_codegen.server import Server

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def example(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """The package generated from the example that the test module is named after."""
    name = request.module.__name__.removeprefix("test_")
    project = tmp_path_factory.mktemp("examples") / name
    shutil.copytree(HERE / name, project)
    _generate(project)
    sys.path.insert(0, str(project))
    invalidate_caches()
    try:
        yield import_module(name)
    finally:
        sys.path.remove(str(project))
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[module]


def _generate(project: Path) -> None:
    command = [sys.executable, "-m", "sqlward_codegen", "generate"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.fail(f"`sqlward generate` failed:\n{done.stdout}{done.stderr}")


@pytest.fixture
def example_dsn(postgres: Server, example: ModuleType) -> Iterator[str]:
    """A scratch database with the example's schema."""
    with postgres.database() as dsn:
        with psycopg.connect(dsn) as connection:
            for path in _schema_files(example.__name__):
                connection.execute(path.read_bytes())
        yield dsn


def _schema_files(name: str) -> list[Path]:
    folder = HERE / name / "schema"
    return sorted(folder.iterdir()) if folder.is_dir() else [HERE / name / "schema.sql"]


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """The event loop that a test and its store share."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=["sync", "async"])
def store(
    request: pytest.FixtureRequest, example: ModuleType, example_dsn: str, runner: asyncio.Runner
) -> Iterator[Any]:
    """The example's store on an empty database: the sync one, then the async one."""
    yield from open_store(request.param, example, example_dsn, runner)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Let tests be coroutines."""
    return run_coroutine_test(pyfuncitem)
