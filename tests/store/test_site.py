"""`queries/site.sql` on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import uuid4

import psycopg
from chat_world import a_user

from sqlward import ExecResult
from store.generated import AsyncStore, AuditAction, AuditLog, CopyAuditEntriesParams

LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


async def test_an_audit_entry(store: AsyncStore) -> None:
    """The identity is the server's; the actor may be the system."""
    entry = await store.insert_audit_entry(
        actor_id=None,
        actor_ip=None,
        action=AuditAction("sign-in"),
        resource_type="user",
        resource_id=None,
        changes={},
        tags=[],
    )

    assert 1 == entry.id
    assert None is not entry.at.tzinfo


async def test_entries_are_copied_and_streamed(store: AsyncStore) -> None:
    """COPY takes inet, enums, jsonb and arrays; the actor's name may be absent."""
    ada, resource = await a_user(store), uuid4()
    values: dict[str, Any] = {
        "resource_type": "chat",
        "resource_id": resource,
        "changes": {"title": ["old", "new"]},
        "tags": ["api", "beta"],
    }
    rows = [
        CopyAuditEntriesParams(
            at=LONG_AGO + timedelta(days=n),
            actor_id=actor,
            actor_ip=ip,
            action=action,
            **values,
        )
        for n, (actor, ip, action) in enumerate(
            [
                (ada.id, IPv4Address("10.0.0.1"), AuditAction.CREATE),
                (None, None, AuditAction.DELETE),
                (ada.id, IPv6Address("::1"), AuditAction.UPDATE),
            ]
        )
    ]

    assert 3 == await store.copy_audit_entries(rows)
    seen = [row async for row in store.iter_audit_log(LONG_AGO + timedelta(days=1))]

    assert [(None, AuditAction.DELETE, None), ("ada", AuditAction.UPDATE, IPv6Address("::1"))] == [
        (row.actor_username, row.entry.action, row.entry.actor_ip) for row in seen
    ]
    assert AuditLog is type(seen[0].entry)
    assert (resource, {"title": ["old", "new"]}, ["api", "beta"]) == (
        seen[0].entry.resource_id,
        seen[0].entry.changes,
        seen[0].entry.tags,
    )
    actions = [AuditAction.CREATE, AuditAction.UPDATE, AuditAction.DELETE]
    assert actions == await store.list_audit_actions(["beta", "other"])
    assert [] == await store.list_audit_actions([])


async def test_truncate(store: AsyncStore) -> None:
    """A statement that has no plan is an `:exec`."""
    await test_an_audit_entry(store)

    await store.truncate_audit_log()

    assert [] == [row async for row in store.iter_audit_log(LONG_AGO)]
    await test_an_audit_entry(store)


async def test_settings(store: AsyncStore) -> None:
    """`is_new!` is declared; any JSON value can be a setting, and a missing one is None."""
    assert 0 == await store.get_retention_days()
    assert True is await store.upsert_site_config(key="chat_retention_days", value=30)
    assert 30 == await store.get_retention_days()
    assert False is await store.upsert_site_config(key="chat_retention_days", value=0)
    assert 0 == await store.get_site_config("chat_retention_days")
    assert None is await store.get_site_config("other")
    for value in ("text", [1, {"a": None}], 1.5, True, "π"):
        await store.upsert_site_config(key="any", value=value)

        assert value == await store.get_site_config("any")


async def test_replicas(store: AsyncStore) -> None:
    """A heartbeat is an upsert that returns nothing; the dead are counted."""
    replica = uuid4()
    for _ in range(2):
        await store.heartbeat_replica(id=replica, hostname="a", address=IPv4Address("10.0.0.1"))

    [row] = await store.list_replicas()

    assert (replica, "a", IPv4Address("10.0.0.1")) == (row.id, row.hostname, row.address)
    assert timedelta is type(row.uptime)
    assert ExecResult(0, "DELETE 0") == await store.delete_dead_replicas(timedelta(hours=1))
    assert ExecResult(1, "DELETE 1") == await store.delete_dead_replicas(timedelta(seconds=-1))


async def test_advisory_locks(store: AsyncStore, store_dsn: str) -> None:
    """The lock is free, then another's, then free."""
    assert True is await store.try_advisory_lock(7)
    with psycopg.connect(store_dsn) as other:
        other.execute("SELECT pg_advisory_xact_lock(7)")

        assert False is await store.try_advisory_lock(7)
    await store.acquire_advisory_lock(7)


async def test_notify(store: AsyncStore, store_dsn: str) -> None:
    """A SELECT of a void function is an `:exec`; the listener hears it."""
    with psycopg.connect(store_dsn, autocommit=True) as listener:
        listener.execute("LISTEN chats")
        await store.notify_channel(channel="chats", payload='{"id": "π"}')
        [heard] = listener.notifies(timeout=30, stop_after=1)

    assert ("chats", '{"id": "π"}') == (heard.channel, heard.payload)


async def test_do(store: AsyncStore) -> None:
    """A DO block runs."""
    await store.analyze_store()


async def test_a_query_without_a_table(store: AsyncStore) -> None:
    """It is one row; the declared column is never None."""
    row = await store.server_time()

    assert None is not row.now.tzinfo
    assert row.time_zone
