"""Whether one subject may give a role to another: nobody gives what they do not have."""

from __future__ import annotations

from sqlward.authz.compiled import CompiledSubject, compiled
from sqlward.authz.model import ANY, OrganizationPermissions, Permission, Role, Subject
from sqlward.authz.votes import LevelVotes, OrganizationVotes, vote_on_all


def may_grant(granter: Subject, role: Role) -> bool:
    """Whether the granter holds all that the role would give, at each of its levels.

    A permission on an organization is covered by the granter's votes on the site and on that
    organization, one on the subject's own objects by those of the member or user level too;
    `*` is covered by `*` alone, and by nothing once the granter is denied a part of it.
    Denials must be covered as well, so that nobody takes away what is out of their reach.
    An entry for an organization makes a member of it: the granter must be a member there or
    hold `*` on `*` for the site. The granter's scope narrows all of this, and its list must
    not: what is granted is never granted for some ids only.
    """
    held = compiled(granter)
    return (
        all(_covers(held, permission, None, own=False) for permission in role.site)
        and all(_covers(held, permission, None, own=True) for permission in role.user)
        and all(_covers_organization(held, entry) for entry in role.organizations)
    )


def _covers_organization(held: CompiledSubject, entry: OrganizationPermissions) -> bool:
    id = str(entry.id)
    if id not in held.roles.organizations and not _covers(
        held, Permission(ANY, ANY), None, own=False
    ):
        return False
    return all(
        _covers(held, permission, id, own=False) for permission in entry.organization
    ) and all(_covers(held, permission, id, own=True) for permission in entry.member)


def _covers(
    held: CompiledSubject, permission: Permission, organization: str | None, *, own: bool
) -> bool:
    """Whether roles and scope allow all that a permission names, on all objects of its level."""
    if held.listed(permission.resource_type) is not None:
        return False
    return all(
        _allows_all(levels, permission, held.entry(levels, organization), organization, own=own)
        for levels in (held.roles, held.scope)
    )


def _allows_all(
    levels: LevelVotes,
    permission: Permission,
    entry: OrganizationVotes | None,
    organization: str | None,
    *,
    own: bool,
) -> bool:
    names = permission.resource_type, permission.action
    site = vote_on_all(levels.site, *names)
    if site:
        return site == 1
    if organization is None:
        return own and vote_on_all(levels.user, *names) == 1
    if entry is None:
        return False
    on_organization = vote_on_all(entry.organization, *names)
    if on_organization:
        return on_organization == 1
    return own and vote_on_all(entry.member, *names) == 1
