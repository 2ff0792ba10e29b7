"""Which level a decision rests on, from the votes themselves rather than from compiled sets."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward.authz.acl import acl_level
from sqlward.authz.compiled import CompiledSubject
from sqlward.authz.decision import Decision, Level
from sqlward.authz.model import Object
from sqlward.authz.votes import LevelVotes, OrganizationVotes, vote


def explained(held: CompiledSubject, action: str, object: Object) -> Decision:
    """Give the decision and its level."""
    roles = _by_votes(held, held.roles, action, object)
    decision = roles
    if not roles.allowed and (acl := acl_level(held, action, object)):
        decision = Decision(True, acl)
    if not decision.allowed:
        return decision
    if not _by_votes(held, held.scope, action, object).allowed:
        return Decision(False, Level.SCOPE)
    listed = held.listed(object.type)
    if listed is not None and (object.id is None or str(object.id) not in listed):
        return Decision(False, Level.SCOPE_LIST)
    return decision


@dataclass(frozen=True, slots=True)
class _Ballot:
    site: int
    user: int
    organization: int
    member: int

    @property
    def decision(self) -> Decision:
        if self.site:
            return Decision(self.site == 1, Level.SITE)
        if self.user == 1:
            return Decision(True, Level.USER)
        if self.organization:
            return Decision(self.organization == 1, Level.ORGANIZATION)
        if self.member:
            return Decision(self.member == 1, Level.MEMBER)
        return Decision(False, Level.USER if self.user else Level.NONE)


def _by_votes(held: CompiledSubject, levels: LevelVotes, action: str, object: Object) -> Decision:
    names = object.type, action
    owned = object.owner is not None and str(object.owner) == held.text
    site = vote(levels.site, *names)
    if object.organization is None and not object.any_organization:
        user = vote(levels.user, *names) if owned else 0
        return _Ballot(site, user, 0, 0).decision
    ballots = [
        (
            vote(votes.organization, *names),
            vote(votes.member, *names) if owned else 0,
        )
        for votes in _entries(held, levels, object)
    ]
    # Of several organizations ("any") the one that says most counts.
    organization, member = max(ballots, default=(0, 0))
    return _Ballot(site, 0, organization, member).decision


def _entries(held: CompiledSubject, levels: LevelVotes, object: Object) -> list[OrganizationVotes]:
    members = held.roles.organizations
    if object.any_organization:
        return [levels.organizations.get(id, OrganizationVotes()) for id in members]
    id = str(object.organization)
    if id not in members or id not in levels.organizations:
        return []
    return [levels.organizations[id]]
