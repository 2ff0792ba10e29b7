"""`queries/groups.sql` on a real database."""

from __future__ import annotations

from datetime import datetime

import pytest
from chat_world import a_group, a_member, a_user, an_organization

from sqlward import ForeignKeyViolation
from store.generated import AsyncStore, ForeignKeyConstraint, Group


async def test_a_group_is_found_by_its_name(store: AsyncStore) -> None:
    """Two equalities fix the unique key."""
    organization = await an_organization(store)
    group = await a_group(store, organization, "ops")

    assert Group is type(group)
    assert group == await store.get_group_by_name(organization_id=organization.id, name="ops")
    assert None is await store.get_group_by_name(organization_id=organization.id, name="dev")


async def test_an_embed_in_a_grouped_query(store: AsyncStore) -> None:
    """The model stands beside an aggregate; an empty group counts 0."""
    organization = await an_organization(store)
    empty, full = await a_group(store, organization, "a"), await a_group(store, organization, "b")
    users = [await a_member(store, organization, name) for name in ("ada", "bob")]
    await store.add_group_members(group_id=full.id, user_ids=[user.id for user in users])

    rows = await store.list_groups_of_organization(organization.id)

    assert [(empty, 0), (full, 2)] == [(row.team, row.members) for row in rows]


async def test_an_embed_on_the_nullable_side_is_none(store: AsyncStore) -> None:
    """A group without members has a row whose user is absent as a whole."""
    organization = await an_organization(store)
    empty, full = await a_group(store, organization, "a"), await a_group(store, organization, "b")
    ada = await a_member(store, organization, "ada")
    await store.add_group_members(group_id=full.id, user_ids=[ada.id])

    rows = await store.list_groups_with_members(organization.id)

    assert [(empty, None), (full, ada)] == [(row.team, row.member) for row in rows]


async def test_an_array_parameter_is_unnested(store: AsyncStore) -> None:
    """Who is in the group already is not counted again."""
    organization = await an_organization(store)
    group = await a_group(store, organization)
    ids = [(await a_member(store, organization, f"user{n}")).id for n in range(3)]

    assert 2 == await store.add_group_members(group_id=group.id, user_ids=ids[:2])
    assert 1 == await store.add_group_members(group_id=group.id, user_ids=ids)


async def test_a_single_column_is_a_plain_value(store: AsyncStore) -> None:
    """`:many` of one column is a list of values, `:opt` a value."""
    organization = await an_organization(store)
    group = await a_group(store, organization)
    ada = await a_member(store, organization, "ada")
    await store.add_group_members(group_id=group.id, user_ids=[ada.id])

    assert [group.id] == await store.list_group_ids_of_user(ada.id)
    assert datetime is type(await store.remove_group_member(group_id=group.id, user_id=ada.id))
    assert None is await store.remove_group_member(group_id=group.id, user_id=ada.id)
    assert [] == await store.list_group_ids_of_user(ada.id)


async def test_only_members_of_the_organization_join(store: AsyncStore) -> None:
    """The foreign key says so, and has a Python name."""
    organization = await an_organization(store)
    group = await a_group(store, organization)
    stranger = await a_user(store, "eve")

    with pytest.raises(ForeignKeyViolation) as caught:
        await store.add_group_members(group_id=group.id, user_ids=[stranger.id])

    assert ForeignKeyConstraint.GROUP_MEMBERS_MEMBER_FKEY is caught.value.constraint


async def test_exec_gives_nothing(store: AsyncStore) -> None:
    """The group is gone, and its members with it."""
    organization = await an_organization(store)
    group = await a_group(store, organization)

    await store.delete_group(group.id)

    assert [] == await store.list_groups_of_organization(organization.id)
