"""Values that a parameter's type cannot take are refused, never bent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_interface
from typing import Any

import psycopg
import pytest
from type_cases import TYPES

from sqlward import ParameterError, Query, Range
from sqlward.rows import scalar
from sqlward.sync import Querier

REFUSED = [
    ("int2", 2**15),
    ("int2", -(2**15) - 1),
    ("int4", 2**31),
    ("int4", -(2**31) - 1),
    ("int4", 1.5),
    ("int4", "1"),
    ("int8", 2**63),
    ("int4[]", [1, 2**31]),
    ("int4range", Range(1, 2**31)),
    ("oid", -1),
    ("oid", 2**32),
    ("xid8", -1),
    ("float4", 1e300),
    ("float8", "1"),
    ("numeric", "1"),
    ("text", 1),
    ("text", b"x"),
    ("bytea", "x"),
    ("bool", "false"),
    ("bool", 2),
    ("uuid", "c4ca4238-a0b9-2382-0dcc-509a6f75849b"),
    ("date", "2020-01-01"),
    ("timestamp", datetime(2020, 1, 1, tzinfo=UTC)),
    ("timestamptz", datetime(2020, 1, 1)),
    ("tstzrange", Range(datetime(2020, 1, 1), None)),
    ("timetz", time(1)),
    ("time", time(1, tzinfo=UTC)),
    ("interval", 5),
    ("inet", "10.0.0.1"),
    ("cidr", ip_address("10.0.0.1")),
    ("jsonb", object()),
    ("varbit", "012"),
    ("char", "ab"),
    ("text[]", "abc"),
    ("text[]", {"a": 1}),
    ("text[]", [["a"], ["b", "c"]]),
    ("text[]", [["a"], "b"]),
    ("text[]", [["a"], None]),
    ("public.mood", 5),
    ("public.pair", ("a", None, None)),
    ("public.hstore", {"a": 1}),
    ("public.vector", ["a"]),
    ("int4range", (1, 2)),
    ("tsvector", "a\0b"),
]


def case_id(type: str, value: object) -> str:
    """Name a case the same way in every process: an address is another one in each."""
    shown = repr(value)
    return f"{type} {value.__class__.__name__ if ' at 0x' in shown else shown}"


def skip_missing(type: str, connection: psycopg.Connection[Any]) -> None:
    """Skip a type whose extension this installation of PostgreSQL does not have."""
    name = type.replace("public.hstore", "ext.hstore").replace("[][]", "[]")
    if connection.execute("SELECT to_regtype(%s)", (name,)).fetchone() == (None,):
        pytest.skip("its extension is not installed here")


@pytest.mark.parametrize(("type", "value"), REFUSED, ids=[case_id(t, v) for t, v in REFUSED])
def test_unfit_value_is_refused(type: str, value: Any, connection: psycopg.Connection[Any]) -> None:
    """A value that the type cannot hold exactly raises `ParameterError` before it is sent."""
    skip_missing(type, connection)
    query = Query[Any]("Echo", "SELECT $1", parameters=(type,), row=scalar())

    with pytest.raises(ParameterError) as caught:
        Querier(connection, TYPES)._one(query, value)

    given = value.__class__.__name__
    assert f"`Echo`: parameter $1 is `{type}`, cannot send this `{given}`" == str(caught.value)


TAKEN = [
    ("float8", 1, 1.0),
    ("numeric", 1, Decimal(1)),
    ("int4[]", (1, 2), [1, 2]),
    ("int4[]", range(3), [0, 1, 2]),
    ("int4[]", ((1, 2), (3, 4)), [[1, 2], [3, 4]]),
    ("int4[]", [[]], []),
    ("jsonb[]", [[1, 2], [3]], [[1, 2], [3]]),
    ("jsonb[][]", [[1, 2], [3, 4]], [[1, 2], [3, 4]]),
    ("bytea", bytearray(b"x"), b"x"),
    ("bytea", memoryview(b"x"), b"x"),
    ("public.mood", "so, so", "so, so"),
    ("public.codes[]", [["a"], ["b", "c"]], [["a"], ["b", "c"]]),
    ("inet", ip_interface("10.0.0.1/32"), ip_address("10.0.0.1")),
    ("interval", timedelta(days=40), timedelta(days=40)),
    ("public.vector", (1, 2.5), [1.0, 2.5]),
]


@pytest.mark.parametrize(
    ("type", "value", "expected"), TAKEN, ids=[case_id(t, v) for t, v, _ in TAKEN]
)
def test_fit_value_is_taken(
    type: str, value: Any, expected: Any, connection: psycopg.Connection[Any]
) -> None:
    """Other Python types that mean the same value are sent as the declared type."""

    skip_missing(type, connection)
    query = Query[Any]("Echo", f"SELECT $1::{type}", parameters=(type,), row=scalar())

    assert expected == Querier(connection, TYPES)._one(query, value)


def test_wrong_number_of_parameters(connection: psycopg.Connection[Any]) -> None:
    """Too few parameters are a programming error that names the query."""
    query = Query[Any]("Echo", "SELECT $1::int", parameters=("int4",), row=scalar())

    with pytest.raises(TypeError, match="`Echo` takes 1 parameters, got 0"):
        Querier(connection)._one(query)
