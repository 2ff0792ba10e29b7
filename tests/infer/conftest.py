"""What the tests of inference can ask for: a world on each installed major."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from infer.understanding import World, world
from sqlward_codegen.server import Server


@pytest.fixture(scope="session", name="world")
def world_of_chats(
    each_postgres: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A database with the schema of `understanding`, on every installed major in turn."""
    with world(each_postgres, tmp_path_factory.mktemp("world")) as made:
        yield made
