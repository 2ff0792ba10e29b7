"""What the tests of the authorization compiler can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import psycopg
import pytest
from court import SCHEMA, Court, court
from guarded_project import Calls, guarded_project, guarded_store, imported
from sqlward_codegen.server import Server

from sqlward.authz import Engine


@pytest.fixture(scope="session", name="court")
def court_of_chats(
    each_postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Court]:
    """A database with the schema of `court`, on every installed major in turn."""
    with court(each_postgres, tmp_path_factory.mktemp("court")) as made:
        yield made


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated package of the guarded project."""
    folder = tmp_path_factory.mktemp("guarded")
    outcome = guarded_project(folder).run("generate")
    assert 0 == outcome.code, outcome.err + outcome.out
    return imported(folder)


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """A database with the schema of the guarded project, empty."""
    with postgres.database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(SCHEMA)
        yield dsn


@pytest.fixture(params=["sync", "async"])
def stores(
    request: pytest.FixtureRequest, package: ModuleType, dsn: str
) -> Iterator[tuple[Calls, Calls]]:
    """The bare store and the one behind authorization, sync and async in turn."""
    with guarded_store(request.param, package, dsn, Engine()) as made:
        yield made
