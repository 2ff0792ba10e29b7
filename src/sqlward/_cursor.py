"""The only module that reaches into psycopg: cursors that send and load by a store's types.

Written against psycopg 3.2.2 to 3.3; what it uses beyond the public interface is
`BaseCursor._adapters`, `_tx`, `_convert_query` and `_fetch_pipeline`, and `PostgresRawQuery`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final, NoReturn

from psycopg import (
    AsyncConnection,
    AsyncRawCursor,
    AsyncRawServerCursor,
    BaseConnection,
    Connection,
    RawCursor,
    RawServerCursor,
    pq,
)
from psycopg._queries import PostgresRawQuery
from psycopg.adapt import PyFormat
from psycopg.rows import RowMaker

from sqlward._adapters import Adapters, Plan
from sqlward._dumpers import element_dump
from sqlward.errors import ParameterError
from sqlward.query import Copy, Query

BINARY: Final = pq.Format.BINARY
_WANTED: Final = {True: PyFormat.BINARY, False: PyFormat.TEXT}
_cursor_numbers = count()

Maker = Callable[[Sequence[Any]], Any]


class _PlannedQuery(PostgresRawQuery):
    """A statement whose parameters are written by the plan, not by Python type."""

    __slots__ = ("plan", "dumps")

    def __init__(self, transformer: Any, plan: Plan) -> None:
        super().__init__(transformer)
        self.plan = plan
        if plan.known_oids is not None:
            transformer.set_dumper_types(plan.known_oids, BINARY)
            self.dumps = None
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


def raise_parameter_error(plan: Plan, values: Sequence[Any], context: Any) -> NoReturn:
    """Say which value could not be written; the values themselves stay out of the message."""
    for number, (value, dumper) in enumerate(zip(values, plan.dumpers, strict=True), start=1):
        if value is None:
            continue
        try:
            element_dump(dumper, context)(value)
        except Exception:
            type_name = plan.types[number - 1]
            raise ParameterError(plan.name, number, type_name, type(value).__name__) from None
    raise
