"""The rows that a generated query admits are the rows that the engine allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from types import ModuleType
from typing import Any
from uuid import UUID

import psycopg
import pytest
from court import SCHEMA
from guarded_project import guarded_store
from psycopg.types.json import Jsonb
from random_world import ACTIONS, STRANGE, World
from sqlward_codegen.server import Server

from sqlward.authz import Engine, NotAuthorizedError, Object

ENGINE = Engine()
ROWS = 2_000
SUBJECTS = 60


@pytest.fixture(scope="module")
def chats(postgres: Server) -> Iterator[tuple[str, list[Object]]]:
    """A database of random chats, and the chats as objects in order of their ids."""
    world = World(99)
    objects: list[Object] = []
    while len(objects) < ROWS:
        found = world.object()
        if any(id in STRANGE for id in (found.id, found.owner, found.organization)):
            continue
        id = UUID(int=len(objects) + 1)
        objects.append(replace(found, type="chat", id=id, any_organization=False))
    with postgres.database() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(SCHEMA)
            connection.execute("SET session_replication_role = replica")  # no foreign keys
            with connection.cursor().copy(
                "COPY chats (id, owner_id, organization_id, user_acl, group_acl, title, slug)"
                " FROM STDIN"
            ) as copy:
                for number, found in enumerate(objects):
                    copy.write_row(
                        (
                            found.id,
                            found.owner,
                            found.organization,
                            Jsonb(found.user_acl or {}),
                            Jsonb(found.group_acl or {}),
                            "",
                            str(number),
                        )
                    )
        yield dsn, objects


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_lists_and_counts_what_the_engine_allows(
    package: ModuleType, chats: tuple[str, list[Object]], kind: str
) -> None:
    """Filtering in SQL, filtering afterwards and counting say what the engine says."""
    dsn, objects = chats
    world = World(7)
    shares: list[float] = []
    with ExitStack() as stack:
        _, store = stack.enter_context(guarded_store(kind, package, dsn, ENGINE))
        for _ in range(SUBJECTS):
            subject = world.subject()
            own = store.acting_as(subject)
            expected = [o.id for o in objects if ENGINE.allows(subject, "read", o)]
            shares.append(len(expected) / ROWS)

            assert expected == own.page_chats(after=UUID(int=0), n=ROWS)
            assert expected == own.stream_chats()
            assert len(expected) == own.count_chats()
            assert expected == [row.id for row in own.list_chats()]
    assert sum(0 < share < 1 for share in shares) > SUBJECTS / 4


def test_guards_what_the_engine_allows(
    package: ModuleType, chats: tuple[str, list[Object]]
) -> None:
    """A guarded write touches a row exactly when the engine allows it."""
    dsn, objects = chats
    world = World(8)
    seen: set[bool] = set()
    with ExitStack() as stack:
        _, store = stack.enter_context(guarded_store("sync", package, dsn, ENGINE))
        for _ in range(SUBJECTS):
            subject = world.subject()
            own = store.acting_as(subject)
            ids = [o.id for o in world.random.sample(objects, 50)]
            allowed = [o.id for o in objects if o.id in ids and ENGINE.allows(subject, "update", o)]
            seen.add(bool(allowed))

            assert allowed == touched(own, ids)
    assert {True, False} == seen
    assert "update" in ACTIONS


def touched(store: Any, ids: list[Any]) -> list[Any]:
    try:
        return sorted(store.touch_many(ids=ids, suffix=""))
    except NotAuthorizedError:
        return []
