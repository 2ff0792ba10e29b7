"""`queries/chats.sql` on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from chat_world import (
    a_chat,
    a_member,
    a_message,
    a_model_config,
    a_user,
    an_organization,
)

from sqlward import JSON_NULL, CheckViolation, ForeignKeyViolation, NoRowsError
from store.generated import (
    AsyncStore,
    Chat,
    ChatClientType,
    ChatStatus,
    CheckConstraint,
    ForeignKeyConstraint,
    HeartbeatChatsParams,
)

ERROR = {"message": "no credit", "kind": "billing", "retryable": False, "status_code": 402}


async def test_a_chat_is_inserted_in_its_final_status(store: AsyncStore) -> None:
    """Enums and jsonb go in and come out; None is NULL."""
    organization, owner = await an_organization(store), await a_user(store)
    chat = await a_chat(
        store,
        organization,
        owner,
        status=ChatStatus.PENDING,
        client_type=ChatClientType.API,
        labels={"env": "prod", "tags": ["a", 1, None, 1.5, True]},
    )

    assert Chat is type(chat)
    assert ChatStatus.PENDING is chat.status
    assert ChatClientType.API is chat.client_type
    assert {"env": "prod", "tags": ["a", 1, None, 1.5, True]} == chat.labels
    assert (None, None) == (chat.parent_chat_id, chat.last_error)
    assert chat == await store.get_chat_by_id(chat.id)
    assert chat == await store.get_chat_by_id_for_update(chat.id)


async def test_three_embeds_and_a_count(store: AsyncStore) -> None:
    """The inner-joined owner is there, the outer-joined model config may be absent."""
    organization, owner = await an_organization(store), await a_user(store)
    config = await a_model_config(store)
    with_model = await a_chat(store, organization, owner, model_config_id=config.id)
    without = await a_chat(store, organization, owner)
    await a_message(store, with_model)

    row = await store.get_chat_with_owner(with_model.id)

    assert (with_model, owner, config, 1) == (
        row.chat,
        row.owner,
        row.model_config,
        row.message_count,
    )
    row = await store.get_chat_with_owner(without.id)
    assert (without, owner, None, 0) == (row.chat, row.owner, row.model_config, row.message_count)
    with pytest.raises(NoRowsError):
        await store.get_chat_with_owner(uuid4())


async def test_a_page_of_chats(store: AsyncStore) -> None:
    """Filters may be left out; the cursor leads through all pages, newest first."""
    organization, owner = await an_organization(store), await a_user(store)
    chats = [
        await a_chat(store, organization, owner, labels={"even": n % 2 == 0}) for n in range(5)
    ]
    await store.archive_chat_family(id=chats[0].id, archived=True)

    async def page(before: Chat | None = None, **filters: Any) -> list[Chat]:
        arguments: dict[str, Any] = {"archived": None, "labels": None} | filters
        return await store.list_chats_of_owner(
            owner_id=owner.id,
            before_updated_at=before.updated_at if before else None,
            before_id=before.id if before else None,
            page_size=2,
            **arguments,
        )

    seen: list[Chat] = []
    while rows := await page(seen[-1] if seen else None):
        seen += rows

    assert {chat.id for chat in chats} == {chat.id for chat in seen}
    assert 5 == len(seen)
    assert seen == sorted(seen, key=lambda chat: (chat.updated_at, chat.id), reverse=True)
    assert [chats[0].id] == [chat.id for chat in await page(archived=True)]
    assert [chats[4], chats[2]] == await page(labels={"even": True}, archived=False)


async def test_a_slice_of_an_enum(store: AsyncStore) -> None:
    """`IN` and `NOT IN` take any number of values, none included."""
    organization, owner = await an_organization(store), await a_user(store)
    waiting = await a_chat(store, organization, owner)
    pending = await a_chat(store, organization, owner, status=ChatStatus.PENDING)

    found = await store.list_chats_by_status([ChatStatus.PENDING, ChatStatus.ERROR])

    assert [(pending.id, pending.title, ChatStatus.PENDING)] == [
        (row.id, row.title, row.status) for row in found
    ]
    assert [] == await store.list_chats_by_status([])
    assert [waiting.id] == await store.list_chats_not_in(
        organization_id=organization.id, excluded_ids=[pending.id]
    )
    assert sorted([waiting.id, pending.id]) == await store.list_chats_not_in(
        organization_id=organization.id, excluded_ids=[]
    )


async def test_a_recursive_query_walks_the_family(store: AsyncStore) -> None:
    """Each chat comes with its depth and the path to it."""
    organization, owner = await an_organization(store), await a_user(store)
    root = await a_chat(store, organization, owner)
    child = await a_chat(store, organization, owner, parent_chat_id=root.id, root_chat_id=root.id)
    grandchild = await a_chat(
        store, organization, owner, parent_chat_id=child.id, root_chat_id=root.id
    )

    rows = await store.list_chat_family(root.id)

    assert [
        (root, 0, [root.id]),
        (child, 1, [root.id, child.id]),
        (grandchild, 2, [root.id, child.id, grandchild.id]),
    ] == [(row.chat, row.depth, row.path) for row in rows]


async def test_families_stay_in_their_organization(store: AsyncStore) -> None:
    """A child in another organization than its parent's breaks a foreign key."""
    first, second = await an_organization(store, "first"), await an_organization(store, "second")
    owner = await a_user(store)
    root = await a_chat(store, first, owner)

    with pytest.raises(ForeignKeyViolation) as caught:
        await a_chat(store, second, owner, parent_chat_id=root.id, root_chat_id=root.id)

    assert ForeignKeyConstraint.CHATS_PARENT_FKEY is caught.value.constraint


