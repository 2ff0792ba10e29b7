"""Values that the documentation of types makes a promise about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from type_cases import TYPES, Mood, Pair

from sqlward import Query, UnrepresentableValueError
from sqlward.rows import scalar
from sqlward.sync import Querier

PROMISES = [
    ("'1 mon 2 days'::interval", timedelta(days=32)),
    ("'1 year'::interval", timedelta(days=365)),
    ("'NaN'::numeric", Decimal("NaN")),
    ("'1.10'::numeric", Decimal("1.10")),
    ("'{}'::int[]", []),
    ("'{{1,2},{3,NULL}}'::int[]", [[1, 2], [3, None]]),
    ("'[5:6]={1,2}'::int[]", [1, 2]),
    ("pg_sleep(0)", None),
    ("NULL::jsonb", None),
    ("'null'::jsonb", None),
    ("'1e20'::jsonb", 10**20),
    ("ARRAY['null'::jsonb, NULL, '[1]']", [None, None, [1]]),
    ("'\\x00ff'::bytea", b"\x00\xff"),
    ("ARRAY['\\x00ff'::bytea]", [b"\x00\xff"]),
    ("1::\"char\"", "\x01"),
    ("'\\377'::\"char\"", "\\377"),
    ("ROW('a', 'sad', NULL)::pair", Pair("a", Mood.SAD, None)),
    ("ARRAY[ROW(NULL, NULL, '{x,NULL}')::pair]", [Pair(None, None, ["x", None])]),
    ("'pg_class'::regclass", "pg_class"),
    ("'epoch'::timestamptz", datetime(1970, 1, 1, tzinfo=UTC)),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), PROMISES, ids=[sql for sql, _ in PROMISES])
@pytest.mark.parametrize("binary", [True, False])
def test_documented_value(
    sql: str, expected: Any, binary: bool, connection: psycopg.Connection[Any]
) -> None:
    """A documented expression has the documented value, in both forms of the result."""
    if binary and "regclass" in sql:
        pytest.skip("regclass has no binary form here")
    if not binary and "char" in sql and connection.info.server_version < 160000:
        pytest.skip("older servers show the byte itself")
    query = Query[Any]("Promise", f"SELECT {sql}", row=scalar(), binary=binary)
    value = Querier(connection, TYPES)._one(query)

    assert (type(expected), str(expected)) == (type(value), str(value)) or expected == value


@pytest.mark.parametrize("binary", [True, False])
def test_timestamptz_is_in_the_zone_of_the_session(
    binary: bool, connection: psycopg.Connection[Any]
) -> None:
    """A `timestamptz` is an aware `datetime` in the session's time zone."""
    connection.execute("SET TimeZone TO 'Europe/Vienna'")
    query = Query[datetime]("Epoch", "SELECT 'epoch'::timestamptz", row=scalar(), binary=binary)
    value = Querier(connection)._one(query)

    assert (ZoneInfo("Europe/Vienna"), 1) == (value.tzinfo, value.hour)


@pytest.mark.parametrize("type", ["date", "timestamp", "timestamptz"])
@pytest.mark.parametrize("text", ["infinity", "-infinity", "4000-01-01 BC"])
def test_date_beyond_python_is_an_error(
    type: str, text: str, connection: psycopg.Connection[Any]
) -> None:
    """A date that Python cannot say raises, and is not bent to another."""
    query = Query[Any]("Far", f"SELECT '{text}'::{type}", row=scalar())

    with pytest.raises(UnrepresentableValueError):
        Querier(connection)._one(query)


def test_record_is_a_tuple(connection: psycopg.Connection[Any]) -> None:
    """An anonymous record is a tuple of its fields' values."""
    query = Query[tuple[Any, ...]]("Record", "SELECT ROW(1, 'a'::text, 'sad'::mood)", row=scalar())

    assert (1, "a", Mood.SAD) == Querier(connection, TYPES)._one(query)
