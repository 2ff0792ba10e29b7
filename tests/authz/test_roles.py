"""Roles as an application's database holds them."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from random_world import World

from sqlward.authz import (
    OrganizationPermissions,
    Permission,
    Role,
    RoleError,
    allow,
    deny,
    dump_role,
    parse_role,
)

ORGANIZATION = "00000000-0000-0002-0000-000000000001"
AUDITOR = Role(
    "auditor",
    site=allow("audit", "read"),
    organizations=(
        OrganizationPermissions(ORGANIZATION, allow("chat", "read"), deny("chat", "delete")),
    ),
    user=allow("*", "*"),
)
AUDITOR_FORM = {
    "name": "auditor",
    "site": [{"resource_type": "audit", "action": "read"}],
    "organizations": {
        ORGANIZATION: {
            "organization": [{"resource_type": "chat", "action": "read"}],
            "member": [{"resource_type": "chat", "action": "delete", "allow": False}],
        }
    },
    "user": [{"resource_type": "*", "action": "*"}],
}


def test_form() -> None:
    """The JSON form names types and actions, and says only what is not usual."""
    assert AUDITOR_FORM == dump_role(AUDITOR)


def test_parse() -> None:
    """The JSON form gives the role."""
    assert AUDITOR == parse_role(AUDITOR_FORM)


def test_smallest_form() -> None:
    """A role needs nothing but a name."""
    assert Role("nobody") == parse_role({"name": "nobody"})


def test_there_and_back() -> None:
    """A role survives the database, and its denials do."""
    world = World(8)
    for _ in range(300):
        role = world.role()
        parsed = parse_role(dump_role(role))

        assert (role.name, role.site, role.user) == (parsed.name, parsed.site, parsed.user)
        assert [(str(e.id), e.organization, e.member) for e in role.organizations] == [
            (e.id, e.organization, e.member) for e in parsed.organizations
        ]


def test_entries_of_one_organization_become_one() -> None:
    """JSON has one entry per organization; nothing is lost on the way."""
    role = Role(
        "two",
        organizations=(
            OrganizationPermissions("acme", allow("chat", "read")),
            OrganizationPermissions("acme", deny("chat", "delete"), allow("group", "read")),
        ),
    )
    both = OrganizationPermissions(
        "acme", allow("chat", "read") + deny("chat", "delete"), allow("group", "read")
    )

    assert (both,) == parse_role(dump_role(role)).organizations


CHAT_READ = {"resource_type": "chat", "action": "read"}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (None, "expected `object`, got `null`"),
        ([], "expected `object`, got `array`"),
        ({}, "object missing required field `name`"),
        ({"name": ""}, "a role has a name, found an empty one at `name`"),
        ({"name": 3}, "expected `str`, got `int` at `name`"),
        ({"name": "x", "sites": []}, "object contains unknown field `sites`"),
        (
            {"name": "x", "site": [{"action": "read"}]},
            "object missing required field `resource_type` at `site[0]`",
        ),
        (
            {"name": "x", "user": [CHAT_READ | {"alow": False}]},
            "object contains unknown field `alow` at `user[0]`",
        ),
        (
            {"name": "x", "user": [CHAT_READ | {"allow": "false"}]},
            "expected `bool`, got `str` at `user[0].allow`",
        ),
        (
            {"name": "x", "site": [CHAT_READ | {"action": ""}]},
            "a permission names a resource type and an action, or `*`, at `site[0]`",
        ),
        (
            {"name": "x", "organizations": {"": {}}},
            "an organization has an id, found an empty one at `organizations`",
        ),
        (
            {"name": "x", "organizations": {"acme": {"member": [CHAT_READ, {}]}}},
            "object missing required field `resource_type` at `organizations[...].member[1]`",
        ),
    ],
)
def test_refused_form(form: Any, message: str) -> None:
    """A form that is not a role says what is wrong and where."""
    with pytest.raises(RoleError) as raised:
        parse_role(form)

    assert message == str(raised.value)


KNOWN = {"chat": ("read", "delete"), "group": ("read",)}


@pytest.mark.parametrize(
    ("permission", "message"),
    [
        (Permission("chat", "*"), None),
        (Permission("*", "delete"), None),
        (Permission("*", "*", allow=False), None),
        (Permission("chats", "read"), "unknown resource type `chats` at `site[0]`"),
        (Permission("group", "delete"), "unknown action `delete` on `group` at `site[0]`"),
        (Permission("*", "delet"), "unknown action `delet` on `*` at `site[0]`"),
    ],
)
def test_known_names(permission: Permission, message: str | None) -> None:
    """With the application's own names at hand, a lesser typo is refused."""
    form = dump_role(Role("x", site=(permission,)))
    if message is None:
        assert (permission,) == parse_role(form, KNOWN).site
        return
    with pytest.raises(RoleError) as raised:
        parse_role(form, KNOWN)

    assert message == str(raised.value)


def test_no_form_gives_a_traceback() -> None:
    """Whatever JSON is stored, it is a role or a `RoleError`."""
    random = Random(6)
    outcomes = {accepted(spoiled(AUDITOR_FORM, random)) for _ in range(3_000)}

    assert {True, False} == outcomes


def accepted(form: Any) -> bool:
    try:
        parse_role(form)
    except RoleError:
        return False
    return True


def spoiled(form: Any, random: Random) -> Any:
    """Put something else somewhere into a JSON value."""
    if random.random() < 0.1:
        return random.choice((None, 1, "", "*", "a:b", [], {}, True, [None], {"name": []}))
    if isinstance(form, dict):
        return {key: spoiled(value, random) for key, value in form.items()}
    if isinstance(form, list):
        return [spoiled(value, random) for value in form]
    return form
