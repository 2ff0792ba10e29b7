"""The generated layer on a real server: who may is let through, who may not changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

import psycopg
import pytest
from guarded_project import Calls, an_id

from sqlward import NoRowsError
from sqlward.authz import (
    Engine,
    NoActorError,
    NotAuthorizedError,
    OrganizationPermissions,
    Role,
    Subject,
    acting_as,
    allow,
)

ACME, OTHER = an_id(0xACE), an_id(0x0DD)
ANN, BOB, EVE = an_id(0xA), an_id(0xB), an_id(0xE)
ANNS, BOBS, HERS = an_id(1), an_id(2), an_id(3)

MEMBER = Role(
    "member",
    organizations=(
        OrganizationPermissions(
            ACME, organization=allow("chat", "read"), member=allow("chat", "*")
        ),
    ),
)
PRIVATE = Role("private", user=allow("chat", "create", "read"))
ADMIN = Role("admin", site=allow("*", "*"))

ann = Subject(ANN, (MEMBER, PRIVATE))
bob = Subject(BOB, (MEMBER,))
eve = Subject(EVE)
admin = Subject(an_id(0xAD), (ADMIN,))

Stores = tuple[Calls, Calls]


@pytest.fixture(autouse=True)
def rows(dsn: str) -> None:
    """Three users, a chat of Ann's and one of Bob's in Acme, and one of Eve's elsewhere."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for user, name in ((ANN, "ann"), (BOB, "bob"), (EVE, "eve")):
            connection.execute("INSERT INTO users VALUES (%s, %s, '')", (user, name))
        for organization in (ACME, OTHER):
            connection.execute("INSERT INTO organizations VALUES (%s, '')", (organization,))
        for chat, owner, organization, slug in (
            (ANNS, ANN, ACME, "anns"),
            (BOBS, BOB, ACME, "bobs"),
            (HERS, EVE, OTHER, "hers"),
        ):
            connection.execute(
                "INSERT INTO chats (id, owner_id, organization_id, title, slug)"
                " VALUES (%s, %s, %s, 'title', %s)",
                (chat, owner, organization, slug),
            )
            connection.execute(
                "INSERT INTO chat_messages (chat_id, body) VALUES (%s, 'hello')", (chat,)
            )


