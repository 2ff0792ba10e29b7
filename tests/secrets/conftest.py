"""A database with the key table and a table of marked columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from secret_world import random_index_key, random_key, tables
from sqlward_codegen.server import Server

from sqlward.secrets import KeyRing


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """A database of the test's own."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def connection(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """The tables, on an autocommit connection."""
    with tables(dsn) as connection:
        yield connection


@pytest.fixture
def ring() -> KeyRing:
    """A ring with one key and an index key."""
    return KeyRing(random_key(), (), random_index_key())


@pytest.fixture
def next_ring(ring: KeyRing) -> KeyRing:
    """The ring after: a new primary, the key of `ring` to read with."""
    return KeyRing(random_key(), (ring.primary,), ring.index_key)
