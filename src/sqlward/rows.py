"""How a row of a result becomes a value: the `row` argument of a `Query`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

T = TypeVar("T")


def row(cls: Callable[..., T]) -> Callable[[Sequence[Any]], T]:
    """Give a maker that calls `cls` with a row's columns as positional arguments."""

    def make(values: Sequence[Any]) -> T:
        return cls(*values)

    return make


def scalar() -> Callable[[Sequence[Any]], Any]:
    """Give a maker that takes the only column of a row."""
    return itemgetter(0)
