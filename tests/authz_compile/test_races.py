"""Two connections: what changes hands between check and write is not written to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import psycopg
import pytest
from guarded_project import an_id
from psycopg import sql

from sqlward.authz import Engine, NotAuthorizedError, OrganizationPermissions, Role, Subject, allow

ACME, ANN, BOB, CHAT = an_id(0xACE), an_id(0xA), an_id(0xB), an_id(1)
ROUNDS = 40

ROLE = Role("owner", organizations=(OrganizationPermissions(ACME, member=allow("chat", "*")),))
ann = Subject(ANN, (ROLE,))

Rename = Callable[[Any, str], Any]

SAFE: dict[str, Rename] = {
    "guard": lambda store, title: store.rename_chat(id=CHAT, title=title),
    "via": lambda store, title: store.rename_via(id=CHAT, title=title),
    "via in a transaction": lambda store, title: _in_transaction(store, title),
}


def _in_transaction(store: Any, title: str) -> Any:
    with store.transaction() as inside:
        return inside.rename_via(id=CHAT, title=title)


def _check_then_write(store: Any, title: str) -> Any:
    """What people write by hand: a look at the row, and then a statement of its own."""
    chat = store.get_chat(CHAT)
    with psycopg.connect(store._inner._connect().__enter__().info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_advisory_xact_lock(1)")
    store._authorizer.authorize(ann, "update", _object(chat))
    return store._inner.rename_chat(id=CHAT, title=title)


def _object(chat: Any) -> Any:
    from sqlward.authz import Object

    return Object("chat", id=chat.id, owner=chat.owner_id, organization=chat.organization_id)


@pytest.fixture
def chat(dsn: str) -> str:
    """A chat of Ann's."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO organizations VALUES (%s, '')", (ACME,))
        connection.execute("INSERT INTO users VALUES (%s, 'a', ''), (%s, 'b', '')", (ANN, BOB))
        connection.execute(
            "INSERT INTO chats (id, owner_id, organization_id, title, slug)"
            " VALUES (%s, %s, %s, 'mine', 'x')",
            (CHAT, ANN, ACME),
        )
    return dsn


def give(connection: psycopg.Connection[Any], owner: Any) -> str:
    """Give the chat to somebody; gives the title that it had then."""
    row = connection.execute(
        sql.SQL("UPDATE chats SET owner_id = %s WHERE id = %s RETURNING title"), (owner, CHAT)
    ).fetchone()
    assert row is not None
    return str(row[0])


def renamed(package: ModuleType, dsn: str, rename: Rename, title: str) -> list[Any]:
    """Let Ann rename the chat; gives what came of it."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        store = package.AuthzStore(package.SqlStore(connection), Engine(), package.policy)
        try:
            return [rename(store.acting_as(ann), title)]
        except NotAuthorizedError:
            return []


@pytest.mark.parametrize("way", SAFE)
def test_a_write_that_waited_is_checked_again(package: ModuleType, chat: str, way: str) -> None:
    """While Ann's write waits, the chat becomes Bob's: her write does not go through."""
    with psycopg.connect(chat) as giver:
        for round in range(ROUNDS):
            give(giver, ANN)
            giver.commit()
            before = give(giver, BOB)
            found: list[Any] = []
            thread = threading.Thread(
                target=lambda n=round, f=found: f.extend(
                    renamed(package, chat, SAFE[way], f"Ann {n}")
                )
            )
            thread.start()
            wait_for_a_waiter(chat)
            giver.commit()
            thread.join()

            assert [] == found
            assert before == give(giver, BOB)
            giver.rollback()


@pytest.mark.parametrize("way", SAFE)
def test_of_a_race_one_order_is_seen(package: ModuleType, chat: str, way: str) -> None:
    """If Ann's write went through, it was before the chat became Bob's; else it never was."""
    outcomes = set()
    with psycopg.connect(chat, autocommit=True) as giver:
        for round in range(ROUNDS):
            give(giver, ANN)
            title = f"Ann {round}"
            found: list[Any] = []
            start = threading.Barrier(2)

            def race(title: str = title, found: list[Any] = found, start: Any = start) -> None:
                start.wait()
                found.extend(renamed(package, chat, SAFE[way], title))

            thread = threading.Thread(target=race)
            thread.start()
            start.wait()
            seen = give(giver, BOB)
            thread.join()
            outcomes.add(bool(found))

            assert (title == seen) == bool(found)
            assert seen == give(giver, BOB)

    assert outcomes


def test_check_then_write_would_be_caught(package: ModuleType, chat: str) -> None:
    """The same test on a check by hand sees the write go through: it can fail."""
    with psycopg.connect(chat) as giver:
        giver.execute("SELECT pg_advisory_xact_lock(1)")
        give(giver, BOB)
        found: list[Any] = []
        thread = threading.Thread(
            target=lambda: found.extend(renamed(package, chat, _check_then_write, "Ann"))
        )
        thread.start()
        wait_for_a_waiter(chat)
        giver.commit()
        thread.join()

        assert ["Ann"] == found


def wait_for_a_waiter(dsn: str) -> None:
    """Return once a connection waits for a lock."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while not connection.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ).fetchone():
            pass
