"""A grant as SQL: one fixed predicate per resource, and its parameters for a subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from sqlward.authz.compiled import canonical_uuid
from sqlward.authz.grant import Grant
from sqlward.authz.reach import Reach


@dataclass(frozen=True, slots=True)
class IdColumn:
    """A column that holds an id: its SQL (`c.owner_id`) and whether it is `uuid` or `text`."""

    sql: str
    type: Literal["uuid", "text"] = "uuid"


@dataclass(frozen=True, slots=True)
class ResourceColumns:
    """Where a resource's table keeps what authorization looks at; None where it keeps no such.

    The ACLs are SQL of jsonb columns.
    """

    id: IdColumn
    owner: IdColumn | None = None
    organization: IdColumn | None = None
    user_acl: str | None = None
    group_acl: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the predicate: its PostgreSQL type, and what it takes from a grant.

    Ids are text here, also those for `uuid`.
    """

    name: str
    type: str
    of: Callable[[Grant], Any]


@dataclass(frozen=True, slots=True)
class Predicate:
    """SQL that admits exactly the rows that a grant grants, by the parameters that follow.

    Never used for a grant with `site_all`: the statement runs without it then. (It would admit
    too little, not too much.)
    """

    sql: str
    parameters: tuple[Parameter, ...]

    def values(self, grant: Grant) -> tuple[Any, ...]:
        """Give the parameters' values for a grant, in order: ids as their columns' type."""
        uuids = _Uuids()
        return tuple(_typed(each.type, each.of(grant), uuids) for each in self.parameters)


def predicate(columns: ResourceColumns, first: int = 1) -> Predicate:
    """Give the predicate for a resource; `first` is the number of its first parameter.

    For a resource with all columns it is, with the parameters' names for `$n`::

        (id = ANY(:listed)
         OR organization = ANY(:near)
            AND organization BETWEEN :near[1] AND :near[cardinality(:near)]
         OR owner = :near_owner
         OR user_acl ? :near_user
         OR group_acl ?| :near_keys)
        AND (:everywhere
             OR organization = ANY(:organizations)
             OR owner = :owner AND organization = ANY(:own_organizations)
             OR owner = :orphan_owner AND organization IS NULL
             OR (:acl_everywhere
                 OR organization = ANY(:acl_organizations)
                 OR owner = :owner AND organization = ANY(:acl_own_organizations)
                 OR owner = :acl_orphan_owner AND organization IS NULL)
                AND (user_acl -> :user @> :actions OR user_acl -> :user @> '["*"]'
                     OR organization = ANY(:members)
                        AND EXISTS (SELECT FROM jsonb_each(<group_acl if an object>) AS entry
                                    WHERE (entry.key = ANY(:groups)
                                           OR entry.key = organization::text)
                                      AND (entry.value @> :actions OR entry.value @> '["*"]'))))

    The first half can use an index for each of its arms, also in a generic plan, and admits
    more than is granted; the second is exact. With a scope that lists ids, `listed` alone finds
    rows and the other arms find none. BETWEEN, for `uuid`, takes nothing away: it tells the
    planner of a generic plan that few rows will come, where it would otherwise take ten
    organizations for granted and, where there are few in all, read the whole table.

    Each arm needs its index: B-tree on the id, the owner and the organization, GIN with
    `jsonb_ops` on each ACL. One arm without an index means a sequential scan.
    """
    writer = _Writer(first)
    # In parentheses as a whole, so that it stays one term after a NOT.
    sql = f"(({_candidates(columns, writer)})\nAND ({_exact(columns, writer)}))"
    return Predicate(sql, tuple(writer.parameters))


class _Writer:
    """Numbers parameters in the order in which the SQL first names them."""

    def __init__(self, first: int) -> None:
        self.first: Final = first
        self.parameters: Final[list[Parameter]] = []
        self._numbers: Final[dict[str, int]] = {}

    def __call__(self, name: str, type: str, of: Callable[[Grant], Any]) -> str:
        if name not in self._numbers:
            self._numbers[name] = self.first + len(self.parameters)
            self.parameters.append(Parameter(name, type, of))
        return f"${self._numbers[name]}::{type}"


def _candidates(columns: ResourceColumns, put: _Writer) -> str:
    id, owner, organization = columns.id, columns.owner, columns.organization
    arms = [f"{id.sql} = ANY({put('listed', f'{id.type}[]', _listed)})"]
    if organization:
        arms.append(_near_organizations(organization, put))
    if owner:
        arms.append(f"{owner.sql} = {put('near_owner', owner.type, _near_owner)}")
    if columns.user_acl:
        arms.append(f"{columns.user_acl} ? {put('near_user', 'text', _near_user)}")
    if columns.group_acl and organization:
        arms.append(f"{columns.group_acl} ?| {put('near_keys', 'text[]', _near_keys)}")
    return "\n OR ".join(arms)


