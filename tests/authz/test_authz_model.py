"""What cannot be built."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sqlward.authz import Object, OrganizationPermissions, Permission, Scope, Subject


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Permission("", "read"), "a permission names a resource type and an action"),
        (lambda: Permission("chat", ""), "a permission names a resource type and an action"),
        (lambda: Permission("chat:1", "read"), "resource type `chat:1` holds a colon"),
        (lambda: Scope(allow_list=("chat",)), "`chat` is not of the form `type:id`"),
        (lambda: Scope(allow_list=(":1",)), "`:1` is not of the form `type:id`"),
        (lambda: Scope(allow_list=("chat:",)), "`chat:` is not of the form `type:id`"),
        (lambda: Subject(""), "a subject has an id"),
        (lambda: OrganizationPermissions(""), "an organization has an id"),
        (
            lambda: Object("chat", organization="acme", any_organization=True),
            "an object in any organization has no organization of its own",
        ),
    ],
)
def test_refused(build: Callable[[], object], message: str) -> None:
    """A value that could not mean anything is refused where it is written."""
    with pytest.raises(ValueError) as raised:
        build()

    assert str(raised.value).startswith(message)
