"""What the generated layer asks of an authorization engine; `Engine` is one that answers."""

from __future__ import annotations

from typing import Protocol

from sqlward.authz.grant import Grant
from sqlward.authz.model import Object, Subject


class Authorizer(Protocol):
    """An authorization engine."""

    def authorize(self, subject: Subject, action: str, object: Object) -> None:
        """Return when the subject may take the action, else raise `NotAuthorizedError`."""

    def grant(self, subject: Subject, action: str, resource_type: str) -> Grant:
        """Give which objects of a type the subject may take the action on.

        INVARIANT: it grants exactly the objects for which `authorize` returns.
        """
        ...
