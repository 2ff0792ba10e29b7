"""`queries/usage.sql` on a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from chat_world import a_chat, a_group, a_member, a_message, an_organization

from sqlward import ExclusionViolation, Range
from store.generated import AsyncStore, ExclusionConstraint, UsageLimit

JANUARY = Range(date(2024, 1, 1), date(2024, 2, 1))


async def a_limit(store: AsyncStore, spend_limit: str, **values: Any) -> UsageLimit:
    """Insert a limit for January."""
    row: dict[str, Any] = {
        "organization_id": None,
        "user_id": None,
        "group_id": None,
        "period": JANUARY,
        "spend_limit": Decimal(spend_limit),
    }
    return await store.insert_usage_limit(**(row | values))


async def test_a_daterange_and_its_bound(store: AsyncStore) -> None:
    """A range holds dates; its upper bound can be missing; the organization can be absent."""
    organization = await an_organization(store)
    first = await a_limit(store, "10.50")
    open_ = await a_limit(
        store, "1", organization_id=organization.id, period=Range(date(2024, 1, 1), None)
    )

    rows = await store.list_usage_limits_on(date(2024, 1, 31))

    assert [(first, None, date(2024, 2, 1)), (open_, organization, None)] == [
        (row.usage_limit, row.organization, row.ends_on) for row in rows
    ]
    assert (JANUARY, Decimal("10.50")) == (first.period, first.spend_limit)
    assert [open_] == [
        row.usage_limit for row in await store.list_usage_limits_on(date(2024, 2, 1))
    ]


async def test_an_exclusion_constraint_has_a_name(store: AsyncStore) -> None:
    """Two defaults for one day are refused."""
    await a_limit(store, "1")

    with pytest.raises(ExclusionViolation) as caught:
        await a_limit(store, "2")

    assert ExclusionConstraint.USAGE_LIMITS_DEFAULT_PERIODS_EXCL is (caught.value.constraint)


async def test_the_limit_of_a_user(store: AsyncStore) -> None:
    """The user's own wins over the strictest of the groups, which wins over the default."""
    here, there = await an_organization(store, "here"), await an_organization(store, "there")
    user = await a_member(store, here, "ada")

    async def resolved() -> UsageLimit | Any:
        return await store.resolve_usage_limit(
            user_id=user.id, organization_id=here.id, day=date(2024, 1, 15)
        )

    assert None is await resolved()
    default = await a_limit(store, "100")
    assert default.id == (await resolved()).id
    for name, amount in (("loose", "50"), ("strict", "20")):
        group = await a_group(store, here, name)
        await store.add_group_members(group_id=group.id, user_ids=[user.id])
        await a_limit(store, amount, organization_id=here.id, group_id=group.id)
    other = await a_group(store, there, "other")
    await a_limit(store, "1", organization_id=there.id, group_id=other.id)
    assert Decimal(20) == (await resolved()).spend_limit
    own = await a_limit(store, "75", user_id=user.id)
    assert (own.id, Decimal(75), JANUARY) == (
        (await resolved()).id,
        (await resolved()).spend_limit,
        (await resolved()).period,
    )


async def test_a_materialized_view(store: AsyncStore) -> None:
    """It is refreshed by an `:exec`, then read; ROLLUP adds rows without the grouped columns."""
    organization = await an_organization(store)
    ada, bob = [await a_member(store, organization, name) for name in ("ada", "bob")]
    for user, cost in ((ada, "1.5"), (ada, "2"), (bob, "0.25")):
        chat = await a_chat(store, organization, user)
        await a_message(store, chat, cost=Decimal(cost))
    today = datetime.now(UTC).date()
    days = Range(today - timedelta(days=1), today + timedelta(days=2))

    await store.refresh_daily_spend()

    [spend] = await store.list_daily_spend(user_id=ada.id, days=days)
    assert (organization.id, 2, Decimal("3.5")) == (
        spend.organization_id,
        spend.messages,
        spend.cost,
    )
    report = await store.list_spend_report(today - timedelta(days=1))
    assert [(None, None, Decimal("3.75"), 3), (organization.id, None, Decimal("3.75"), 1)] == [
        (row.organization_id, row.user_id, row.cost, row.level) for row in report[:2]
    ]
    assert {(ada.id, Decimal("3.5")), (bob.id, Decimal("0.25"))} == {
        (row.user_id, row.cost) for row in report[2:]
    }


async def test_a_sum_of_nothing(store: AsyncStore) -> None:
    """`coalesce` makes it 0; the organization can be left out."""
    organization = await an_organization(store)
    user = await a_member(store, organization, "ada")
    since = datetime(2024, 1, 1, tzinfo=UTC)

    assert 0 == await store.get_spend_of_user(user_id=user.id, organization_id=None, since=since)
    await a_message(store, await a_chat(store, organization, user), cost=Decimal("0.125"))
    for organization_id in (None, organization.id):
        spent = await store.get_spend_of_user(
            user_id=user.id, organization_id=organization_id, since=since
        )

        assert Decimal("0.125") == spent
