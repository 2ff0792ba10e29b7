"""Databases whose types are not quite those that the store was compiled with."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
import pytest
from sqlward_codegen.server import Server

from sqlward import (
    ClientEncodingError,
    CompositeMismatchError,
    CompositeType,
    NoRowsError,
    ParameterError,
    Query,
    SqlwardError,
    StoreTypes,
    TooManyRowsError,
    UnknownEnumLabelError,
    UnknownTypeError,
)
from sqlward.rows import scalar
from sqlward.sync import Querier


class Color(StrEnum):
    RED = "red"


@dataclass(slots=True)
class Place:
    name: str | None
    color: Color | None


TYPES = StoreTypes(
    enums={"public.color": Color},
    composites={"public.place": CompositeType(Place, ("text", "public.color"))},
)


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """An empty database."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to it, in autocommit mode."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("binary", [True, False])
def test_unknown_label_names_type_and_label(
    binary: bool, connection: psycopg.Connection[Any]
) -> None:
    """A label that was added to the enum since the store was generated is a clear error."""
    connection.execute("CREATE TYPE color AS ENUM ('red', 'blue')")
    query = Query[Color]("GetColor", "SELECT 'blue'::color", row=scalar(), binary=binary)

    with pytest.raises(UnknownEnumLabelError, match=r"enum `public.color` has the label `blue`"):
        Querier(connection, TYPES)._one(query)


def test_missing_type_is_named(connection: psycopg.Connection[Any]) -> None:
    """A query with a parameter of a type that is not there says which."""
    query = Query[Any]("Q", "SELECT $1", parameters=("public.color[]",), row=scalar())

    with pytest.raises(UnknownTypeError, match=r"^type `public.color` does not exist in"):
        Querier(connection, TYPES)._one(query, [])


def test_type_made_later_is_found(connection: psycopg.Connection[Any]) -> None:
    """A type that was missing is looked up again, so that migrations need no new connection."""
    store = Querier(connection, TYPES)
    store._exec(Query("Q", "SELECT 1"))
    connection.execute("CREATE TYPE color AS ENUM ('red')")
    query = Query[Color]("Q", "SELECT $1", parameters=("public.color",), row=scalar())

    assert Color.RED is store._one(query, Color.RED)


@pytest.mark.parametrize("binary", [True, False])
def test_field_added_to_a_composite_is_left_out(
    binary: bool, connection: psycopg.Connection[Any]
) -> None:
    """A field that was added at the end does not disturb older code."""
    connection.execute("CREATE TYPE color AS ENUM ('red')")
    connection.execute("CREATE TYPE place AS (name text, color color, size int)")
    query = Query[Place]("P", "SELECT ROW('here', 'red', 1)::place", row=scalar(), binary=binary)

    assert Place("here", Color.RED) == Querier(connection, TYPES)._one(query)


@pytest.mark.parametrize("binary", [True, False])
def test_field_missing_from_a_composite_is_an_error(
    binary: bool, connection: psycopg.Connection[Any]
) -> None:
    """A field that is gone is an error that names the type."""
    connection.execute("CREATE TYPE color AS ENUM ('red')")
    connection.execute("CREATE TYPE place AS (name text)")
    query = Query[Place]("P", "SELECT ROW('here')::place", row=scalar(), binary=binary)

    with pytest.raises(CompositeMismatchError, match=r"`public.place` has 1 fields"):
        Querier(connection, TYPES)._one(query)


def test_same_names_in_two_databases(postgres: Server) -> None:
    """One store runs on databases where its types have different OIDs."""
    query = Query[Color]("Q", "SELECT $1", parameters=("public.color",), row=scalar())
    for filler in range(3):
        with postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
            for number in range(filler):
                connection.execute(f"CREATE TYPE filler_{number} AS ENUM ()".encode())
            connection.execute("CREATE TYPE color AS ENUM ('red')")

            assert Color.RED is Querier(connection, TYPES)._one(query, Color.RED)


def test_type_of_the_same_name_elsewhere(connection: psycopg.Connection[Any]) -> None:
    """The type is the one of the compiled schema, whatever the search path finds first."""
    connection.execute("CREATE TYPE color AS ENUM ('red')")
    connection.execute("CREATE SCHEMA other")
    connection.execute("CREATE TYPE other.color AS ENUM ('green')")
    connection.execute("SET search_path TO other, public")
    query = Query[Color]("Q", "SELECT $1", parameters=("public.color",), row=scalar())

    assert Color.RED is Querier(connection, TYPES)._one(query, Color.RED)


def test_what_the_application_registers_does_not_show(
    connection: psycopg.Connection[Any],
) -> None:
    """Loaders that the application put on its connection do not change a store's values."""
    from psycopg.types.string import TextLoader

    connection.adapters.register_loader("int4", TextLoader)
    query = Query[int]("Q", "SELECT 1", row=scalar(), binary=False)

    assert 1 == Querier(connection)._one(query)
    assert ("1",) == connection.execute("SELECT 1").fetchone()


def test_client_encoding_has_to_be_utf8(dsn: str) -> None:
    """A connection in another encoding is refused with the way out."""
    with (
        psycopg.connect(dsn, client_encoding="latin1") as connection,
        pytest.raises(ClientEncodingError, match="is `LATIN1`, expected `UTF8`"),
    ):
        Querier(connection)._exec(Query("Q", "SELECT 1"))


@pytest.mark.parametrize(
    "error",
    [
        NoRowsError("Q", 3),
        TooManyRowsError("Q", 2, 1),
        ParameterError("Q", 1, "int4", "str"),
        UnknownEnumLabelError("public.color", "blue"),
        UnknownTypeError("public.color"),
        CompositeMismatchError("public.place", 2, 1),
        ClientEncodingError("LATIN1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_pickling(error: SqlwardError) -> None:
    """An error that crosses a process is the same error."""
    copied = pickle.loads(pickle.dumps(error))

    assert (type(error), str(error), vars(error)) == (type(copied), str(copied), vars(copied))
