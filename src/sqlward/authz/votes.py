"""Permissions of many roles as one table per level, where a denial beats every allowance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from sqlward.authz.model import ANY, Id, OrganizationPermissions, Permission

Votes: TypeAlias = dict[tuple[str, str], bool]
"""Resource type and action, either may be `*`, to whether it is allowed or denied."""


class HoldsPermissions(Protocol):
    """A role or a scope."""

    @property
    def site(self) -> tuple[Permission, ...]: ...  # noqa: D102

    @property
    def organizations(self) -> tuple[OrganizationPermissions, ...]: ...  # noqa: D102

    @property
    def user(self) -> tuple[Permission, ...]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class OrganizationVotes:
    """The two levels of one organization."""

    organization: Votes = field(default_factory=dict)
    member: Votes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LevelVotes:
    """All permissions of a set of roles, or of a scope, by level; organizations by id as text."""

    site: Votes = field(default_factory=dict)
    user: Votes = field(default_factory=dict)
    organizations: dict[str, OrganizationVotes] = field(default_factory=dict)


def level_votes(holders: Iterable[HoldsPermissions]) -> LevelVotes:
    """Give the permissions of all roles together."""
    levels = LevelVotes()
    texts: dict[Id, str] = {}
    for holder in holders:
        _add(levels.site, holder.site)
        _add(levels.user, holder.user)
        for entry in holder.organizations:
            id = texts.get(entry.id) or texts.setdefault(entry.id, str(entry.id))
            votes = levels.organizations.get(id)
            if votes is None:
                votes = levels.organizations[id] = OrganizationVotes()
            _add(votes.organization, entry.organization)
            _add(votes.member, entry.member)
    return levels


def _add(votes: Votes, permissions: tuple[Permission, ...]) -> None:
    for permission in permissions:
        key = permission.resource_type, permission.action
        votes[key] = votes.get(key, True) and permission.allow


def vote(votes: Votes, resource_type: str, action: str) -> int:
    """Give −1 when anything denies this action on this type, else 1 when anything allows it."""
    if not votes:
        return 0
    found = [
        votes.get((resource_type, action)),
        votes.get((resource_type, ANY)),
        votes.get((ANY, action)),
        votes.get((ANY, ANY)),
    ]
    if False in found:
        return -1
    return 1 if True in found else 0


def vote_on_all(votes: Votes, resource_type: str, action: str) -> int:
    """Give the vote on every action and type that the two names stand for.

    −1 when any of them is denied, 1 when a single allowance covers all of them, else 0. For
    names without `*` it is `vote`.
    """
    if any(
        not allowed and _overlap(key[0], resource_type) and _overlap(key[1], action)
        for key, allowed in votes.items()
    ):
        return -1
    return vote(votes, resource_type, action)


def _overlap(one: str, other: str) -> bool:
    return one == other or ANY in (one, other)
