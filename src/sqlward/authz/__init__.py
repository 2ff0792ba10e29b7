"""Who may do what to which object."""

from sqlward.authz.actor import acting_as, current_actor
from sqlward.authz.authorizer import Authorizer
from sqlward.authz.decision import Decision, Level
from sqlward.authz.engine import Engine
from sqlward.authz.errors import NoActorError, NotAuthorizedError, RoleError
from sqlward.authz.grant import Grant
from sqlward.authz.granting import may_grant
from sqlward.authz.model import (
    ANY,
    EVERYTHING,
    AccessList,
    Id,
    Object,
    OrganizationPermissions,
    Permission,
    Role,
    Scope,
    Subject,
    allow,
    deny,
)
from sqlward.authz.predicate import IdColumn, Parameter, Predicate, ResourceColumns, predicate
from sqlward.authz.reach import Reach
from sqlward.authz.roles import KnownActions, dump_role, parse_role
from sqlward.authz.system import system_subject

__all__ = [
    "ANY",
    "EVERYTHING",
    "AccessList",
    "Authorizer",
    "Decision",
    "Engine",
    "Grant",
    "Id",
    "IdColumn",
    "KnownActions",
    "Level",
    "NoActorError",
    "NotAuthorizedError",
    "Object",
    "OrganizationPermissions",
    "Parameter",
    "Permission",
    "Predicate",
    "Reach",
    "ResourceColumns",
    "Role",
    "RoleError",
    "Scope",
    "Subject",
    "acting_as",
    "allow",
    "current_actor",
    "deny",
    "dump_role",
    "may_grant",
    "parse_role",
    "predicate",
    "system_subject",
]
