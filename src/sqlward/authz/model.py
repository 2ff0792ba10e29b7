"""Subjects, what they may do, and what they do it to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

if TYPE_CHECKING:
    from sqlward.authz.compiled import CompiledSubject

ANY: Final = "*"
"""Every action, every resource type, or every id, depending on where it stands."""

Id: TypeAlias = UUID | str
"""Ids are compared as text; a UUID's text is `str(id)`, and no other spelling of it."""

AccessList: TypeAlias = Mapping[str, Sequence[str]]
"""An ACL as jsonb holds it: `{"<id as text>": ["read", "*"]}`."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Allows (or with `allow=False` denies) an action on a type of resource; `*` is any.

    Raises `ValueError` when a name is empty or the type holds a colon.
    """

    resource_type: str
    action: str
    allow: bool = True

    def __post_init__(self) -> None:
        if not self.resource_type or not self.action:
            raise ValueError("a permission names a resource type and an action, or `*`")
        if ":" in self.resource_type:
            raise ValueError(f"resource type `{self.resource_type}` holds a colon")


def allow(resource_type: str, *actions: str) -> tuple[Permission, ...]:
    """Give the permissions that allow these actions on a type of resource."""
    return tuple(Permission(resource_type, action) for action in actions)


def deny(resource_type: str, *actions: str) -> tuple[Permission, ...]:
    """Give the permissions that deny these actions on a type of resource."""
    return tuple(Permission(resource_type, action, allow=False) for action in actions)


@dataclass(frozen=True, slots=True)
class OrganizationPermissions:
    """What is held in one organization: on all of its resources, and on the subject's own there.

    Without any permission it still makes a subject a member of the organization. Raises
    `ValueError` when the id is empty.
    """

    id: Id
    organization: tuple[Permission, ...] = ()
    member: tuple[Permission, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("an organization has an id")


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions at four levels: site, organization, member and user.

    Several entries for the same organization add up.
    """

    name: str
    site: tuple[Permission, ...] = ()
    organizations: tuple[OrganizationPermissions, ...] = ()
    user: tuple[Permission, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token narrows its subject to: permissions at the same levels, and a list of objects.

    `allow_list` holds `type:id`, with `*` on either side for any. A scope without permissions
    allows nothing; `EVERYTHING` allows all. Raises `ValueError` for an entry of another form.
    """

    site: tuple[Permission, ...] = ()
    organizations: tuple[OrganizationPermissions, ...] = ()
    user: tuple[Permission, ...] = ()
    allow_list: tuple[str, ...] = ("*:*",)

    def __post_init__(self) -> None:
        for entry in self.allow_list:
            resource_type, _, id = entry.partition(":")
            if not resource_type or not id:
                raise ValueError(f"`{entry}` is not of the form `type:id`")


EVERYTHING: Final = Scope(site=allow(ANY, ANY))


@dataclass(frozen=True, slots=True)
class Subject:
    """Who acts. Build it once per request and keep it: its permissions compile on first use.

    `groups` are the ids of the groups it is in. Raises `ValueError` when the id is empty.
    """

    id: Id
    roles: tuple[Role, ...] = ()
    groups: tuple[Id, ...] = ()
    scope: Scope = EVERYTHING
    _compiled: CompiledSubject | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("a subject has an id")


@dataclass(frozen=True, slots=True)
class Object:
    """A resource that something is done to, as a row of its table holds it.

    `any_organization` asks whether the action would be allowed in any organization of the
    subject; such an object has no organization of its own (`ValueError` otherwise). ACLs are
    what the jsonb columns hold; what has another form than `AccessList` lists nobody.
    """

    type: str
    id: Id | None = None
    owner: Id | None = None
    organization: Id | None = None
    user_acl: AccessList | Any | None = None
    group_acl: AccessList | Any | None = None
    any_organization: bool = False

    def __post_init__(self) -> None:
        if self.any_organization and self.organization is not None:
            raise ValueError("an object in any organization has no organization of its own")
