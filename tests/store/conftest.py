"""The reference store on a database of its own for each test, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from both_ways import open_store, run_coroutine_test
from sqlward_codegen.schema import load_schema, read_schema
from sqlward_codegen.server import Server

from store import generated

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def store_template(postgres: Server) -> str:
    """The name of a template database with the reference store's schema."""
    schema = read_schema((ROOT / "schema" / "migrations",), ROOT)
    return postgres.create_template(schema.hash, lambda dsn: load_schema(schema, dsn))


@pytest.fixture
def store_dsn(postgres: Server, store_template: str) -> Iterator[str]:
    """A scratch database with the reference store's schema."""
    with postgres.database(store_template) as dsn:
        yield dsn


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """The event loop that a test and its store share."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(params=["sync", "async"])
def store(request: pytest.FixtureRequest, store_dsn: str, runner: asyncio.Runner) -> Iterator[Any]:
    """The reference store on an empty database: the sync one, then the async one."""
    yield from open_store(request.param, generated, store_dsn, runner)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Let tests be coroutines."""
    return run_coroutine_test(pyfuncitem)
