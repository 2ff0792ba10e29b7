"""What is sent comes back: same value, same Python type, for every type in every form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from type_cases import TYPES, WRAPPINGS, Wrapping, rows_of, same

from sqlward.aio import AsyncQuerier
from sqlward.query import Query
from sqlward.sync import Querier

EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
EVERY_TYPE = pytest.mark.parametrize(
    "wrapping", WRAPPINGS, ids=[wrapping.case.label for wrapping in WRAPPINGS]
)


def echo(wrapping: Wrapping, *, binary: bool) -> Query[Sequence[Any]]:
    """A query that returns its parameters, one for each form of the type."""
    name, label = wrapping.case.sql_name, wrapping.case.label
    parameters = (*wrapping.fields, f"public.r_{label}", f"public.r_{label}[]", f"public.t_{label}")
    last = f"($8::t_{label}).one" if binary else f"$8::t_{label}"
    return Query(
        f"Echo_{label}",
        f"SELECT $1::{name}, $2::{name}[], $3::{name}[], $4::d_{label}, $5::d_{label}[], "
        f"$6::r_{label}, $7::r_{label}[], {last}",
        parameters=parameters,
        row=tuple,
        binary=binary,
    )


def check(wrapping: Wrapping, binary: bool, sent: Sequence[Any], got: Sequence[Any]) -> None:
    """Compare what came back with what was sent, form by form."""
    expected = [*sent[:7], sent[7].one if binary else sent[7]]
    for form, value, returned in zip(
        ("scalar", "array", "grid", "domain", "domains", "composite", "composites", "as text"),
        expected,
        got,
        strict=True,
    ):
        assert same(value, returned), f"{wrapping.case.name} {form}: {value!r} != {returned!r}"


def skip_unsupported(wrapping: Wrapping, connection: psycopg.Connection[Any]) -> None:
    """Skip a type that this installation of PostgreSQL does not have."""
    row = connection.execute("SELECT to_regtype(%s)", (f"r_{wrapping.case.label}",)).fetchone()
    if row == (None,):
        pytest.skip("its extension is not installed here")
    if wrapping.case.name == "xml":
        try:
            connection.execute("SELECT '<a/>'::xml")
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("this PostgreSQL is built without XML")


def formats(wrapping: Wrapping) -> st.SearchStrategy[bool]:
    """Results can always be text, and binary where the type has such a form."""
    return st.booleans() if wrapping.case.binary else st.just(False)


@EVERY_TYPE
def test_sync_values_come_back(wrapping: Wrapping, connection: psycopg.Connection[Any]) -> None:
    """A sync querier gives each value back with its Python type, alone and inside others."""
    skip_unsupported(wrapping, connection)
    store = Querier(connection, TYPES)

    @EXAMPLES
    @given(rows_of(wrapping), formats(wrapping))
    def come_back(sent: Sequence[Any], binary: bool) -> None:
        check(wrapping, binary, sent, store._one(echo(wrapping, binary=binary), *sent))

    come_back()


@EVERY_TYPE
def test_async_values_come_back(
    wrapping: Wrapping,
    connection: psycopg.Connection[Any],
    runner: asyncio.Runner,
    async_connection: psycopg.AsyncConnection[Any],
) -> None:
    """An async querier gives each value back with its Python type, alone and inside others."""
    skip_unsupported(wrapping, connection)
    store = AsyncQuerier(async_connection, TYPES)

    @EXAMPLES
    @given(rows_of(wrapping), formats(wrapping))
    def come_back(sent: Sequence[Any], binary: bool) -> None:
        got = runner.run(store._one(echo(wrapping, binary=binary), *sent))
        check(wrapping, binary, sent, got)

    come_back()
