"""What the tests of the authorization compiler can ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from authz_compile.court import Court, court
from sqlward_codegen.server import Server


@pytest.fixture(scope="session", name="court")
def court_of_chats(
    each_postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Court]:
    """A database with the schema of `court`, on every installed major in turn."""
    with court(each_postgres, tmp_path_factory.mktemp("court")) as made:
        yield made
