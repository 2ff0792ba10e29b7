"""A database with every type, and connections to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from sqlward_codegen.server import Server
from type_cases import EXTENSIONS, SCHEMA, WRAPPINGS


@pytest.fixture(scope="session")
def types_dsn(postgres: Server) -> Iterator[str]:
    """A database with every type, and those over it."""
    with postgres.database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(SCHEMA)
            for extension, schema in EXTENSIONS.items():
                with suppress(psycopg.errors.FeatureNotSupported):
                    connection.execute(f"CREATE EXTENSION {extension} SCHEMA {schema}".encode())
            for wrapping in WRAPPINGS:
                with suppress(psycopg.errors.UndefinedObject):
                    connection.execute(wrapping.ddl().encode())
        yield dsn


@pytest.fixture
def connection(types_dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit mode."""
    with psycopg.connect(types_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop for the asynchronous half of a test."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def async_connection(
    types_dsn: str, runner: asyncio.Runner
) -> Iterator[psycopg.AsyncConnection[Any]]:
    """An asynchronous connection in autocommit mode, of the loop in `runner`."""
    connection = runner.run(psycopg.AsyncConnection.connect(types_dsn, autocommit=True))
    yield connection
    runner.run(connection.close())
