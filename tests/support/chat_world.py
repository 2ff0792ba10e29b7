"""Rows that tests start from: one call inserts one, with values that do not matter."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlward import Range
from store.generated import (
    AsyncStore,
    Chat,
    ChatClientType,
    ChatMessage,
    ChatModelConfig,
    ChatProvider,
    ChatStatus,
    Group,
    MessageRole,
    Organization,
    ProviderFamily,
    User,
)

_numbers = count(1)


async def an_organization(store: AsyncStore, name: str = "acme") -> Organization:
    """Insert an organization."""
    return await store.insert_organization(name=name, display_name=name.title(), settings={})


async def a_user(store: AsyncStore, username: str = "ada", **values: Any) -> User:
    """Insert a user with that name and an address made of it."""
    row: dict[str, Any] = {
        "email": f"{username}@example.com",
        "username": username,
        "display_name": "",
        "roles": [],
        "birthday": None,
        "daily_digest_at": None,
    }
    return await store.insert_user(**(row | values))


async def a_member(
    store: AsyncStore, organization: Organization, username: str, *roles: str
) -> User:
    """Insert a user who is a member of the organization."""
    user = await a_user(store, username)
    await store.upsert_organization_member(
        organization_id=organization.id, user_id=user.id, roles=roles
    )
    return user


async def a_group(store: AsyncStore, organization: Organization, name: str = "team") -> Group:
    """Insert a group."""
    return await store.insert_group(
        organization_id=organization.id, name=name, display_name=name.title()
    )


async def a_provider(store: AsyncStore, **values: Any) -> ChatProvider:
    """Insert an enabled provider with a stored key."""
    row: dict[str, Any] = {
        "family": ProviderFamily.OPENAI,
        "name": f"provider {next(_numbers)}",
        "base_url": None,
        "api_key": "central-key",
        "api_key_key_id": None,
        "enabled": True,
        "central_api_key_enabled": True,
        "allow_user_api_key": False,
        "allow_central_api_key_fallback": False,
        "request_timeout": timedelta(seconds=30),
        "egress_networks": [],
        "created_by": None,
    }
    return await store.insert_chat_provider(**(row | values))


async def a_model_config(store: AsyncStore, **values: Any) -> ChatModelConfig:
    """Insert an enabled, unbound model config."""
    row: dict[str, Any] = {
        "chat_provider_id": None,
        "family": ProviderFamily.OPENAI,
        "model": f"model-{next(_numbers)}",
        "display_name": "",
        "enabled": True,
        "is_default": False,
        "context_limit": 128_000,
        "temperature": Range(Decimal(0), Decimal(1), "[]"),
        "capabilities": [],
        "pricing": None,
        "volume_discounts": [],
        "options": {},
        "created_by": None,
    }
    return await store.insert_chat_model_config(**(row | values))


async def a_chat(store: AsyncStore, organization: Organization, owner: User, **values: Any) -> Chat:
    """Insert a waiting chat without messages."""
    row: dict[str, Any] = {
        "organization_id": organization.id,
        "owner_id": owner.id,
        "parent_chat_id": None,
        "root_chat_id": None,
        "model_config_id": None,
        "title": f"chat {next(_numbers)}",
        "status": ChatStatus.WAITING,
        "client_type": ChatClientType.UI,
        "labels": {},
    }
    return await store.insert_chat(**(row | values))


async def a_message(
    store: AsyncStore, chat: Chat, text: str = "hello", **values: Any
) -> ChatMessage:
    """Insert a user's message with one text part."""
    row: dict[str, Any] = {
        "chat_id": chat.id,
        "model_config_id": None,
        "created_by": None,
        "role": MessageRole.USER,
        "content": [{"type": "text", "text": text}],
        "finish_reason": None,
        "usage": None,
        "cost": Decimal(0),
        "latency": None,
    }
    return await store.insert_chat_message(**(row | values))
