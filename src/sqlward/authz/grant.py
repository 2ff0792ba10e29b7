"""What a subject may do with all objects of a type, in the form that a filter in SQL needs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward.authz.compiled import CompiledSubject
from sqlward.authz.reach import ALL, Reach, both


@dataclass(frozen=True, slots=True)
class Grant:
    """The objects of one type on which one subject may take one action.

    An object is granted when its id is among `listed` (None: no restriction) and it lies in
    `allowed`, or it lies in `acl_scope` and its ACLs list the subject: the user ACL lists
    `subject`, or the object's organization is among `members` and its group ACL lists one of
    `groups` or the organization itself. All ids are text.
    """

    action: str
    subject: str
    allowed: Reach
    acl_scope: Reach
    listed: tuple[str, ...] | None
    members: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def site_all(self) -> bool:
        """Whether every object is granted, so that no filter is needed."""
        return self.allowed.everywhere and self.listed is None

    @property
    def never(self) -> bool:
        """Whether no object is granted, whatever it holds, so that no query is needed."""
        return self.listed == () or (self.allowed.nowhere and self.acl_scope.nowhere)

    @property
    def never_without_acls(self) -> bool:
        """The same for objects that have no ACLs."""
        return self.listed == () or self.allowed.nowhere


def grant_of(held: CompiledSubject, action: str, resource_type: str) -> Grant:
    """Give the grant that says exactly what the engine would say about each object."""
    roles, scope = held.reaches(resource_type, action)
    listed = held.listed(resource_type)
    allowed = both(roles, scope)
    return Grant(
        action=action,
        subject=held.text,
        allowed=allowed,
        acl_scope=ALL if allowed.everywhere else scope,
        listed=None if listed is None else tuple(sorted(listed)),
        members=tuple(sorted(held.roles.organizations)),
        groups=tuple(sorted(held.groups)),
    )
