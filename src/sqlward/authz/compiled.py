"""A subject's permissions, worked out once, so that a decision is a few look-ups in sets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlward.authz.model import ANY, Id, Scope, Subject
from sqlward.authz.reach import Reach, both, reach
from sqlward.authz.votes import LevelVotes, OrganizationVotes, level_votes

# An application has a few hundred pairs of action and type. The limit is for one that takes
# their names from its callers.
_MOST_PAIRS: Final = 4096
_CANONICAL: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Places:
    """A reach with ids in each form that an object may hold them in."""

    everywhere: bool
    organizations: frozenset[Id]
    own_organizations: frozenset[Id]
    owned: bool
    in_any: bool
    own_in_any: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers about one action on one type.

    `site_all` and `never` hold for every object; else `allowed` says where roles and scope
    both allow, `scope` where the scope does (which is what ACLs are subject to), and `listed`
    which ids the scope's list names (None: any).
    """

    site_all: bool
    never: bool
    allowed: Places
    scope: Places
    listed: frozenset[Id] | None


class CompiledSubject:
    """What a subject holds, by level, and the answers that were asked for so far."""

    __slots__ = (
        "_listed",
        "answers",
        "group_keys",
        "groups",
        "ids",
        "organizations",
        "roles",
        "scope",
        "text",
    )

    def __init__(self, subject: Subject) -> None:
        self.text: Final = str(subject.id)
        self.ids: Final = _each_form((self.text,))
        self.groups: Final = frozenset(str(group) for group in subject.groups)
        self.roles: Final = level_votes(subject.roles)
        self.scope: Final = level_votes((subject.scope,))
        # Each form of each organization's id, to its text.
        self.organizations: Final[dict[Id | None, str]] = {
            form: id for id in self.roles.organizations for form in _forms(id)
        }
        # A group, or all members of an organization: what a group ACL may list.
        self.group_keys: Final = self.groups.union(self.roles.organizations)
        self.answers: Final[dict[tuple[str, str], Answers]] = {}
        self._listed: Final = _list_by_type(subject.scope)

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        # A copy of the subject compiles anew; what is compiled is never sent anywhere.
        return type(None), ()

    def answers_about(self, resource_type: str, action: str) -> Answers:
        """Work out the answers and keep them."""
        roles, scope = self.reaches(resource_type, action)
        listed = self.listed(resource_type)
        allowed = both(roles, scope)
        answers = Answers(
            site_all=allowed.everywhere and listed is None,
            never=scope.nowhere or (listed is not None and not listed),
            # Each side of "in any organization" is a vote of its own.
            allowed=self._places(
                allowed,
                in_any=roles.in_any and scope.in_any,
                own_in_any=roles.own_in_any and scope.own_in_any,
            ),
            scope=self._places(scope, in_any=scope.in_any, own_in_any=scope.own_in_any),
            listed=None if listed is None else _each_form(listed),
        )
        if len(self.answers) >= _MOST_PAIRS:
            self.answers.clear()
        self.answers[resource_type, action] = answers
        return answers

    def reaches(self, resource_type: str, action: str) -> tuple[Reach, Reach]:
        """Give where the roles allow, and where the scope does."""
        members = self.roles.organizations
        return (
            reach(self.roles, members, resource_type, action),
            reach(self.scope, members, resource_type, action),
        )

    def entry(self, levels: LevelVotes, organization: str | None) -> OrganizationVotes | None:
        """Give what roles or scope hold in an organization; None for one of non-members."""
        if organization is None or organization not in self.roles.organizations:
            return None
        return levels.organizations.get(organization)

    def listed(self, resource_type: str) -> frozenset[str] | None:
        """Give the ids that the scope's list names for a type; None when it names all."""
        ids = self._listed.get(resource_type, frozenset()) | self._listed.get(ANY, frozenset())
        return None if ANY in ids else ids

    def _places(self, reach: Reach, *, in_any: bool, own_in_any: bool) -> Places:
        if reach.everywhere:
            return _EVERYWHERE
        return Places(
            everywhere=False,
            organizations=self._each_form_of(reach.organizations),
            own_organizations=self._each_form_of(reach.own_organizations),
            owned=reach.owned,
            in_any=in_any,
            own_in_any=own_in_any,
        )

    def _each_form_of(self, organizations: frozenset[str]) -> frozenset[Id]:
        if not organizations:
            return frozenset()
        forms = self.organizations.items()
        return frozenset(form for form, id in forms if form is not None and id in organizations)


def compiled(subject: Subject) -> CompiledSubject:
    """Give what a subject holds, worked out the first time."""
    found = subject._compiled
    if found is None:
        found = CompiledSubject(subject)
        object.__setattr__(subject, "_compiled", found)
    return found


def canonical_uuid(text: str) -> UUID | None:
    """Give the UUID whose text this is; None for any other text."""
    if not _CANONICAL.fullmatch(text):
        return None
    return UUID(int=int(text.replace("-", ""), 16))


def _each_form(texts: Iterable[str]) -> frozenset[Id]:
    return frozenset(form for text in texts for form in _forms(text))


def _forms(text: str) -> tuple[Id, ...]:
    found = canonical_uuid(text)
    return (text,) if found is None else (text, found)


def _list_by_type(scope: Scope) -> dict[str, frozenset[str]]:
    listed: dict[str, set[str]] = {}
    for entry in scope.allow_list:
        resource_type, _, id = entry.partition(":")
        listed.setdefault(resource_type, set()).add(id)
    return {resource_type: frozenset(ids) for resource_type, ids in listed.items()}


_EVERYWHERE: Final = Places(
    everywhere=True,
    organizations=frozenset(),
    own_organizations=frozenset(),
    owned=True,
    in_any=True,
    own_in_any=True,
)
