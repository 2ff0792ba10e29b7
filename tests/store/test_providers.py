"""`queries/chat_providers.sql` on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from uuid import uuid4

import pytest
from chat_world import a_model_config, a_provider, a_user

from sqlward import CheckViolation, ForeignKeyViolation, Multirange, NoRowsError, Range
from store.generated import (
    AsyncStore,
    ChatProvider,
    CheckConstraint,
    ForeignKeyConstraint,
    ProviderFamily,
    UserChatProviderKey,
)


def day(number: int) -> datetime:
    """Give midnight of a day in January."""
    return datetime(2024, 1, number, tzinfo=UTC)


async def test_arrays_of_networks_and_an_empty_multirange(store: AsyncStore) -> None:
    """cidr[] is a list of networks; a multirange is psycopg's."""
    networks = [IPv4Network("10.0.0.0/8"), IPv6Network("fd00::/8")]
    provider = await a_provider(
        store, family=ProviderFamily.OPENAI_COMPAT, egress_networks=networks
    )

    assert ChatProvider is type(provider)
    assert (networks, Multirange(), timedelta(seconds=30)) == (
        provider.egress_networks,
        provider.maintenance,
        provider.request_timeout,
    )
    assert ProviderFamily.OPENAI_COMPAT is provider.family
    assert provider == await store.get_chat_provider_by_id(provider.id)
    assert provider == await store.get_chat_provider_by_id_for_share(provider.id)
    assert [provider] == await store.list_chat_providers()
    with pytest.raises(NoRowsError):
        await store.get_chat_provider_by_id(uuid4())


async def test_limit_one_in_a_total_order(store: AsyncStore) -> None:
    """The oldest enabled configuration of the family is the one."""
    await a_provider(store, enabled=False)
    oldest = await a_provider(store)
    await a_provider(store)

    assert oldest == await store.get_oldest_enabled_chat_provider(ProviderFamily.OPENAI)
    assert None is await store.get_oldest_enabled_chat_provider(ProviderFamily.GOOGLE)


async def test_a_case_keeps_or_replaces_the_key(store: AsyncStore) -> None:
    """Nullable parameters inside a CASE may be None."""
    provider = await a_provider(store, api_key="old", api_key_key_id=7)
    settings: dict[str, Any] = {
        "id": provider.id,
        "name": "renamed",
        "base_url": "https://llm.example.com",
        "enabled": False,
        "central_api_key_enabled": True,
        "allow_user_api_key": True,
        "allow_central_api_key_fallback": True,
    }

    kept = await store.update_chat_provider(
        **settings, set_api_key=False, api_key=None, api_key_key_id=None
    )
    removed = await store.update_chat_provider(
        **settings, set_api_key=True, api_key=None, api_key_key_id=None
    )

    assert kept is not None
    assert removed is not None
    assert ("renamed", "old", 7) == (kept.name, kept.api_key, kept.api_key_key_id)
    assert (None, None) == (removed.api_key, removed.api_key_key_id)


async def test_ranges_become_a_multirange(store: AsyncStore) -> None:
    """Windows that touch become one; bounds are aware datetimes."""
    provider = await a_provider(store)
    for first, last in ((1, 2), (5, 6), (2, 3)):
        windows = await store.add_chat_provider_maintenance(
            id=provider.id, during=Range(day(first), day(last))
        )

    assert Multirange([Range(day(1), day(3)), Range(day(5), day(6))]) == windows
    [row] = await store.list_chat_providers_in_maintenance(day(2))
    assert (provider.id, provider.name, windows) == (row.id, row.name, row.maintenance)
    assert [] == await store.list_chat_providers_in_maintenance(day(4))


async def test_delete_returning_the_row(store: AsyncStore) -> None:
    """DELETE … RETURNING * is the model; a second time there is none."""
    provider = await a_provider(store)

    assert provider == await store.delete_chat_provider(provider.id)
    assert None is await store.delete_chat_provider(provider.id)


async def test_a_provider_with_live_models_stays(store: AsyncStore) -> None:
    """The foreign key refuses; once the models are tombstoned it may go."""
    provider, admin = await a_provider(store), await a_user(store)
    config = await a_model_config(store, chat_provider_id=provider.id)
    with pytest.raises(ForeignKeyViolation) as caught:
        await store.delete_chat_provider(provider.id)

    assert ForeignKeyConstraint.CHAT_MODEL_CONFIGS_CHAT_PROVIDER_ID_FKEY is (
        caught.value.constraint
    )

    [dead] = await store.tombstone_chat_model_configs_of_provider(
        chat_provider_id=provider.id, deleted_by=admin.id
    )

    assert (config.id, False) == (dead.id, dead.is_default)
    assert provider == await store.delete_chat_provider(provider.id)


async def test_checks_have_names(store: AsyncStore) -> None:
    """A provider that no key is allowed for cannot be stored."""
    with pytest.raises(CheckViolation) as caught:
        await a_provider(store, central_api_key_enabled=False)

    assert CheckConstraint.CHAT_PROVIDERS_SOME_KEY_ALLOWED is caught.value.constraint


async def test_an_upsert_from_a_select(store: AsyncStore) -> None:
    """A provider that takes no keys of users stores none, and the query gives none."""
    closed, user = await a_provider(store), await a_user(store)
    open_ = await a_provider(store, allow_user_api_key=True)

    refused = await store.upsert_user_chat_provider_key(
        user_id=user.id, chat_provider_id=closed.id, api_key="mine", api_key_key_id=None
    )
    stored = await store.upsert_user_chat_provider_key(
        user_id=user.id, chat_provider_id=open_.id, api_key="mine", api_key_key_id=None
    )
    replaced = await store.upsert_user_chat_provider_key(
        user_id=user.id, chat_provider_id=open_.id, api_key="new", api_key_key_id=3
    )

    assert refused is None
    assert stored is not None
    assert replaced is not None
    assert UserChatProviderKey is type(stored)
    assert ("mine", None) == (stored.api_key, stored.api_key_key_id)
    assert ("new", 3, stored.created_at) == (
        replaced.api_key,
        replaced.api_key_key_id,
        replaced.created_at,
    )


async def test_a_parameter_in_the_join_condition(store: AsyncStore) -> None:
    """The user's key is there or absent as a whole; another user sees none."""
    plain = await a_provider(store)
    open_ = await a_provider(store, allow_user_api_key=True)
    ada, bob = await a_user(store, "ada"), await a_user(store, "bob")
    key = await store.upsert_user_chat_provider_key(
        user_id=ada.id, chat_provider_id=open_.id, api_key="mine", api_key_key_id=None
    )

    of_ada = await store.list_user_chat_provider_keys(ada.id)
    of_bob = await store.list_user_chat_provider_keys(bob.id)

    assert [(plain, None), (open_, key)] == [(row.provider, row.user_key) for row in of_ada]
    assert [None, None] == [row.user_key for row in of_bob]
    assert 1 == await store.delete_user_chat_provider_key(user_id=ada.id, chat_provider_id=open_.id)
    assert 0 == await store.delete_user_chat_provider_key(user_id=ada.id, chat_provider_id=open_.id)