def everything(dsn: str) -> list[Any]:
    """Give all rows that a test could have changed."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
            for table in ("chats", "chat_messages", "site_settings")
        ]


def new_chat(**values: Any) -> dict[str, Any]:
    row = {"id": an_id(9), "organization_id": ACME, "owner_id": ANN, "title": "new", "slug": "new"}
    return row | values


@dataclass(frozen=True)
class Case:
    """A call that `who` may make and `who_not` may not; `shows` is what it gives."""

    call: Callable[[Calls, ModuleType], Any]
    who: Subject
    who_not: Subject
    shows: Callable[[Any], Any] | None = None
    gives: Any = None


CASES: dict[str, Case] = {
    "create": Case(
        lambda s, _: s.insert_chat(**new_chat()), ann, bob, lambda row: row.owner_id, ANN
    ),
    "create, nobody's organization": Case(
        lambda s, _: s.insert_chat(**new_chat(organization_id=None)), ann, bob
    ),
    "create from a copy": Case(
        lambda s, p: s.import_chats([p.ImportChatsParams(ANN, "t", f"s{i}") for i in range(3)]),
        ann,
        bob,
        lambda count: count,
        3,
    ),
    "create in a batch": Case(
        lambda s, p: s.insert_chats([p.InsertChatsParams(ANN, "t", f"s{i}") for i in range(3)]),
        ann,
        eve,
        len,
        3,
    ),
    "read one": Case(lambda s, _: s.get_chat(BOBS), ann, eve, lambda row: row.id, BOBS),
    "read an embedded one": Case(
        lambda s, _: s.find_chat("bobs"),
        ann,
        eve,
        lambda row: (row.chat.id, row.username),
        (BOBS, "bob"),
    ),
    "filter one": Case(
        lambda s, _: s.find_authorized_chat(BOBS), ann, eve, lambda row: row.id, BOBS
    ),
    "guard one": Case(
        lambda s, _: s.rename_chat(id=ANNS, title="x"), ann, bob, lambda title: title, "x"
    ),
    "guard at most one": Case(
        lambda s, _: s.rename_maybe(id=ANNS, title="x"), ann, bob, lambda title: title, "x"
    ),
    "guard without result": Case(lambda s, _: s.touch_chat(id=ANNS, suffix="!"), ann, bob),
    "guard counted": Case(
        lambda s, _: s.touch_chats(ids=[ANNS, BOBS, HERS], suffix="!"),
        ann,
        eve,
        lambda count: count,
        1,
    ),
    "guard with its result": Case(
        lambda s, _: s.touch_result(id=ANNS, suffix="!"), ann, bob, lambda r: r.status, "UPDATE 1"
    ),
    "guard many": Case(
        lambda s, _: s.touch_many(ids=[ANNS, BOBS, HERS], suffix="!"),
        bob,
        eve,
        lambda ids: ids,
        [BOBS],
    ),
    "via": Case(lambda s, _: s.rename_via(id=ANNS, title="x"), ann, bob, lambda t: t, "x"),
    "via, into a child": Case(lambda s, _: s.add_message(chat_id=ANNS, body="x"), ann, bob),
    "via a child": Case(
        lambda s, _: s.edit_message(id=1, body="x"), ann, bob, lambda count: count, 1
    ),
    "via, to read": Case(
        lambda s, _: s.list_messages(ANNS), bob, eve, lambda rows: [r.body for r in rows], ["hello"]
    ),
    "via, to read one by one": Case(
        lambda s, _: s.iter_messages(ANNS), bob, eve, lambda rows: rows, ["hello"]
    ),
    "system": Case(lambda s, _: s.set_setting(key="a", value="b"), admin, ann),
    "custom": Case(
        lambda s, _: s.move_messages(target=ANNS, source=ANNS), ann, eve, lambda count: count, 1
    ),
    "custom, reading": Case(lambda s, _: s.title_lengths(), ann, eve, len, 3),
}


@pytest.mark.parametrize("case", CASES)
def test_allowed(stores: Stores, package: ModuleType, case: str) -> None:
    """Who may gets what the bare store gives."""
    tried = CASES[case]
    found = tried.call(stores[1].acting_as(tried.who), package)

    assert tried.gives == (tried.shows(found) if tried.shows else None)


@pytest.mark.parametrize("case", CASES)
def test_denied(stores: Stores, package: ModuleType, dsn: str, case: str) -> None:
    """Who may not gets an error, and nothing is written."""
    tried = CASES[case]
    before = everything(dsn)
    with pytest.raises(NoRowsError) as raised:
        tried.call(stores[1].acting_as(tried.who_not), package)

    assert before == everything(dsn)
    assert case == "filter one" or isinstance(raised.value, NotAuthorizedError)


@pytest.mark.parametrize("case", CASES)
def test_nobody(stores: Stores, package: ModuleType, dsn: str, case: str) -> None:
    """Without an actor there is an error, and nothing is written."""
    before = everything(dsn)
    with pytest.raises(NoActorError):
        CASES[case].call(stores[1], package)

    assert before == everything(dsn)


@pytest.mark.parametrize("case", [c for c in CASES if not c.startswith("custom")])
def test_whoever_may_everything(stores: Stores, package: ModuleType, case: str) -> None:
    """A subject with every right gets what the bare store gives."""
    CASES[case].call(stores[1].acting_as(admin), package)


@pytest.mark.parametrize("case", CASES)
def test_from_the_context(stores: Stores, package: ModuleType, case: str) -> None:
    """Middleware can say who acts."""
    tried = CASES[case]
    with acting_as(tried.who):
        found = tried.call(stores[1], package)

    assert tried.gives == (tried.shows(found) if tried.shows else None)


def test_read_of_many_drops_rows(stores: Stores) -> None:
    """Of several rows those stay that the subject may read."""
    store = stores[1]

    for subject, expected in (
        (ann, [ANNS, BOBS]),
        (eve, []),
        (admin, [ANNS, BOBS, HERS]),
        (Subject(EVE, (PRIVATE,)), []),
    ):
        own = store.acting_as(subject)
        assert expected == [row.id for row in own.list_chats()]
        assert expected == [row.id for row in own.iter_chats()]
        assert expected == own.page_chats(after=an_id(0), n=10)
        assert expected == own.stream_chats()
        assert len(expected) == own.count_chats()


def test_what_is_not_there(stores: Stores) -> None:
    """What is not there and what one may not see look the same."""
    store = stores[1].acting_as(ann)
    nobodys = an_id(77)

    assert None is store.find_chat("nowhere")
    assert None is store.find_maybe_chat(nobodys)
    assert None is store.find_maybe_chat(HERS)
    calls: list[Callable[[], Any]] = [
        lambda: store.get_chat(nobodys),
        lambda: store.get_chat(HERS),
        lambda: store.rename_chat(id=nobodys, title=""),
        lambda: store.rename_chat(id=HERS, title=""),
        lambda: store.delete_chat(nobodys),
        lambda: store.delete_chat(HERS),
        lambda: store.edit_message(id=77, body=""),
        lambda: store.find_authorized_chat(HERS),
    ]
    for call in calls:
        with pytest.raises(NoRowsError):
            call()


def test_exempt(stores: Stores) -> None:
    """What is exempt needs nobody."""
    assert 1 == stores[1].ping()


def test_asynchronous_rule(stores: Stores, package: ModuleType) -> None:
    """An asynchronous rule serves the asynchronous store, and the other says so."""
    bare, store = stores
    own = store.acting_as(ann)
    if isinstance(bare.store, package.SqlStore):
        with pytest.raises(TypeError, match="the rule of `MoveMessagesAsync` is asynchronous"):
            own.move_messages_async(target=ANNS, source=ANNS)
        assert 1 == own.move_messages_fetching(target=ANNS, source=ANNS)
        with pytest.raises(NotAuthorizedError):
            own.move_messages_fetching(target=ANNS, source=BOBS)
        return

    assert 1 == own.move_messages_async(target=ANNS, source=ANNS)
    with pytest.raises(NotAuthorizedError):
        own.move_messages_async(target=ANNS, source=BOBS)


def test_errors_of_the_database_stay_what_they_are(stores: Stores) -> None:
    """What PostgreSQL says comes through as it does from the bare store."""
    bare, store = stores
    calls: list[Callable[[Calls], Any]] = [
        lambda s: s.divide_by_zero(0),
        lambda s: s.insert_chat(**new_chat(slug="anns")),
        lambda s: s.add_message(chat_id=ANNS, body=None),
    ]
    for call in calls:
        with pytest.raises(Exception) as expected:
            call(bare)
        with pytest.raises(expected.type) as found:
            call(store.acting_as(ann))

        assert str(expected.value) == str(found.value)
        assert not isinstance(found.value, NoRowsError)


def test_a_copy_ends_at_the_first_that_may_not(
    stores: Stores, package: ModuleType, dsn: str
) -> None:
    """One row that may not be created keeps all of them out."""
    before = everything(dsn)
    rows = [package.ImportChatsParams(owner, "t", f"s{n}") for n, owner in enumerate((ANN, BOB))]
    with pytest.raises(NotAuthorizedError):
        stores[1].acting_as(ann).import_chats(rows)
    assert before == everything(dsn)


# --- the layer itself ------------------------------------------------------------------


def test_layers(stores: Stores) -> None:
    """A store names the layers around it."""
    bare, store = stores

    assert () == bare.store.layers
    assert ("authz",) == store.store.layers


def test_wrapping_twice_is_wrapping_once(stores: Stores, package: ModuleType) -> None:
    """Around what is wrapped already, another layer changes nothing, also not who acts."""
    bare, store = stores
    acting = store.store.acting_as(ann)
    twice = type(acting)(acting, Engine(), package.policy)

    assert ("authz",) == twice.layers
    assert twice._inner is bare.store
    assert twice._actor is ann


def test_acting_as_leaves_the_store_alone(stores: Stores) -> None:
    """The subject acts in the store that `acting_as` gives, and wins over the context."""
    store = stores[1]
    own = store.acting_as(ann)
    with acting_as(eve):
        assert BOBS == own.get_chat(BOBS).id
        with pytest.raises(NotAuthorizedError):
            store.get_chat(BOBS)
    with pytest.raises(NoActorError):
        store.get_chat(BOBS)


def test_transactions_are_behind_the_same_layers(package: ModuleType, dsn: str) -> None:
    """In a transaction the same subject acts, and what fails undoes all of it."""
    before = everything(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        store = package.AuthzStore(package.SqlStore(connection), Engine(), package.policy)
        with pytest.raises(NotAuthorizedError), store.acting_as(ann).transaction() as inside:
            assert ("authz",) == inside.layers
            assert "x" == inside.rename_chat(id=ANNS, title="x")
            assert "y" == inside.rename_via(id=ANNS, title="y")
            inside.delete_chat(BOBS)

    assert before == everything(dsn)


def test_functions_in_transactions(package: ModuleType, dsn: str) -> None:
    """What is given to `in_tx` gets the store behind the same layers."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        store = package.AuthzStore(package.SqlStore(connection), Engine(), package.policy)
        own = store.acting_as(ann)
        layers = own.in_tx(lambda inside: inside.layers)
        with pytest.raises(NotAuthorizedError):
            own.in_tx(
                lambda inside: (inside.touch_chat(id=ANNS, suffix="!"), inside.get_chat(HERS))
            )

        assert ("authz",) == layers
        assert "title" == own.get_chat(ANNS).title


