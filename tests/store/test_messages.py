"""`queries/chat_messages.sql` on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from chat_world import a_chat, a_message, a_user, an_organization

from store.generated import (
    AsyncSqlStore,
    AsyncStore,
    Chat,
    ChatMessage,
    ChatQueuedMessage,
    CopyChatMessagesParams,
    EnqueueChatMessagesParams,
    FinishReason,
    MessageRole,
    TokenUsage,
)

SAID_AT = datetime(2024, 2, 29, 12, 30, 0, 123456, tzinfo=UTC)


async def new_chat(store: AsyncStore, name: str = "acme") -> Chat:
    """Insert a chat of a new owner in a new organization."""
    return await a_chat(store, await an_organization(store, name), await a_user(store, name))


def imported(chat_id: UUID, **values: Any) -> CopyChatMessagesParams:
    """Give a message to import."""
    row: dict[str, Any] = {
        "chat_id": chat_id,
        "role": MessageRole.TOOL,
        "content": {"type": "result", "value": None},
        "finish_reason": FinishReason("tool-calls"),
        "usage": TokenUsage(1, 2, None, 4),
        "cost": Decimal("0.00000001"),
        "latency": timedelta(milliseconds=1500),
        "created_at": SAID_AT,
    }
    return CopyChatMessagesParams(**(row | values))


async def test_composites_numerics_and_intervals(store: AsyncStore) -> None:
    """Each value has the type that the model declares."""
    chat = await new_chat(store)
    usage = TokenUsage(input=10, output=20, cached=None, reasoning=2**40)
    message = await a_message(
        store,
        chat,
        role=MessageRole.ASSISTANT,
        usage=usage,
        cost=Decimal("12.50000001"),
        latency=timedelta(days=1, microseconds=1),
        finish_reason=FinishReason("end_turn"),
    )

    assert ChatMessage is type(message)
    assert (usage, Decimal("12.50000001"), timedelta(days=1, microseconds=1)) == (
        message.usage,
        message.cost,
        message.latency,
    )
    assert MessageRole.ASSISTANT is message.role
    assert message == await store.get_chat_message_by_id(message.id)


@pytest.mark.parametrize("reason", list(FinishReason))
async def test_awkward_labels(store: AsyncStore, reason: FinishReason) -> None:
    """The empty label, labels that are no identifiers and labels that collide are members."""
    chat = await new_chat(store)
    message = await a_message(store, chat, finish_reason=reason)

    assert reason is message.finish_reason


def test_every_label_has_a_member() -> None:
    """No label is lost when two get nearly the same name."""
    expected = ["", "stop", "end_turn", "max-tokens", "max_tokens", "tool-calls", "tool_calls"]
    expected += ["content filter", "5xx", "None"]

    assert expected == [reason.value for reason in FinishReason]
    assert all(name.isidentifier() for name in FinishReason.__members__)


async def test_copyfrom_takes_every_type(store: AsyncStore) -> None:
    """Enums, jsonb, composites, numerics and intervals go through binary COPY, NULL too."""
    chat = await new_chat(store)
    bare = imported(chat.id, finish_reason=None, usage=None, latency=None, content=[])

    assert 2 == await store.copy_chat_messages([imported(chat.id), bare])
    full, empty = await store.list_chat_messages(chat_id=chat.id, after_id=0)

    assert (
        MessageRole.TOOL,
        {"type": "result", "value": None},
        FinishReason("tool-calls"),
        TokenUsage(1, 2, None, 4),
        Decimal("0.00000001"),
        timedelta(milliseconds=1500),
        SAID_AT,
    ) == (
        full.role,
        full.content,
        full.finish_reason,
        full.usage,
        full.cost,
        full.latency,
        full.created_at,
    )
    assert ([], None, None, None) == (
        empty.content,
        empty.finish_reason,
        empty.usage,
        empty.latency,
    )


def test_copyfrom_takes_an_async_iterable(store_dsn: str) -> None:
    """The asynchronous store copies from an asynchronous generator."""

    async def scenario() -> None:
        async with await psycopg.AsyncConnection.connect(store_dsn, autocommit=True) as connection:
            store = AsyncSqlStore(connection)
            chat = await new_chat(store)

            async def rows() -> AsyncIterator[CopyChatMessagesParams]:
                for n in range(3):
                    yield imported(chat.id, content={"n": n})

            assert 3 == await store.copy_chat_messages(rows())
            messages = await store.list_chat_messages(chat_id=chat.id, after_id=0)
            assert [{"n": 0}, {"n": 1}, {"n": 2}] == [message.content for message in messages]

    asyncio.run(scenario())


async def test_messages_after_one(store: AsyncStore) -> None:
    """The key of the last message is the cursor."""
    chat = await new_chat(store)
    first, second = await a_message(store, chat), await a_message(store, chat)

    assert [first, second] == await store.list_chat_messages(chat_id=chat.id, after_id=0)
    assert [second] == await store.list_chat_messages(chat_id=chat.id, after_id=first.id)


async def test_batchmany_gives_a_list_for_each(store: AsyncStore) -> None:
    """A chat without messages has an empty list in its place."""
    first, empty, second = [await new_chat(store, name) for name in ("a", "b", "c")]
    one, two, three = [await a_message(store, chat) for chat in (first, second, first)]

    found = await store.list_messages_of_chats([second.id, empty.id, first.id])

    assert [[two], [], [one, three]] == found


async def test_iter_streams(store: AsyncStore) -> None:
    """Rows come one at a time, deleted ones too, with an embedded model."""
    chat = await new_chat(store)
    await store.copy_chat_messages(imported(chat.id, content={"n": n}) for n in range(2500))
    first = (await store.list_chat_messages(chat_id=chat.id, after_id=0))[0]
    await store.soft_delete_messages_after(chat_id=chat.id, from_id=first.id)

    seen = []
    async for row in store.iter_chat_messages(chat.organization_id):
        seen.append(row)

    assert [{"n": n} for n in range(2500)] == [row.message.content for row in seen]
    assert {chat.title} == {row.title for row in seen}
    assert ChatMessage is type(seen[0].message)


async def test_iter_can_be_left_early(store: AsyncStore) -> None:
    """The cursor is closed and the store goes on working."""
    chat = await new_chat(store)
    await store.copy_chat_messages(imported(chat.id, content={"n": n}) for n in range(300))

    rows = store.iter_chat_messages(chat.organization_id)
    async for row in rows:
        assert {"n": 0} == row.message.content
        break
    await rows.aclose()  # type: ignore[attr-defined]

    assert chat == await store.get_chat_by_id(chat.id)


async def test_a_window_in_a_cte(store: AsyncStore) -> None:
    """The newest messages that fit the budget, oldest first."""
    chat = await new_chat(store)
    for tokens in (500, 100, None, 50):
        await a_message(store, chat, usage=tokens and TokenUsage(tokens, 0, 0, 0))
    rows = await store.list_messages_for_prompt(chat_id=chat.id, token_budget=Decimal(200))

    assert [Decimal(150), Decimal(50), Decimal(50)] == [row.running_tokens for row in rows]
    assert [TokenUsage(100, 0, 0, 0), None, TokenUsage(50, 0, 0, 0)] == [row.usage for row in rows]


async def test_an_embed_of_a_subquery(store: AsyncStore) -> None:
    """What looks like a message is one; a chat without messages has none."""
    organization, owner = await an_organization(store), await a_user(store)
    empty, full = [await a_chat(store, organization, owner) for _ in range(2)]
    await a_message(store, full)
    last = await a_message(store, full, "last")

    rows = await store.list_last_message_per_chat(owner.id)

    assert [full, empty] == [row.chat for row in rows]
    assert rows[0].last_message is not None
    assert (last.id, last.content, last.usage) == (
        rows[0].last_message.id,
        rows[0].last_message.content,
        rows[0].last_message.usage,
    )
    assert None is rows[1].last_message


async def test_a_function_of_the_schema(store: AsyncStore) -> None:
    """Its result may be NULL, and is for a message without text."""
    chat = await new_chat(store)
    await a_message(store, chat, "hello")
    await a_message(store, chat, content=[{"type": "image"}])

    texts = [(row.role, row.text) for row in await store.list_message_texts(chat.id)]

    assert [(MessageRole.USER, "hello"), (MessageRole.USER, None)] == texts


async def test_window_functions(store: AsyncStore) -> None:
    """The first row has no previous one; a share of nothing is None."""
    chat, free = await new_chat(store, "a"), await new_chat(store, "b")
    for cost in (3, 1):
        await a_message(store, chat, cost=Decimal(cost))
    await a_message(store, free)

    rows = await store.list_message_costs(chat.id)

    assert [
        (Decimal(3), Decimal(3), Decimal("0.75"), None, 1),
        (Decimal(1), Decimal(4), Decimal("0.25"), Decimal(3), 2),
    ] == [(r.cost, r.cost_so_far, r.share, r.previous_cost, r.cost_rank) for r in rows]
    [row] = await store.list_message_costs(free.id)
    assert None is row.share


async def test_one_json_document(store: AsyncStore) -> None:
    """The server builds it, Python gets dicts and lists."""
    chat = await new_chat(store)
    empty = await store.get_chat_transcript(chat.id)
    await a_message(store, chat, "hi", cost=Decimal("1.5"))
    full = await store.get_chat_transcript(chat.id)

    assert {"chat": str(chat.id), "messages": []} == empty
    assert {
        "chat": str(chat.id),
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}], "cost": 1.5}],
    } == full


async def test_a_composite_is_built_in_the_statement(store: AsyncStore) -> None:
    """Its fields are sums; the array of enums is None when there is nothing to collect."""
    chat = await new_chat(store)
    nothing = await store.get_chat_usage(chat.id)
    for reason in ("stop", None, "5xx", "stop"):
        await a_message(
            store,
            chat,
            usage=TokenUsage(1, 2, None, 3),
            cost=Decimal("0.5"),
            finish_reason=reason and FinishReason(reason),
        )
    something = await store.get_chat_usage(chat.id)

    assert (TokenUsage(0, 0, 0, 0), Decimal(0), None) == (
        nothing.usage,
        nothing.cost,
        nothing.finish_reasons,
    )
    assert (TokenUsage(4, 8, 0, 12), Decimal(2)) == (something.usage, something.cost)
    assert [FinishReason("stop"), FinishReason("5xx")] == something.finish_reasons
    assert {FinishReason} == {type(reason) for reason in something.finish_reasons or []}


async def test_data_modifying_ctes(store: AsyncStore) -> None:
    """One statement deletes softly and inserts; it tells what it did."""
    chat = await new_chat(store)
    first = await a_message(store, chat)
    await a_message(store, chat)

    row = await store.replace_chat_message(
        chat_id=chat.id, from_id=first.id, content=["edited"], created_by=chat.owner_id
    )

    assert 2 == row.deleted
    [left] = await store.list_chat_messages(chat_id=chat.id, after_id=0)
    assert (row.id, ["edited"], chat.owner_id) == (left.id, left.content, left.created_by)
    assert None is await store.get_chat_message_by_id(first.id)
    assert 1 == await store.soft_delete_messages_after(chat_id=chat.id, from_id=left.id)


async def test_a_queue(store: AsyncStore, store_dsn: str) -> None:
    """Messages are popped in order, each once, and not while another transaction holds them."""
    chat = await new_chat(store)
    await store.enqueue_chat_messages(
        EnqueueChatMessagesParams(chat_id=chat.id, created_by=chat.owner_id, content=text)
        for text in ("first", "second", "third")
    )
    with psycopg.connect(store_dsn) as other:
        other.execute("SELECT FROM chat_queued_messages ORDER BY id LIMIT 1 FOR UPDATE")
        popped = [await store.pop_queued_message(chat.id) for _ in range(3)]

    assert ["second", "third", None] == [message and message.content for message in popped]
    last = await store.pop_queued_message(chat.id)
    assert ChatQueuedMessage is type(last)
    assert "first" == last.content
