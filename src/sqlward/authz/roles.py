"""Roles as data: the JSON form in which an application keeps custom roles in its database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

from sqlward.authz.errors import RoleError
from sqlward.authz.model import ANY, OrganizationPermissions, Permission, Role

KnownActions: TypeAlias = Mapping[str, Collection[str]]
"""Each resource type of the application and its actions."""


class _Permission(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    resource_type: str
    action: str
    allow: bool = True


class _Organization(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    organization: list[_Permission] = []
    member: list[_Permission] = []


class _Role(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    site: list[_Permission] = []
    organizations: dict[str, _Organization] = {}
    user: list[_Permission] = []


def parse_role(form: object, known: KnownActions | None = None) -> Role:
    """Give the role that a jsonb value holds.

    The form is `{"name": …, "site": […], "organizations": {"<id>": {"organization": […],
    "member": […]}}, "user": […]}` with permissions `{"resource_type": …, "action": …,
    "allow": false}`; all but names may be left out. With `known`, a type or an action that the
    application does not have is refused: a denial with a typo in it would deny nothing.
    Raises `RoleError`, which says where and what.
    """
    try:
        parsed = msgspec.convert(form, _Role)
    except msgspec.ValidationError as error:
        raise RoleError(_plain(str(error))) from None
    if not parsed.name:
        raise RoleError("a role has a name, found an empty one at `name`")
    read = _Reader(known)
    return Role(
        name=parsed.name,
        site=read.permissions(parsed.site, "site"),
        organizations=tuple(
            OrganizationPermissions(
                id=_organization_id(id),
                organization=read.permissions(
                    entry.organization, f"organizations.{id}.organization"
                ),
                member=read.permissions(entry.member, f"organizations.{id}.member"),
            )
            for id, entry in parsed.organizations.items()
        ),
        user=read.permissions(parsed.user, "user"),
    )


def dump_role(role: Role) -> dict[str, Any]:
    """Give the JSON form of a role; several entries for one organization become one."""
    organizations: dict[str, _Organization] = {}
    for entry in role.organizations:
        merged = organizations.setdefault(str(entry.id), _Organization())
        merged.organization = merged.organization + _forms(entry.organization)
        merged.member = merged.member + _forms(entry.member)
    form = _Role(role.name, _forms(role.site), organizations, _forms(role.user))
    dumped: dict[str, Any] = msgspec.to_builtins(form)
    return dumped


@dataclass(frozen=True, slots=True)
class _Reader:
    known: KnownActions | None

    def permissions(self, forms: list[_Permission], place: str) -> tuple[Permission, ...]:
        return tuple(
            self._permission(form, f"{place}[{number}]") for number, form in enumerate(forms)
        )

    def _permission(self, form: _Permission, place: str) -> Permission:
        self._check_known(form, place)
        try:
            return Permission(form.resource_type, form.action, form.allow)
        except ValueError as error:
            raise RoleError(f"{error}, at `{place}`") from None

    def _check_known(self, form: _Permission, place: str) -> None:
        if self.known is None:
            return
        if form.resource_type != ANY and form.resource_type not in self.known:
            raise RoleError(f"unknown resource type `{form.resource_type}` at `{place}`")
        if form.action != ANY and form.action not in self._actions(form.resource_type):
            raise RoleError(
                f"unknown action `{form.action}` on `{form.resource_type}` at `{place}`"
            )

    def _actions(self, resource_type: str) -> Collection[str]:
        known = self.known or {}
        if resource_type != ANY:
            return known[resource_type]
        return {action for actions in known.values() for action in actions}


def _organization_id(id: str) -> str:
    if not id:
        raise RoleError("an organization has an id, found an empty one at `organizations`")
    return id


def _forms(permissions: tuple[Permission, ...]) -> list[_Permission]:
    return [
        _Permission(permission.resource_type, permission.action, permission.allow)
        for permission in permissions
    ]


def _plain(message: str) -> str:
    """Turn msgspec's message into our way of writing: lower case, the place without `$.`."""
    return (
        (message[:1].lower() + message[1:]).replace(" - at `$.", " at `").replace(" - at `$`", "")
    )
