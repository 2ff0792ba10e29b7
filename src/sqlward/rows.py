"""How a row of a result becomes a value: the `row` argument of a `Query`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlward.errors import (
    NoRowsError,
    SqlwardError,
    TooManyRowsError,
    UnexpectedNullError,
)
from sqlward.query import Query

T = TypeVar("T")


def row(cls: Callable[..., T]) -> Callable[[Sequence[Any]], T]:
    """Give a maker that calls `cls` with a row's columns as positional arguments."""

    def make(values: Sequence[Any]) -> T:
        return cls(*values)

    return make


def scalar() -> Callable[[Sequence[Any]], Any]:
    """Give a maker that takes the only column of a row."""
    return itemgetter(0)


def checked(
    query: str,
    make: Callable[[Sequence[Any]], T],
    *,
    values: Sequence[tuple[int, str]] = (),
    elements: Sequence[tuple[int, str]] = (),
) -> Callable[[Sequence[Any]], T]:
    """Give a maker that looks for NULL first, where the configuration declares that none is.

    `values` and `elements` are columns, by position and name: those that are not NULL, and
    the arrays that hold none. The maker raises `UnexpectedNullError`.
    """

    def make_checked(row: Sequence[Any]) -> T:
        for position, name in values:
            if row[position] is None:
                raise UnexpectedNullError(query, name)
        for position, name in elements:
            if _holds_null(row[position]):
                raise UnexpectedNullError(query, name)
        return make(row)

    return make_checked


def _holds_null(value: object) -> bool:
    """Whether an array of any number of dimensions has a NULL in it."""
    if not isinstance(value, list) or not value:
        return False
    return None in value or (isinstance(value[0], list) and any(map(_holds_null, value)))


def only_row(query: Query[T], rows: Sequence[T], index: int | None = None) -> T:
    """Give the only one of the rows that a query returned.

    Raises `NoRowsError` or `TooManyRowsError` when there is not exactly one.
    """
    if len(rows) != 1:
        raise wrong_number(query, len(rows), index)
    return rows[0]


def wrong_number(query: Query[Any], rows: int, index: int | None = None) -> SqlwardError:
    """Give the error for a query that did not return exactly one row."""
    if rows:
        return TooManyRowsError(query.name, rows, index)
    return NoRowsError(query.name, index)
