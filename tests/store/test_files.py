"""`queries/chat_files.sql` on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from chat_world import a_chat, a_user, an_organization

from store.generated import AsyncStore, Organization, User


async def a_file(
    store: AsyncStore, organization: Organization, owner: User, data: bytes, **values: Any
) -> Any:
    """Insert a file with that data."""
    row: dict[str, Any] = {
        "organization_id": organization.id,
        "owner_id": owner.id,
        "name": "notes.txt",
        "media_type": "text/plain",
        "data": data,
        "extracted_text": data.decode(errors="ignore"),
    }
    return await store.insert_chat_file(**(row | values))


async def test_a_generated_column_and_an_upsert(store: AsyncStore) -> None:
    """The hash is computed by the server; the same data is stored once."""
    organization, owner = await an_organization(store), await a_user(store)
    data = bytes(range(256))

    first = await a_file(store, organization, owner, data, extracted_text="")
    second = await a_file(store, organization, owner, data, extracted_text="", name="again.bin")

    assert (sha256(data).digest(), True) == (first.sha256, first.is_new)
    assert (first.id, False) == (second.id, second.is_new)
    stored = await store.get_chat_file(first.id)
    assert (data, "again.bin") == (stored.data, stored.name)


async def test_full_text_search(store: AsyncStore) -> None:
    """The name weighs more than the text; the best match comes first."""
    organization, owner = await an_organization(store), await a_user(store)
    named = await a_file(store, organization, owner, b"nothing", name="whale")
    written = await a_file(store, organization, owner, b"Call me a whale. Swimming whales!")
    await a_file(store, organization, owner, b"ships")

    found = await store.search_chat_files(
        organization_id=organization.id, query="whale", max_files=10
    )

    assert [named.id, written.id] == [row.id for row in found]
    assert "<b>whale</b>" in found[1].headline
    assert [float, float] == [type(row.rank) for row in found]


async def test_a_tsvector_is_text(store: AsyncStore) -> None:
    """It has PostgreSQL's own text form."""
    organization, owner = await an_organization(store), await a_user(store)
    await a_file(store, organization, owner, b"whales swim", name="moby")

    [row] = await store.list_file_search_vectors(owner.id)

    assert "'moby':1A 'swim':3B 'whale':2B" == row.search


async def test_a_slice_in_an_insert(store: AsyncStore) -> None:
    """Links are made for the files that exist, once."""
    organization, owner = await an_organization(store), await a_user(store)
    chat = await a_chat(store, organization, owner)
    ids = [(await a_file(store, organization, owner, data)).id for data in (b"a", b"b")]

    assert 1 == await store.link_chat_files(chat_id=chat.id, file_ids=[ids[0], chat.id])
    assert 1 == await store.link_chat_files(chat_id=chat.id, file_ids=ids)
    assert 0 == await store.link_chat_files(chat_id=chat.id, file_ids=[])


@pytest.mark.parametrize("age", [timedelta(days=-1), timedelta(days=1)])
async def test_orphans_are_purged(store: AsyncStore, age: timedelta) -> None:
    """Files without a link that are old enough go, with their size."""
    organization, owner = await an_organization(store), await a_user(store)
    chat = await a_chat(store, organization, owner)
    linked = await a_file(store, organization, owner, b"linked")
    orphan = await a_file(store, organization, owner, b"orphan!")
    await store.link_chat_files(chat_id=chat.id, file_ids=[linked.id])

    purged = await store.delete_orphaned_chat_files(before=datetime.now(UTC) + age, max_files=10)

    expected = [(orphan.id, 7)] if age > timedelta(0) else []
    assert expected == [(row.id, row.size) for row in purged]
