"""The definition of the model, transcribed: slow, readable, and nothing shared with the engine.

Only the data classes are the engine's, because both must be asked the same question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlward.authz import Object, Permission, Role, Scope, Subject


def allowed(subject: Subject, action: str, object: Object) -> bool:
    """Allowed = (roles or ACL) and scope."""
    return (
        roles_allow(subject, action, object) or acl_allows(subject, action, object)
    ) and scope_allows(subject, action, object)


def roles_allow(subject: Subject, action: str, object: Object) -> bool:
    return votes_allow(subject, subject.roles, action, object)


def scope_allows(subject: Subject, action: str, object: Object) -> bool:
    return votes_allow(subject, [subject.scope], action, object) and on_list(
        subject.scope.allow_list, object
    )


def votes_allow(
    subject: Subject, holders: Sequence[Role | Scope], action: str, object: Object
) -> bool:
    site = site_vote(holders, action, object)
    user = user_vote(subject, holders, action, object)
    if site == 1:
        return True
    if site != -1 and user == 1:
        return True
    if object.any_organization:
        return site != -1 and any(
            organization_allows(subject, holders, action, object, organization)
            for organization in organizations_of(subject)
        )
    if object.organization is None:
        return False
    return site != -1 and organization_allows(
        subject, holders, action, object, str(object.organization)
    )


def organization_allows(
    subject: Subject, holders: Sequence[Role | Scope], action: str, object: Object, id: str
) -> bool:
    if id not in organizations_of(subject):
        return False
    organization = organization_vote(holders, action, object, id)
    member = member_vote(subject, holders, action, object, id)
    return organization == 1 or (organization != -1 and member == 1)


def site_vote(holders: Sequence[Role | Scope], action: str, object: Object) -> int:
    return vote([p for holder in holders for p in holder.site], action, object)


def user_vote(
    subject: Subject, holders: Sequence[Role | Scope], action: str, object: Object
) -> int:
    if not owns(subject, object):
        return 0
    if object.organization is not None or object.any_organization:
        return 0
    return vote([p for holder in holders for p in holder.user], action, object)


def organization_vote(holders: Sequence[Role | Scope], action: str, object: Object, id: str) -> int:
    return vote(
        [
            permission
            for holder in holders
            for entry in holder.organizations
            if str(entry.id) == id
            for permission in entry.organization
        ],
        action,
        object,
    )


def member_vote(
    subject: Subject, holders: Sequence[Role | Scope], action: str, object: Object, id: str
) -> int:
    if not owns(subject, object):
        return 0
    return vote(
        [
            permission
            for holder in holders
            for entry in holder.organizations
            if str(entry.id) == id
            for permission in entry.member
        ],
        action,
        object,
    )


def vote(permissions: list[Permission], action: str, object: Object) -> int:
    matching = [
        permission
        for permission in permissions
        if permission.action in (action, "*") and permission.resource_type in (object.type, "*")
    ]
    if any(not permission.allow for permission in matching):
        return -1
    if matching:
        return 1
    return 0


def owns(subject: Subject, object: Object) -> bool:
    return object.owner is not None and str(object.owner) == str(subject.id)


def organizations_of(subject: Subject) -> set[str]:
    return {str(entry.id) for role in subject.roles for entry in role.organizations}


def acl_allows(subject: Subject, action: str, object: Object) -> bool:
    if lists(object.user_acl, str(subject.id), action):
        return True
    if object.organization is None:
        return False
    if str(object.organization) not in organizations_of(subject):
        return False
    if lists(object.group_acl, str(object.organization), action):
        return True
    return any(lists(object.group_acl, str(group), action) for group in subject.groups)


def lists(acl: Any, id: str, action: str) -> bool:
    if not isinstance(acl, dict):
        return False
    actions = acl.get(id)
    if not isinstance(actions, list):
        return False
    return action in actions or "*" in actions


def on_list(entries: Sequence[str], object: Object) -> bool:
    for entry in entries:
        resource_type, id = entry.split(":", 1)
        if resource_type in ("*", object.type) and (
            id == "*" or (object.id is not None and id == str(object.id))
        ):
            return True
    return False
