"""Subjects that are no person."""

from __future__ import annotations

import pytest

from sqlward.authz import Engine, Object, Permission, Subject, allow, system_subject


def test_holds_what_it_names_and_nothing_else() -> None:
    """A job may take the actions that it names, on any object of the site."""
    cleanup: Subject = system_subject("cleanup", allow("chat", "read", "delete"))
    chat = Object("chat", "c1", "ann", "acme")
    may = [a for a in ("read", "update", "delete") if Engine().allows(cleanup, a, chat)]

    assert "system:cleanup" == cleanup.id
    assert ["read", "delete"] == may
    assert not Engine().allows(cleanup, "read", Object("group", "g1"))


@pytest.mark.parametrize("permission", [Permission("*", "read"), Permission("chat", "*")])
def test_star_is_no_name(permission: Permission) -> None:
    """A job says what it needs; `*` does not."""
    with pytest.raises(ValueError) as raised:
        system_subject("cleanup", [permission])

    assert "system subject `cleanup` must name each resource type and action" == str(raised.value)
