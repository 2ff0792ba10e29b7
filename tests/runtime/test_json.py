"""JSON parameters and results, and codecs of JSON columns' own classes."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pydantic
import pytest

from sqlward import JSON_NULL, JsonValue, ParameterError, Query, json_codec
from sqlward.rows import scalar
from sqlward.sync import Querier


@dataclass
class Point:
    x: int
    tags: list[str]


class Struct(msgspec.Struct):
    x: int
    at: datetime


class Model(pydantic.BaseModel):
    x: int
    at: datetime


@dataclass
class Outer:
    model: Model


AT = datetime(2020, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("type", ["json", "jsonb"])
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (JSON_NULL, None),
        ([JSON_NULL, {"a": None}], [None, {"a": None}]),
        ((1, 2.5), [1, 2.5]),
        ("text", "text"),
        (True, True),
        (2**80, 2**80),
        (Point(1, ["a"]), {"x": 1, "tags": ["a"]}),
        ({"p": [Struct(1, AT)]}, {"p": [{"x": 1, "at": "2020-01-02T00:00:00Z"}]}),
        ({"m": Model(x=1, at=AT)}, {"m": {"x": 1, "at": "2020-01-02T00:00:00Z"}}),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_any_value_is_written(
    type: str, value: object, expected: JsonValue, connection: psycopg.Connection[Any]
) -> None:
    """A JSON parameter takes whatever has a JSON form, and the result is plain JSON."""
    query = Query[JsonValue]("Echo", f"SELECT $1::{type}", parameters=(type,), row=scalar())

    assert expected == Querier(connection)._one(query, value)


def test_json_null_is_not_sql_null(connection: psycopg.Connection[Any]) -> None:
    """`JSON_NULL` writes JSON's null where None writes SQL's."""
    query = Query[str | None](
        "TypeOf", "SELECT jsonb_typeof($1)", parameters=("jsonb",), row=scalar()
    )

    assert "null" == Querier(connection)._one(query, JSON_NULL)
    assert Querier(connection)._one(query, None) is None


def test_what_has_no_json_form_is_refused(connection: psycopg.Connection[Any]) -> None:
    """An object without JSON form is a parameter error."""
    query = Query[JsonValue]("Echo", "SELECT $1::jsonb", parameters=("jsonb",), row=scalar())

    with pytest.raises(ParameterError):
        Querier(connection)._one(query, {"a": object()})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"\\ud800"', "\ud800"),
        ("1e999", float("inf")),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ('{"a": 1, "a": 2}', {"a": 2}),
        (" [1 ,\n2 ] ", [1, 2]),
    ],
)
@pytest.mark.parametrize("binary", [True, False])
def test_everything_that_json_keeps_is_read(
    text: str, expected: JsonValue, binary: bool, connection: psycopg.Connection[Any]
) -> None:
    """Every text that a `json` column accepts has a value, strange ones too."""
    query = Query[JsonValue](
        "Read", "SELECT $1::text::json", parameters=("text",), row=scalar(), binary=binary
    )

    assert expected == Querier(connection)._one(query, text)


@pytest.mark.parametrize(
    ("type", "value", "plain"),
    [
        (Point, Point(1, ["a"]), {"x": 1, "tags": ["a"]}),
        (Struct, Struct(1, AT), {"x": 1, "at": "2020-01-02T00:00:00Z"}),
        (Model, Model(x=1, at=AT), {"x": 1, "at": "2020-01-02T00:00:00Z"}),
        (list[Point], [Point(1, [])], [{"x": 1, "tags": []}]),
        (list[Model], [Model(x=1, at=AT)], [{"x": 1, "at": "2020-01-02T00:00:00Z"}]),
        (Outer, Outer(Model(x=1, at=AT)), {"model": {"x": 1, "at": "2020-01-02T00:00:00Z"}}),
    ],
)
def test_codec_of_a_class(
    type: Any, value: Any, plain: JsonValue, connection: psycopg.Connection[Any]
) -> None:
    """A codec's `encode` gives a JSON parameter, its `decode` takes a JSON result."""
    codec = json_codec(type)
    query = Query[JsonValue]("Echo", "SELECT $1::jsonb", parameters=("jsonb",), row=scalar())
    returned = Querier(connection)._one(query, codec.encode(value))

    assert plain == returned
    assert value == codec.decode(returned)


@pytest.mark.parametrize("type", [Point, Struct, Model])
def test_codec_refuses_what_does_not_fit(type: Any) -> None:
    """A stored value of another shape is an error of the class's library."""
    with pytest.raises((msgspec.ValidationError, pydantic.ValidationError)):
        json_codec(type).decode({"x": "no"})


def test_json_value_can_be_resolved() -> None:
    """`typing.get_type_hints` sees a union that holds what JSON decodes to."""

    def function() -> JsonValue: ...

    hint = typing.get_type_hints(function, globals())["return"]

    assert {str, int, float, bool, type(None)} <= set(typing.get_args(hint))
