"""`queries/organizations.sql` on a real database."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from chat_world import a_member, a_user, an_organization

from sqlward import CheckViolation, NoRowsError, UniqueViolation
from store.generated import (
    AsyncStore,
    CopyOrganizationMembersParams,
    ListOrganizationMembersRow,
    Organization,
    OrganizationMember,
    UniqueConstraint,
)


async def test_one_gives_the_row_as_the_tables_model(store: AsyncStore) -> None:
    """INSERT … RETURNING * and SELECT * of a table give the same class."""
    created = await store.insert_organization(
        name="acme", display_name="Acme", settings={"theme": {"dark": True}, "seats": [1, 2]}
    )

    assert Organization is type(created)
    assert {"theme": {"dark": True}, "seats": [1, 2]} == created.settings
    assert None is created.deleted_at
    assert created == await store.get_organization_by_id(created.id)


async def test_one_without_a_row_raises(store: AsyncStore) -> None:
    """`:one` is exactly one row, or an error that names the query."""
    with pytest.raises(NoRowsError) as caught:
        await store.get_organization_by_id(uuid4())

    assert "GetOrganizationByID" == caught.value.query


async def test_opt_without_a_row_is_none(store: AsyncStore) -> None:
    """`:opt` tells "not there" without an exception."""
    created = await an_organization(store, "acme")

    assert created == await store.get_organization_by_name("acme")
    assert None is await store.get_organization_by_name("other")


async def test_a_partial_unique_index_frees_the_name_of_a_deleted_row(store: AsyncStore) -> None:
    """The name is taken while the organization lives; the constraint has a Python name."""
    created = await an_organization(store, "acme")
    with pytest.raises(UniqueViolation) as caught:
        await an_organization(store, "acme")

    assert UniqueConstraint.ORGANIZATIONS_NAME_KEY is caught.value.constraint
    assert 1 == await store.delete_organization(created.id)
    assert 0 == await store.delete_organization(created.id)
    assert created.id != (await an_organization(store, "acme")).id


async def test_a_domain_is_checked_by_the_server(store: AsyncStore) -> None:
    """A parameter of a domain is plain text in Python."""
    with pytest.raises(CheckViolation):
        await an_organization(store, "Not A Slug")


async def test_the_default_organization(store: AsyncStore, store_dsn: str) -> None:
    """A unique index on a flag proves that there is at most one; it cannot be deleted."""
    created = await an_organization(store)
    with pytest.raises(NoRowsError):
        await store.get_default_organization()
    with psycopg.connect(store_dsn) as connection:
        connection.execute("UPDATE organizations SET is_default = true")

    assert created.id == (await store.get_default_organization()).id
    assert 0 == await store.delete_organization(created.id)


async def test_narg_leaves_a_condition_out(store: AsyncStore) -> None:
    """None lists all, an array lists those, an empty array lists none."""
    first = await an_organization(store, "alpha")
    second = await an_organization(store, "beta")

    assert [first, second] == await store.list_organizations(None)
    assert [second] == await store.list_organizations([second.id])
    assert [] == await store.list_organizations([])


async def test_narg_keeps_what_is_not_given(store: AsyncStore) -> None:
    """None for a value means "as it is"."""
    created = await store.insert_organization(
        name="acme", display_name="Acme", settings={"a": 1, "b": 2}
    )

    renamed = await store.update_organization(id=created.id, display_name="ACME", settings=None)
    changed = await store.update_organization(id=created.id, display_name=None, settings={"b": 3})

    assert renamed is not None
    assert changed is not None
    assert ("ACME", {"a": 1, "b": 2}) == (renamed.display_name, renamed.settings)
    assert ("ACME", {"a": 1, "b": 3}) == (changed.display_name, changed.settings)


async def test_an_upsert_returns_the_row_either_way(store: AsyncStore) -> None:
    """ON CONFLICT DO UPDATE replaces the roles; the array parameter takes any sequence."""
    organization = await an_organization(store)
    user = await a_user(store)

    first = await store.upsert_organization_member(
        organization_id=organization.id, user_id=user.id, roles=("admin", "auditor")
    )
    second = await store.upsert_organization_member(
        organization_id=organization.id, user_id=user.id, roles=[]
    )

    assert OrganizationMember(organization.id, user.id, ["admin", "auditor"], first.joined_at) == (
        first
    )
    assert OrganizationMember(organization.id, user.id, [], first.joined_at) == second


async def test_two_embeds_of_an_inner_join(store: AsyncStore) -> None:
    """Both models are there in each row."""
    organization = await an_organization(store)
    user = await a_member(store, organization, "ada", "admin")

    [row] = await store.list_organization_members(organization.id)

    assert ListOrganizationMembersRow is type(row)
    assert user == row.account
    assert (organization.id, ["admin"]) == (row.member.organization_id, row.member.roles)


async def test_an_embed_beside_a_column(store: AsyncStore) -> None:
    """A row holds the model and the plain value."""
    organization = await an_organization(store)
    user = await a_member(store, organization, "ada", "admin", "auditor")

    [row] = await store.list_organizations_of_user(user.id)

    assert (organization, ["admin", "auditor"]) == (row.organization, row.member_roles)


async def test_numbered_parameters_get_their_columns_names(store: AsyncStore) -> None:
    """`$1` and `$2` are passed by keyword, named after what they are compared with."""
    organization = await an_organization(store)
    user = await a_member(store, organization, "ada")

    await store.delete_organization_member(organization_id=organization.id, user_id=user.id)

    assert [] == await store.list_organization_members(organization.id)


async def test_copyfrom_streams_rows(store: AsyncStore) -> None:
    """Any iterable will do, arrays included; the result is how many rows were copied."""
    organization = await an_organization(store)
    users = [await a_user(store, f"user{n}") for n in range(3)]

    copied = await store.copy_organization_members(
        CopyOrganizationMembersParams(
            organization_id=organization.id, user_id=user.id, roles=[user.username, 'a "role"']
        )
        for user in users
    )

    assert 3 == copied
    rows = await store.list_organization_members(organization.id)
    assert [[u.username, 'a "role"'] for u in users] == [row.member.roles for row in rows]
    assert 0 == await store.copy_organization_members([])
