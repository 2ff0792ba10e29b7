"""Nobody gives what they do not have."""

from __future__ import annotations

import pytest
from random_world import ACTIONS, TYPES, World

from sqlward.authz import (
    EVERYTHING,
    Engine,
    Object,
    OrganizationPermissions,
    Permission,
    Role,
    Scope,
    Subject,
    allow,
    deny,
    may_grant,
)

ENGINE = Engine()


def site(*permissions: Permission) -> Role:
    return Role("site", site=permissions)


def in_acme(organization: tuple[Permission, ...] = (), member: tuple[Permission, ...] = ()) -> Role:
    return Role("acme", organizations=(OrganizationPermissions("acme", organization, member),))


def user(*permissions: Permission) -> Role:
    return Role("user", user=permissions)


OWNER = site(*allow("*", "*"))


@pytest.mark.parametrize(
    ("held", "granted", "expected"),
    [
        (OWNER, OWNER, True),
        (OWNER, in_acme(allow("chat", "*"), allow("*", "*")), True),
        (OWNER, user(*allow("*", "*")), True),
        (site(*allow("chat", "*")), site(*allow("chat", "read")), True),
        (site(*allow("chat", "read")), site(*allow("chat", "*")), False),
        (site(*allow("chat", "read")), site(*allow("*", "read")), False),
        (site(*allow("chat", "read")), site(*allow("group", "read")), False),
        (site(*allow("*", "*"), *deny("chat", "delete")), site(*allow("chat", "read")), True),
        (site(*allow("*", "*"), *deny("chat", "delete")), site(*allow("chat", "*")), False),
        (site(*allow("*", "*"), *deny("chat", "delete")), site(*allow("*", "read")), True),
        (site(*allow("chat", "read")), site(*deny("chat", "read")), True),
        (site(*allow("chat", "read")), site(*deny("chat", "delete")), False),
        (in_acme(allow("chat", "read")), in_acme(allow("chat", "read")), True),
        (in_acme(allow("chat", "read")), in_acme(member=allow("chat", "read")), True),
        (in_acme(member=allow("chat", "read")), in_acme(member=allow("chat", "read")), True),
        (in_acme(member=allow("chat", "read")), in_acme(allow("chat", "read")), False),
        (in_acme(allow("chat", "read")), site(*allow("chat", "read")), False),
        (in_acme(allow("chat", "read")), user(*allow("chat", "read")), False),
        (in_acme(), in_acme(), True),
        (site(*allow("chat", "read")), in_acme(allow("chat", "read")), False),
        (user(*allow("chat", "read")), user(*allow("chat", "read")), True),
        (user(*allow("chat", "read")), in_acme(member=allow("chat", "read")), False),
        (
            Role("two", site=deny("chat", "read"), user=allow("chat", "read")),
            user(*allow("chat", "read")),
            False,
        ),
    ],
)
def test_covered(held: Role, granted: Role, expected: bool) -> None:
    """A role may be granted when each of its permissions is covered at its level."""
    assert expected is may_grant(Subject("ann", (held,)), granted)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EVERYTHING, True),
        (Scope(), False),
        (Scope(allow("chat", "read")), True),
        (Scope(allow("chat", "update")), False),
        (Scope(allow("*", "*"), allow_list=("chat:*",)), True),
        (Scope(allow("*", "*"), allow_list=("chat:c1",)), False),
        (Scope(allow("*", "*"), allow_list=("group:*",)), False),
    ],
)
def test_scope_narrows_what_may_be_granted(scope: Scope, expected: bool) -> None:
    """A token cannot give away more than it may do itself."""
    granter = Subject("ann", (OWNER,), scope=scope)

    assert expected is may_grant(granter, site(*allow("chat", "read")))


def test_nobody_gains_what_the_granter_lacks() -> None:
    """Whoever holds a granted role alone is allowed nothing that the granter is not.

    On the granter's own objects, when the question is about what one owns.
    """
    world = World(31)
    granted = 0
    escalations = []
    for _ in range(4_000):
        granter = world.subject()
        role = world.role()
        if not may_grant(granter, role):
            continue
        granted += bool(role.site or role.user or role.organizations)
        grantee = Subject(granter.id, (role,))
        for _ in range(10):
            asked = world.object()
            object = Object(asked.type, asked.id, asked.owner, asked.organization)
            action = world.random.choice(ACTIONS)
            if ENGINE.allows(grantee, action, object) > ENGINE.allows(granter, action, object):
                escalations.append((granter, role, action, object))

    assert [] == escalations
    assert granted > 100


def test_covering_a_star_is_covering_all_it_stands_for() -> None:
    """What may be granted with `*` may be granted with any name in its place."""
    world = World(32)
    covered = 0
    for _ in range(4_000):
        granter = world.subject()
        action = world.random.choice((*ACTIONS, "*"))
        if not may_grant(granter, site(Permission("*", action))):
            continue
        covered += 1
        names = [Permission(t, a) for t in TYPES for a in (ACTIONS if action == "*" else [action])]

        assert all(may_grant(granter, site(permission)) for permission in names)
    assert covered > 20