async def test_a_view_with_an_outer_join_and_aggregates(store: AsyncStore) -> None:
    """The model's name may be NULL, the count and the cost never are."""
    organization, owner = await an_organization(store), await a_user(store)
    config = await a_model_config(store, model="gpt")
    plain = await a_chat(store, organization, owner)
    full = await a_chat(store, organization, owner, model_config_id=config.id)
    message = await a_message(store, full)

    rows = await store.list_chat_overviews(organization.id)

    assert [
        (full.id, "ada", "gpt", 1, message.created_at),
        (plain.id, "ada", None, 0, None),
    ] == [
        (row.id, row.owner_username, row.model_name, row.message_count, row.last_message_at)
        for row in rows
    ]
    assert [0, 0] == [row.cost for row in rows]


async def test_operators_with_a_question_mark(store: AsyncStore) -> None:
    """`?` and `?|` are operators; a uuid parameter can be cast to text."""
    organization = await an_organization(store)
    owner, reader = await a_user(store, "ada"), await a_member(store, organization, "bob")
    chat = await a_chat(store, organization, owner)
    await a_chat(store, organization, owner)

    assert [] == await store.list_shared_chats(user_id=reader.id, group_ids=[])
    assert 1 == await store.share_chat_with_user(
        id=chat.id, user_id=reader.id, actions=["read", "update"]
    )
    [shared] = await store.list_shared_chats(user_id=reader.id, group_ids=["nobody"])

    assert (chat.id, owner.id) == (shared.id, shared.owner_id)
    assert {str(reader.id): ["read", "update"]} == (await store.get_chat_by_id(chat.id)).user_acl


async def test_jsonb_is_built_in_the_statement(store: AsyncStore) -> None:
    """A label is set, and removed by None."""
    chat = await a_chat(store, await an_organization(store), await a_user(store), labels={"a": "1"})

    assert {"a": "1", "b": "2"} == await store.set_chat_label(id=chat.id, label="b", value="2")
    assert {"b": "2"} == await store.set_chat_label(id=chat.id, label="a", value=None)
    assert None is await store.set_chat_label(id=uuid4(), label="a", value=None)


async def test_null_and_json_null(store: AsyncStore) -> None:
    """None writes SQL's NULL; `JSON_NULL` writes JSON's, which the check refuses."""
    chat = await a_chat(store, await an_organization(store), await a_user(store))

    failed = await store.update_chat_status(
        id=chat.id, status=ChatStatus.ERROR, worker_id=None, last_error=ERROR
    )
    again = await store.update_chat_status(
        id=chat.id, status=ChatStatus.PENDING, worker_id=None, last_error=None
    )

    assert failed is not None
    assert again is not None
    assert (ChatStatus.ERROR, ERROR) == (failed.status, failed.last_error)
    assert (ChatStatus.PENDING, None) == (again.status, again.last_error)
    with pytest.raises(CheckViolation) as caught:
        await store.update_chat_status(
            id=chat.id, status=ChatStatus.ERROR, worker_id=None, last_error=JSON_NULL
        )
    assert CheckConstraint.CHATS_LAST_ERROR_IS_OBJECT is caught.value.constraint


async def test_skip_locked(store: AsyncStore, store_dsn: str) -> None:
    """A worker takes the oldest pending chats that no other transaction holds."""
    organization, owner = await an_organization(store), await a_user(store)
    chats = [await a_chat(store, organization, owner, status=ChatStatus.PENDING) for _ in range(3)]
    worker = uuid4()
    with psycopg.connect(store_dsn) as other:
        other.execute("SELECT FROM chats WHERE id = %s FOR UPDATE", [chats[0].id])
        taken = await store.acquire_pending_chats(worker_id=worker, max_chats=10)

    assert {chats[1].id, chats[2].id} == {chat.id for chat in taken}
    assert [(ChatStatus.RUNNING, worker)] * 2 == [(chat.status, chat.worker_id) for chat in taken]
    [last] = await store.acquire_pending_chats(worker_id=worker, max_chats=1)
    assert chats[0].id == last.id


