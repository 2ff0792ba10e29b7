"""Iterables of parameters, asynchronous or not, one at a time or in parts."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias

Rows: TypeAlias = Iterable[Any]
AsyncRows: TypeAlias = Iterable[Any] | AsyncIterable[Any]


async def async_each(rows: AsyncRows) -> AsyncIterator[Any]:
    """Give the items of either kind of iterable."""
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
    else:
        for row in rows:
            yield row


def each(rows: Rows) -> Rows:
    """Give the items: the synchronous counterpart of `async_each`."""
    return rows


def parts(rows: Rows, size: int) -> Iterator[list[Any]]:
    """Give the items in lists of at most `size`, none of them empty."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part
