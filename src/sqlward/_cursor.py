"""The only module that reaches into psycopg: cursors that send and load by a store's types.

Written against psycopg 3.2.2 to 3.3; what it uses beyond the public interface is
`_adapters`, `_tx`, `_convert_query`, `_fetch_pipeline`, `_execute_gen`, `_fetch_gen` and
`_close_gen` of its cursors, the `_write_buffer` of a COPY, and `PostgresRawQuery`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from time import monotonic
from typing import Any, Final, NoReturn, cast

from psycopg import (
    AsyncConnection,
    AsyncRawCursor,
    AsyncRawServerCursor,
    Connection,
    RawCursor,
    RawServerCursor,
    pq,
)
from psycopg.abc import AdaptContext, Transformer
from psycopg.raw_cursor import PostgresRawQuery  # type: ignore[attr-defined]
from psycopg.rows import tuple_row

from sqlward._adapters import Adapters, Plan
from sqlward._copying import BY_PSYCOPG, CopyForm, our_form
from sqlward._dumpers import element_dump
from sqlward._failure import NoAnswerError
from sqlward.errors import ParameterError, TransactionOverError
from sqlward.query import Copy, Query

BINARY: Final = pq.Format.BINARY
TEXT: Final = pq.Format.TEXT
GRACE: Final = 1.0
"""Seconds that the client waits longer than the server, which ends a statement better."""

_cursor_numbers = count()


class _PlannedQuery(PostgresRawQuery):
    """A statement whose parameters are written by the plan, not by Python type."""

    __slots__ = ("dumps", "plan")

    def __init__(self, transformer: Transformer, plan: Plan) -> None:
        super().__init__(transformer)
        self.plan = plan
        if plan.known_oids:
            transformer.set_dumper_types(plan.known_oids, BINARY)
            self.dumps: list[Any] | None = None
        else:
            self.dumps = [element_dump(dumper, transformer) for dumper in plan.dumpers]

    def dump(self, vars: Any) -> None:
        plan = self.plan
        if len(vars) != len(plan.oids):
            raise TypeError(f"`{plan.name}` takes {len(plan.oids)} parameters, got {len(vars)}")
        try:
            if self.dumps is None:
                self.params = self._tx.dump_sequence(vars, plan.wanted)
            else:
                self.params = [
                    None if value is None else dump(value)
                    for dump, value in zip(self.dumps, vars, strict=True)
                ]
        except Exception:
            raise_parameter_error(plan, vars, self._tx)
        self.types = plan.oids
        self.formats = plan.formats


def raise_parameter_error(plan: Plan, values: Sequence[Any], context: AdaptContext) -> NoReturn:
    """Raise what is being handled again, as `ParameterError` if a value is at fault."""
    if len(values) != len(plan.dumpers):
        raise
    for number, (value, dumper) in enumerate(zip(values, plan.dumpers, strict=True), start=1):
        if value is None:
            continue
        try:
            element_dump(dumper, context)(value)
        except Exception:
            type_name = plan.types[number - 1]
            raise ParameterError(plan.name, number, type_name, type(value).__name__) from None
    raise


class _PlannedCursor:
    """What every cursor of ours adds to psycopg's.

    `timeout`: the seconds that the server has for a statement; the client waits a bit longer.
    """

    def __init__(
        self,
        connection: Any,
        *name: str,
        adapters: Adapters,
        query: Query[Any] | Copy,
        timeout: float | None = None,
    ) -> None:
        super().__init__(connection, *name, row_factory=tuple_row)  # type: ignore[call-arg]
        self._adapters = adapters.map
        self._plan = adapters.plan(query)
        self._make_value = query.row or tuple
        self.format = BINARY if query.binary else TEXT
        self._timeout = timeout

    def _execute_gen(self, *arguments: Any, **options: Any) -> Any:
        steps = super()._execute_gen(*arguments, **options)  # type: ignore[misc]
        return steps if self._timeout is None else self._in_time(steps, self._timeout)

    def _in_time(self, steps: Any, timeout: float) -> Any:
        """Do the steps of psycopg's waiting while there is time."""
        end = monotonic() + timeout + GRACE
        state = next(steps)
        while True:
            ready = yield state
            # psycopg asks several times a second, with nothing ready, whether to go on.
            if not ready and monotonic() > end:
                self.connection.pgconn.finish()  # type: ignore[attr-defined]
                raise NoAnswerError("no answer from the server")
            try:
                state = steps.send(ready)
            except StopIteration as done:
                return done.value

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        if params is None:
            return super()._convert_query(query)  # type: ignore[misc]
        planned = _PlannedQuery(self._tx, self._plan)  # type: ignore[attr-defined]
        planned.convert(query, params)
        return planned

    def _make_row_maker(self) -> Any:
        return self._make_value

    def copy_form(self, out: Any, copy: Copy) -> CopyForm:
        """Give the form of the rows of a COPY that has begun."""
        if copy.binary and self._plan.known_oids is not None:
            out.set_types(self._plan.known_oids)
            return BY_PSYCOPG
        return our_form(self._plan, cast("AdaptContext", self), binary=copy.binary)

    def raise_copy_error(self, out: Any, values: Sequence[Any]) -> NoReturn:
        """Raise what is being handled again, as `ParameterError` if a value is at fault."""
        # Half a row is in it, which the server would complain of instead.
        out.formatter._write_buffer.clear()
        raise_parameter_error(self._plan, values, cast("AdaptContext", self))


class AsyncQueryCursor(_PlannedCursor, AsyncRawCursor[Any]):
    """Runs one query; the whole result is on the client when `execute` is over."""

    async def finish(self) -> None:
        """Wait for the result, which in the application's own pipeline is still on its way."""
        await self._fetch_pipeline()


class QueryCursor(_PlannedCursor, RawCursor[Any]):
    """Runs one query; the whole result is on the client when `execute` is over."""

    def finish(self) -> None:
        """Wait for the result, which in the application's own pipeline is still on its way."""
        self._fetch_pipeline()


class _StreamCursor(_PlannedCursor):
    """What a cursor on the server adds: it leaves the connection alone that it lost."""

    _is_over: Callable[[], bool]

    def _fetch_gen(self, num: int | None) -> Any:
        if self._is_over():
            raise TransactionOverError(f"the transaction of `{self._plan.name}` is over")
        return (yield from super()._fetch_gen(num))  # type: ignore[misc]

    def _close_gen(self) -> Any:
        if self._is_over():
            return
        yield from super()._close_gen()  # type: ignore[misc]


class AsyncStreamCursor(_StreamCursor, AsyncRawServerCursor[Any]):
    """Runs one query as a cursor on the server."""

    def __init__(
        self,
        connection: AsyncConnection[Any],
        adapters: Adapters,
        query: Query[Any],
        is_over: Callable[[], bool],
    ) -> None:
        super().__init__(connection, _cursor_name(query), adapters=adapters, query=query)
        self._is_over = is_over


class StreamCursor(_StreamCursor, RawServerCursor[Any]):
    """Runs one query as a cursor on the server."""

    def __init__(
        self,
        connection: Connection[Any],
        adapters: Adapters,
        query: Query[Any],
        is_over: Callable[[], bool],
    ) -> None:
        super().__init__(connection, _cursor_name(query), adapters=adapters, query=query)
        self._is_over = is_over


def _cursor_name(query: Query[Any]) -> str:
    # PostgreSQL cuts names at 63 bytes.
    name = query.name.encode("ascii", "ignore")[:40].decode()
    return f"sqlward_{name}_{next(_cursor_numbers)}"
