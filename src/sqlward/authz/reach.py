"""Where a set of permissions allows one action on one type: everywhere, or which organizations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlward.authz.votes import LevelVotes, vote


@dataclass(frozen=True, slots=True)
class Reach:
    """The objects that votes allow, over all objects there can be.

    `everywhere` is every object. Else it is what lies in one of `organizations`; what the
    subject owns in one of `own_organizations`; and, with `owned`, what the subject owns and
    belongs to no organization.
    """

    everywhere: bool
    organizations: frozenset[str] = frozenset()
    own_organizations: frozenset[str] = frozenset()
    owned: bool = False

    @property
    def nowhere(self) -> bool:
        """Whether there is no object that it allows."""
        return not (self.everywhere or self.organizations or self.own_organizations or self.owned)

    @property
    def in_any(self) -> bool:
        """Whether there is an organization in which it allows every object."""
        return self.everywhere or bool(self.organizations)

    @property
    def own_in_any(self) -> bool:
        """Whether there is an organization in which it allows what the subject owns."""
        return self.in_any or bool(self.own_organizations)


ALL: Final = Reach(everywhere=True)
NOTHING: Final = Reach(everywhere=False)


def reach(levels: LevelVotes, members: Collection[str], resource_type: str, action: str) -> Reach:
    """Give where votes allow an action.

    `members` are the organizations that the subject is a member of by its roles: an entry of a
    scope for another organization counts for nothing.
    """
    site = vote(levels.site, resource_type, action)
    if site:
        return ALL if site == 1 else NOTHING
    organizations, own = set(), set()
    for id, votes in levels.organizations.items():
        if id not in members:
            continue
        organization = vote(votes.organization, resource_type, action)
        if organization == 1:
            organizations.add(id)
        elif organization == 0 and vote(votes.member, resource_type, action) == 1:
            own.add(id)
    return Reach(
        everywhere=False,
        organizations=frozenset(organizations),
        own_organizations=frozenset(own),
        owned=vote(levels.user, resource_type, action) == 1,
    )


def both(one: Reach, other: Reach) -> Reach:
    """Give the objects that both allow."""
    if one.everywhere:
        return other
    if other.everywhere:
        return one
    organizations = one.organizations & other.organizations
    own = (one.organizations | one.own_organizations) & (
        other.organizations | other.own_organizations
    )
    return Reach(
        everywhere=False,
        organizations=organizations,
        own_organizations=own - organizations,
        owned=one.owned and other.owned,
    )
