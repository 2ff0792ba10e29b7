"""One test for both kinds of store: written as if for the async one, run on the sync one too.

Whatever a method gives is compared with what it is declared to give, all the way down.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, get_type_hints

import psycopg
import pytest
from declared_types import mismatch, row_type


class Examined:
    """A store, sync or async, that looks like the async one and checks what it gives."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)
        declared = get_type_hints(method)["return"]
        row = row_type(declared)

        async def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            return _examined(await result if inspect.isawaitable(result) else result, declared)

        async def iterate(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            rows = method(*args, **kwargs)
            if isinstance(rows, AsyncIterator):
                async for item in rows:
                    yield _examined(item, row)
                return
            for item in rows:
                yield _examined(item, row)

        return call if row is None else iterate


def _examined(value: Any, declared: Any) -> Any:
    assert None is mismatch(value, declared)
    return value


def open_store(kind: str, package: Any, dsn: str, runner: asyncio.Runner) -> Iterator[Any]:
    """Give the package's store of that kind, `sync` or `async`, on a connection of its own."""
    if kind == "sync":
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield Examined(package.SqlStore(connection))
        return
    opened = runner.run(psycopg.AsyncConnection.connect(dsn, autocommit=True))
    yield Examined(package.AsyncSqlStore(opened))
    runner.run(opened.close())


def run_coroutine_test(item: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in the loop of its fixture `runner`."""
    if not inspect.iscoroutinefunction(item.obj):
        return None
    runner = item.funcargs["runner"]
    assert isinstance(runner, asyncio.Runner)
    names = inspect.signature(item.obj).parameters
    runner.run(item.obj(**{name: item.funcargs[name] for name in names}))
    return True
