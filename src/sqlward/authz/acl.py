"""Whether an object's ACLs list a subject; malformed ones list nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlward.authz.compiled import CompiledSubject
from sqlward.authz.decision import Level
from sqlward.authz.model import ANY, Object

# A member of an enum takes longer to find than all the rest of a look-up.
_USER_ACL: Final = Level.USER_ACL
_GROUP_ACL: Final = Level.GROUP_ACL


def acl_level(held: CompiledSubject, action: str, object: Object) -> Level | None:
    """Give which ACL allows the action, if one does."""
    acl = object.user_acl
    # To ask for the abstract class alone would take half of a decision's time.
    if acl and (acl.__class__ is dict or isinstance(acl, Mapping)):
        actions = acl.get(held.text)
        if actions and _names(actions, action):
            return _USER_ACL
    acl = object.group_acl
    if acl and (acl.__class__ is dict or isinstance(acl, Mapping)):
        everybody = None
        for group, actions in acl.items():
            if group in held.group_keys and _names(actions, action):
                everybody = everybody or held.organizations.get(object.organization)
                if everybody and (group == everybody or group in held.groups):
                    return _GROUP_ACL
    return None


def _names(actions: Any, action: str) -> bool:
    # A JSON string is not a list, and `in` would look for a part of it.
    if actions.__class__ is not list and not isinstance(actions, list | tuple):
        return False
    return action in actions or ANY in actions