def test_transactions_commit(package: ModuleType, dsn: str) -> None:
    """At the end of the block everything stays."""

    async def run() -> None:
        connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
        store = package.AsyncAuthzStore(package.AsyncSqlStore(connection), Engine(), package.policy)
        async with store.acting_as(ann).transaction() as inside:
            await inside.rename_chat(id=ANNS, title="x")
            async with inside.transaction() as deeper:
                await deeper.rename_via(id=ANNS, title="y")
        await connection.close()

    asyncio.run(run())

    assert "y" == next(row[4] for row in everything(dsn)[0] if row[0] == ANNS)


def test_cancellation_stays_cancellation(package: ModuleType, dsn: str) -> None:
    """A task that is cancelled while it waits for a row is cancelled, and holds no lock."""

    async def run() -> None:
        holder = await psycopg.AsyncConnection.connect(dsn)
        await holder.execute("SELECT FROM chats WHERE id = %s FOR UPDATE", (ANNS,))
        connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
        store = package.AsyncAuthzStore(package.AsyncSqlStore(connection), Engine(), package.policy)
        for call in (
            store.acting_as(ann).rename_via(id=ANNS, title="x"),
            store.acting_as(ann).rename_chat(id=ANNS, title="x"),
        ):
            task = asyncio.create_task(call)
            await _until_waiting(holder)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await connection.close()
        await holder.close()

    asyncio.run(run())


async def _until_waiting(connection: psycopg.AsyncConnection[Any]) -> None:
    while True:
        cursor = await connection.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        row = await cursor.fetchone()
        if row and row[0]:
            return
        await asyncio.sleep(0.01)


def test_ids_are_those_of_the_columns(stores: Stores) -> None:
    """A subject whose id is text is the owner of a row whose owner is a UUID."""
    textual = Subject(str(ANN), (MEMBER,))

    assert "x" == stores[1].acting_as(textual).rename_chat(id=ANNS, title="x")
    assert isinstance(ANN, UUID)