async def test_batchone_returns_a_row_for_each(store: AsyncStore) -> None:
    """In the order of the parameters; a set without a row is an error with its place."""
    organization, owner = await an_organization(store), await a_user(store)
    for _ in range(2):
        await a_chat(store, organization, owner, status=ChatStatus.PENDING)
    worker = uuid4()
    taken = await store.acquire_pending_chats(worker_id=worker, max_chats=2)
    params = [HeartbeatChatsParams(id=chat.id, worker_id=worker) for chat in taken]

    beats = await store.heartbeat_chats(iter(params))

    assert [(chat.id, ChatStatus.RUNNING) for chat in taken] == [(b.id, b.status) for b in beats]
    with pytest.raises(NoRowsError) as caught:
        await store.heartbeat_chats(
            [*params, HeartbeatChatsParams(id=taken[0].id, worker_id=uuid4())]
        )
    assert ("HeartbeatChats", 2) == (caught.value.query, caught.value.index)


async def test_an_interval_parameter(store: AsyncStore) -> None:
    """Chats whose worker went silent are pending again."""
    organization, owner = await an_organization(store), await a_user(store)
    chat = await a_chat(store, organization, owner, status=ChatStatus.PENDING)
    await store.acquire_pending_chats(worker_id=uuid4(), max_chats=1)

    assert [] == await store.recover_stale_chats(timedelta(hours=1))
    assert [chat.id] == await store.recover_stale_chats(timedelta(seconds=-1))


async def test_pins(store: AsyncStore) -> None:
    """Pins are numbered from 1; unpinning closes the gap, archiving loses the pin."""
    organization, owner = await an_organization(store), await a_user(store)
    chats = [await a_chat(store, organization, owner) for _ in range(3)]

    assert [1, 2, 3] == [await store.pin_chat(chat.id) for chat in chats]
    assert None is await store.pin_chat(chats[0].id)

    await store.unpin_chat(chats[0].id)
    pinned = [(chat.id, chat.pin_order) for chat in await store.list_pinned_chats(owner.id)]

    assert [(chats[1].id, 1), (chats[2].id, 2)] == pinned

    assert 1 == await store.archive_chat_family(id=chats[1].id, archived=True)
    assert [chats[2].id] == [chat.id for chat in await store.list_pinned_chats(owner.id)]


async def test_filtered_aggregates_are_one_row(store: AsyncStore) -> None:
    """Counts of nothing are 0; the maximum of nothing is None."""
    organization, owner = await an_organization(store), await a_user(store)
    nothing = await store.count_chats(organization.id)
    chat = await a_chat(store, organization, owner, status=ChatStatus.ERROR)
    something = await store.count_chats(organization.id)

    assert (0, 0, 0, None) == (
        nothing.total,
        nothing.running,
        nothing.failed,
        nothing.last_change,
    )
    assert (1, 0, 1, chat.updated_at) == (
        something.total,
        something.running,
        something.failed,
        something.last_change,
    )


async def test_errors_are_counted_by_kind(store: AsyncStore) -> None:
    """An error without a kind is generic."""
    organization, owner = await an_organization(store), await a_user(store)
    for error in (ERROR, ERROR, {"message": "?"}):
        chat = await a_chat(store, organization, owner)
        await store.update_chat_status(
            id=chat.id, status=ChatStatus.ERROR, worker_id=None, last_error=error
        )

    counted = [(row.kind, row.chats) for row in await store.count_chat_errors_by_kind()]

    assert [("billing", 2), ("generic", 1)] == counted


async def test_a_title_moves_the_chat_up(store: AsyncStore) -> None:
    """The trigger touches `updated_at`; RETURNING sees it."""
    chat = await a_chat(store, await an_organization(store), await a_user(store))

    renamed = await store.update_chat_title(id=chat.id, title='"; DROP TABLE chats; --')

    assert renamed is not None
    assert '"; DROP TABLE chats; --' == renamed.title
    assert chat.updated_at < renamed.updated_at


async def test_a_purge_returns_what_it_deleted(store: AsyncStore) -> None:
    """DELETE … RETURNING with a limit, children included by the foreign key."""
    organization, owner = await an_organization(store), await a_user(store)
    root = await a_chat(store, organization, owner)
    await a_chat(store, organization, owner, parent_chat_id=root.id, root_chat_id=root.id)
    kept = await a_chat(store, organization, owner)
    assert 2 == await store.archive_chat_family(id=root.id, archived=True)

    purged = await store.delete_old_archived_chats(
        before=datetime.now(UTC) + timedelta(days=1), max_chats=10
    )

    assert [(root.id, owner.id)] == [(row.id, row.owner_id) for row in purged]
    assert [kept.id] == await store.list_chats_not_in(
        organization_id=organization.id, excluded_ids=[]
    )
