"""What type checkers say of the generated store: each call has exactly this type."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import assert_type

from overridden_store import (
    AsyncStore,
    GetParentsRow,
    Ledger,
    MoveAccountsParams,
    Store,
    SumBalancesRow,
    Urgency,
)
from own_types import Email, Entry, Key, OwnerId, Place, Plan, Profile, Settings


def rows(store: Store, key: Key, plan: Plan) -> None:
    """Results and parameters of the sync store."""
    account = assert_type(store.get_account(key), Ledger | None)
    assert account is not None
    assert_type(account.id, Key)
    assert_type(account.others, list[Key | None])
    assert_type(account.parent, Key | None)
    assert_type(account.owner_id, OwnerId)
    assert_type(account.amount, Decimal)
    assert_type(account.email, Email)
    assert_type(account.emails, list[Email | None] | None)
    assert_type(account.home, Place)
    assert_type(account.places, list[Place | None] | None)
    assert_type(account.settings, Settings)
    assert_type(account.entries, list[Entry] | None)
    assert_type(account.profile, Profile | None)
    assert_type(account.profiles, list[Profile])
    assert_type(account.limits, dict[str, int])
    assert_type(account.plan, Plan)
    assert_type(account.plans, list[Plan | None])
    assert_type(account.urgency, Urgency)
    assert_type(store.get_parents(), list[GetParentsRow])
    assert_type(store.get_parents()[0].elder, Ledger | None)
    assert_type(store.list_accounts([key]), Iterator[Ledger])
    assert_type(store.move_accounts([MoveAccountsParams(Place(1, 2), None, key)]), list[OwnerId])
    assert_type(store.sum_balances(), SumBalancesRow)
    assert_type(store.sum_balances().total, float | None)
    assert_type(store.find_accounts(100), list[Key])
    assert_type(store.get_settings(), list[Settings])
    assert_type(store.get_profiles(OwnerId(1)), list[Profile | None])
    assert_type(store.set_plans(plans=[plan], others=[key], owner_id=OwnerId(1)), int)


async def async_rows(store: AsyncStore, key: Key) -> None:
    """The async store, likewise."""
    assert_type(await store.get_account(key), Ledger | None)
    assert_type(store.list_accounts([key]), AsyncIterator[Ledger])
    assert_type(await store.find_accounts(100), list[Key])


def wrong(store: Store, key: Key) -> None:
    """Each of these lines is an error."""
    store.get_account(key.value)  # type: ignore[arg-type]
    store.get_profiles(1)  # type: ignore[arg-type]
    store.find_accounts(Decimal(1))  # type: ignore[arg-type]
