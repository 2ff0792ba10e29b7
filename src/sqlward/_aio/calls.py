"""One call of a query: the connection that it has, and what it fails with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from time import monotonic
from types import TracebackType
from typing import Any, TypeAlias

from psycopg import AsyncConnection, Error

from sqlward._failure import Constraints, failure
from sqlward.database_errors import DatabaseError

AsyncLend: TypeAlias = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]


class AsyncCall:
    """A connection for the length of one call; psycopg's errors leave it as sqlward's.

    Without a query it is a transaction: what the application raises in it is left alone.
    """

    __slots__ = ("_constraints", "_end", "_lent", "_query", "_timeout")

    def __init__(
        self,
        lend: Callable[[], AbstractAsyncContextManager[Any]],
        query: str | None,
        constraints: Constraints,
        timeout: float | None = None,
    ) -> None:
        self._query = query
        self._constraints = constraints
        self._timeout = timeout
        self._end = 0.0 if timeout is None else monotonic() + timeout
        try:
            self._lent = lend()
        except Error as error:
            raise self._failure(error) from error

    async def __aenter__(self) -> Any:
        try:
            return await self._lent.__aenter__()
        except Error as error:
            raise self._failure(error) from error

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._lent.__aexit__(kind, error, traceback)
        except Error as at_end:
            raise self._failure(at_end) from at_end
        if self._query is not None and isinstance(error, Error):
            raise self._failure(error) from error

    def _failure(self, error: Error) -> DatabaseError:
        timeout = self._timeout if self._end and monotonic() >= self._end else None
        return failure(error, self._query, self._constraints, timeout)
