"""`queries/users.sql` on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Interface, IPv6Address
from typing import Any

import pytest
from chat_world import a_user

from sqlward import CheckViolation
from store.generated import (
    AsyncStore,
    CheckConstraint,
    TouchUsersLastSeenParams,
    User,
    UserSession,
    UserStatus,
)


async def a_session(store: AsyncStore, user: User, token: str, **values: Any) -> Any:
    """Insert a session that lives for an hour."""
    row: dict[str, Any] = {
        "user_id": user.id,
        "token_hash": sha256(token.encode()).digest(),
        "ip": IPv4Address("10.1.2.3"),
        "user_agent": "curl",
        "lifetime": timedelta(hours=1),
    }
    return await store.insert_user_session(**(row | values))


async def test_dates_times_enums_and_arrays_come_back_as_they_went_in(store: AsyncStore) -> None:
    """The model's values have the types that it declares."""
    user = await a_user(
        store, roles=["owner", 'we"ird'], birthday=date(1815, 12, 10), daily_digest_at=time(7, 30)
    )

    assert (["owner", 'we"ird'], date(1815, 12, 10), time(7, 30)) == (
        user.roles,
        user.birthday,
        user.daily_digest_at,
    )
    assert UserStatus.ACTIVE is user.status
    assert None is not user.created_at.tzinfo
    assert user == await store.get_user_by_id(user.id)


@pytest.mark.parametrize("roles", [[None], ["owner", None]])
async def test_elements_declared_without_null(store: AsyncStore, roles: list[str | None]) -> None:
    """What the configuration declares the schema enforces."""
    with pytest.raises(CheckViolation) as caught:
        await a_user(store, roles=roles)

    assert CheckConstraint.USERS_ROLES_WITHOUT_NULL is caught.value.constraint


async def test_an_expression_index_proves_one_row(store: AsyncStore) -> None:
    """`lower(email)` is unique, so the query may be `:opt`."""
    user = await a_user(store, email="Ada@Example.com")

    assert user == await store.get_user_by_email("ADA@example.COM")
    assert None is await store.get_user_by_email("bob@example.com")


async def test_a_slice_is_one_array(store: AsyncStore) -> None:
    """`IN (sqlc.slice(ids))` finds those, and nobody for no ids."""
    ada, bob, eve = [await a_user(store, name) for name in ("ada", "bob", "eve")]

    assert [ada, eve] == await store.list_users_by_id([eve.id, ada.id])
    assert [] == await store.list_users_by_id([])
    assert [bob] == await store.list_users_by_id((bob.id,))


async def test_keyset_pagination(store: AsyncStore) -> None:
    """Each page begins where the one before it ended; all pages together are everybody."""
    names = [f"user{n}" for n in range(5)]
    for name in names:
        await a_user(store, name)

    seen: list[str] = []
    after: tuple[Any, Any] = (None, None)
    while page := await store.search_users(
        search="USER", statuses=[], after_created_at=after[0], after_id=after[1], page_size=2
    ):
        seen += [row.username for row in page]
        after = (page[-1].created_at, page[-1].id)

    assert names[::-1] == seen


async def test_an_array_of_an_enum_as_parameter(store: AsyncStore) -> None:
    """Members of the generated `StrEnum` go in and come out."""
    user = await a_user(store)
    changed = await store.update_user_status(id=user.id, status=UserStatus.SUSPENDED)
    arguments: dict[str, Any] = {"after_created_at": None, "after_id": None, "page_size": 10}

    assert changed is not None
    assert UserStatus.SUSPENDED is changed.status
    [found] = await store.search_users(search="", statuses=[UserStatus.SUSPENDED], **arguments)
    assert UserStatus.SUSPENDED is found.status
    assert [] == await store.search_users(search="", statuses=[UserStatus.ACTIVE], **arguments)


async def test_batchexec_runs_every_set_of_parameters(store: AsyncStore) -> None:
    """One round trip writes all of them; a late note never turns the clock back."""
    ada, bob = await a_user(store, "ada"), await a_user(store, "bob")
    early, late = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)

    await store.touch_users_last_seen(
        TouchUsersLastSeenParams(id=user.id, seen_at=at)
        for user, at in ((ada, late), (bob, early), (ada, early))
    )

    seen = [user.last_seen_at for user in await store.list_users_by_id([ada.id, bob.id])]
    assert [late, early] == seen


async def test_execrows_counts(store: AsyncStore) -> None:
    """A deleted user is not found, and cannot be deleted twice."""
    user = await a_user(store)

    assert 1 == await store.delete_user(user.id)
    assert 0 == await store.delete_user(user.id)
    assert None is await store.get_user_by_email(user.email)
    assert None is await store.update_user_status(id=user.id, status=UserStatus.DORMANT)


async def test_an_enum_range_counts_what_nobody_has(store: AsyncStore) -> None:
    """The outer join keeps every label; `status!` is declared to be there."""
    await a_user(store, "ada")
    await a_user(store, "bob")

    counted = [(row.status, row.users) for row in await store.count_users_by_status()]

    assert [(UserStatus.ACTIVE, 2), (UserStatus.DORMANT, 0), (UserStatus.SUSPENDED, 0)] == counted


async def test_bytea_inet_and_interval(store: AsyncStore) -> None:
    """They are `bytes`, an `ipaddress` object and a `timedelta`; the sum of two is computed."""
    user = await a_user(store)
    created = await a_session(store, user, "token", lifetime=timedelta(days=2, minutes=1))

    assert timedelta(days=2, minutes=1) == created.expires_at - created.created_at

    found = await store.get_user_session_by_token_hash(sha256(b"token").digest())

    assert found is not None
    assert UserSession is type(found.session)
    assert (created.id, user) == (found.session.id, found.account)
    assert (IPv4Address("10.1.2.3"), sha256(b"token").digest(), timedelta(days=2, minutes=1)) == (
        found.session.ip,
        found.session.token_hash,
        found.session.lifetime,
    )
    assert None is await store.get_user_session_by_token_hash(sha256(b"other").digest())


async def test_a_network_as_parameter(store: AsyncStore) -> None:
    """An inet parameter takes an address, an interface or a network."""
    user = await a_user(store)
    await a_session(store, user, "a", ip=IPv4Address("10.1.2.3"))
    await a_session(store, user, "b", ip=IPv4Interface("10.1.9.9/24"))
    await a_session(store, user, "c", ip=IPv6Address("fe80::1"))

    found = await store.list_user_sessions_in_network(IPv4Interface("10.1.0.0/16"))

    assert [
        (IPv4Address("10.1.2.3"), "10.1.2.3"),
        (IPv4Interface("10.1.9.9/24"), "10.1.9.9"),
    ] == [(row.ip, row.host) for row in found]


async def test_execresult_tells_what_was_done(store: AsyncStore) -> None:
    """It has the number of rows and the server's own words."""
    user = await a_user(store)
    await a_session(store, user, "short", lifetime=timedelta(seconds=1))
    await a_session(store, user, "long", lifetime=timedelta(days=9))

    done = await store.delete_expired_user_sessions(datetime.now(UTC) + timedelta(days=1))

    assert (1, "DELETE 1") == (done.rows, done.status)
