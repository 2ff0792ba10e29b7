"""The stores of this folder's tests, sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from both_ways import open_store, run_coroutine_test


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
