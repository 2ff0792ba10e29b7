"""Decides: may this subject take this action on this object?"""

from __future__ import annotations

import logging
from typing import Final

from sqlward.authz.acl import acl_level
from sqlward.authz.compiled import CompiledSubject, Places, compiled
from sqlward.authz.decision import Decision
from sqlward.authz.errors import NotAuthorizedError
from sqlward.authz.explain import explained
from sqlward.authz.grant import Grant, grant_of
from sqlward.authz.model import Object, Subject

_LOG: Final = logging.getLogger("sqlward.authz")


class Engine:
    """The rules of `docs/authorization.md`. It holds nothing, so one serves every thread.

    INVARIANT: allowed = (roles or ACL) and scope; what nothing allows is denied.
    """

    __slots__ = ()

    def authorize(self, subject: Subject, action: str, object: Object) -> None:
        """Return when the subject may, else raise `NotAuthorizedError`, which does not say why."""
        if not self.allows(subject, action, object):
            if _LOG.isEnabledFor(logging.DEBUG):
                _log_denial(subject, action, object)
            raise NotAuthorizedError

    def allows(self, subject: Subject, action: str, object: Object) -> bool:
        """Whether the subject may."""
        held = subject._compiled or compiled(subject)
        answers = held.answers.get((object.type, action)) or held.answers_about(object.type, action)
        if answers.site_all:
            return True
        if answers.never:
            return False
        if answers.listed is not None and object.id not in answers.listed:
            return False
        if _lies_in(answers.allowed, held, object):
            return True
        if not object.user_acl and not object.group_acl:
            return False
        if not (answers.scope.everywhere or _lies_in(answers.scope, held, object)):
            return False
        return acl_level(held, action, object) is not None

    def decide(self, subject: Subject, action: str, object: Object) -> Decision:
        """Give the answer and the level that it rests on; slower, for logs and reports."""
        return explained(compiled(subject), action, object)

    def grant(self, subject: Subject, action: str, resource_type: str) -> Grant:
        """Give which objects of a type the subject may take the action on, for a filter in SQL."""
        return grant_of(compiled(subject), action, resource_type)


def _lies_in(places: Places, held: CompiledSubject, object: Object) -> bool:
    if places.everywhere:
        return True
    organization = object.organization
    if organization is not None:
        if places.organizations and organization in places.organizations:
            return True
        return (
            bool(places.own_organizations)
            and object.owner in held.ids
            and organization in places.own_organizations
        )
    if object.any_organization:
        return places.in_any or (places.own_in_any and object.owner in held.ids)
    return places.owned and object.owner in held.ids


def _log_denial(subject: Subject, action: str, object: Object) -> None:
    _LOG.debug(
        "not authorized: subject %s, action %s, object %s:%s owner %s organization %s: %s",
        subject.id,
        action,
        object.type,
        object.id,
        object.owner,
        "any" if object.any_organization else object.organization,
        explained(compiled(subject), action, object).reason,
    )
