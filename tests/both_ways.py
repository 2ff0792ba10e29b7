"""One test for both kinds of store: written as if for the async one, run on the sync one too."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg
import pytest


class Awaited:
    """A sync store that looks like the async one: its methods are awaited, `:iter` is not."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._store, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return method(*args, **kwargs)

        async def iterate(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            for row in method(*args, **kwargs):
                yield row

        return iterate if _iterates(method) else call


def _iterates(method: Callable[..., Any]) -> bool:
    return str(inspect.signature(method).return_annotation).startswith("Iterator")


def open_store(kind: str, package: Any, dsn: str, runner: asyncio.Runner) -> Iterator[Any]:
    """Give the package's store of that kind, `sync` or `async`, on a connection of its own."""
    if kind == "sync":
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield Awaited(package.SqlStore(connection))
        return
    opened = runner.run(psycopg.AsyncConnection.connect(dsn, autocommit=True))
    yield package.AsyncSqlStore(opened)
    runner.run(opened.close())


def run_coroutine_test(item: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in the loop of its fixture `runner`."""
    if not inspect.iscoroutinefunction(item.obj):
        return None
    runner = item.funcargs["runner"]
    assert isinstance(runner, asyncio.Runner)
    runner.run(
        item.obj(**{name: item.funcargs[name] for name in inspect.signature(item.obj).parameters})
    )
    return True