def _near_organizations(column: IdColumn, put: _Writer) -> str:
    near = put("near", f"{column.type}[]", _near)
    arm = f"{column.sql} = ANY({near})"
    if column.type != "uuid":
        # The order of text is the database's affair; that of uuid is ours too.
        return arm
    return f"{arm} AND {column.sql} BETWEEN ({near})[1] AND ({near})[cardinality({near})]"


def _exact(columns: ResourceColumns, put: _Writer) -> str:
    arms = _reach(columns, put, "", lambda grant: grant.allowed)
    listing = _acls(columns, put)
    if listing:
        scope = " OR ".join(_reach(columns, put, "acl_", lambda grant: grant.acl_scope))
        arms.append(f"({scope})\n    AND ({listing})")
    return "\n  OR ".join(arms)


def _reach(
    columns: ResourceColumns, put: _Writer, prefix: str, of: Callable[[Grant], Reach]
) -> list[str]:
    owner, organization = columns.owner, columns.organization
    arms = [put(f"{prefix}everywhere", "boolean", lambda grant: of(grant).everywhere)]
    if organization:
        ids = put(
            f"{prefix}organizations",
            f"{organization.type}[]",
            lambda grant: sorted(of(grant).organizations),
        )
        arms.append(f"{organization.sql} = ANY({ids})")
    if owner and organization:
        subject = put("owner", owner.type, _subject)
        ids = put(
            f"{prefix}own_organizations",
            f"{organization.type}[]",
            lambda grant: sorted(of(grant).own_organizations),
        )
        arms.append(f"{owner.sql} = {subject} AND {organization.sql} = ANY({ids})")
    if owner:
        subject = put(
            f"{prefix}orphan_owner",
            owner.type,
            lambda grant: grant.subject if of(grant).owned else None,
        )
        arm = f"{owner.sql} = {subject}"
        arms.append(f"{arm} AND {organization.sql} IS NULL" if organization else arm)
    return arms


def _acls(columns: ResourceColumns, put: _Writer) -> str:
    actions = put("actions", "jsonb", lambda grant: [grant.action]) if _has_acl(columns) else ""
    arms = []
    if columns.user_acl:
        entry = f"{columns.user_acl} -> {put('user', 'text', _subject)}"
        arms.append(f"{entry} @> {actions} OR {entry} @> '[\"*\"]'::jsonb")
    if columns.group_acl and columns.organization:
        organization = columns.organization
        members = put("members", f"{organization.type}[]", lambda grant: grant.members)
        groups = put("groups", "text[]", lambda grant: grant.groups)
        # jsonb_each refuses what is not an object; the engine takes it for an empty one.
        entries = (
            f"CASE jsonb_typeof({columns.group_acl}) WHEN 'object' THEN {columns.group_acl} END"
        )
        arms.append(
            f"{organization.sql} = ANY({members})\n"
            f"      AND EXISTS (SELECT FROM jsonb_each({entries}) AS entry\n"
            f"        WHERE (entry.key = ANY({groups}) OR entry.key = {organization.sql}::text)\n"
            f"          AND (entry.value @> {actions} OR entry.value @> '[\"*\"]'::jsonb))"
        )
    return "\n      OR ".join(arms)


def _has_acl(columns: ResourceColumns) -> bool:
    return bool(columns.user_acl or (columns.group_acl and columns.organization))


def _subject(grant: Grant) -> str:
    return grant.subject


def _listed(grant: Grant) -> tuple[str, ...]:
    return grant.listed or ()


def _near(grant: Grant) -> list[str]:
    # In order, because the first and the last of them are its bounds.
    return [] if grant.listed is not None else sorted(grant.allowed.organizations)


def _near_owner(grant: Grant) -> str | None:
    owns = grant.allowed.own_organizations or grant.allowed.owned
    return grant.subject if owns and grant.listed is None else None


def _near_user(grant: Grant) -> str | None:
    return None if grant.listed is not None or grant.acl_scope.nowhere else grant.subject


def _near_keys(grant: Grant) -> list[str]:
    if grant.listed is not None or grant.acl_scope.nowhere:
        return []
    return sorted({*grant.groups, *grant.members})


class _Uuids(dict[str, UUID | None]):
    """The UUID of each text, worked out once for all the parameters that hold it."""

    def __missing__(self, text: str) -> UUID | None:
        found = self[text] = canonical_uuid(text)
        return found


def _typed(type: str, value: Any, uuids: _Uuids) -> Any:
    """Give a value as its type; an id that is no UUID cannot be in a uuid column."""
    if type == "uuid":
        return None if value is None else uuids[value]
    if type == "uuid[]":
        return [found for text in value if (found := uuids[text]) is not None]
    return list(value) if type == "text[]" else value
