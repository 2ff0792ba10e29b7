# Made from _aio/calls.py by scripts/unasync.py. DO NOT EDIT.
"""One call of a query: the connection that it has, and what it fails with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TypeAlias

from psycopg import Connection, Error

from sqlward._failure import Constraints, failure

Lend: TypeAlias = Callable[[], AbstractContextManager[Connection[Any]]]


class Call:
    """A connection for the length of one call; psycopg's errors leave it as sqlward's.

    Without a query it is a transaction: what the application raises in it is left alone.
    """

    __slots__ = ("_constraints", "_lent", "_query")

    def __init__(
        self,
        lend: Callable[[], AbstractContextManager[Any]],
        query: str | None,
        constraints: Constraints,
    ) -> None:
        self._query = query
        self._constraints = constraints
        try:
            self._lent = lend()
        except Error as error:
            raise failure(error, query, constraints) from error

    def __enter__(self) -> Any:
        try:
            return self._lent.__enter__()
        except Error as error:
            raise failure(error, self._query, self._constraints) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._lent.__exit__(kind, error, traceback)
        except Error as at_end:
            raise failure(at_end, self._query, self._constraints) from at_end
        if self._query is not None and isinstance(error, Error):
            raise failure(error, self._query, self._constraints) from error
