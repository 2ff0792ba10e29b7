"""Which table is which resource: what `schema/resources.toml` declares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

TableName: TypeAlias = tuple[str, str]
"""Schema and table."""

SYSTEM: Final = "system"
"""The resource that stands for the whole deployment; it has no objects."""

STANDARD_ACTIONS: Final = ("create", "read", "update", "delete")


@dataclass(frozen=True, slots=True)
class Resource:
    """A type of object and the table that keeps them.

    `owner` and the like name columns, None where the table has no such. `text_ids` are those of
    its id columns that are not `uuid`. The system resource may have several tables, or none.
    """

    name: str
    table: TableName
    id: str | None = None
    owner: str | None = None
    organization: str | None = None
    user_acl: str | None = None
    group_acl: str | None = None
    actions: tuple[str, ...] = STANDARD_ACTIONS
    text_ids: tuple[str, ...] = ()

    @property
    def is_system(self) -> bool:
        """Whether it is the deployment itself."""
        return self.name == SYSTEM

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Give (what it is to an object, column) for each declared column, the id first."""
        named = (
            ("id", self.id),
            ("owner", self.owner),
            ("organization", self.organization),
            ("user_acl", self.user_acl),
            ("group_acl", self.group_acl),
        )
        return tuple((part, column) for part, column in named if column is not None)


@dataclass(frozen=True, slots=True)
class Child:
    """A table whose rows belong to an object: `column` is equal to `key` of the parent's row."""

    table: TableName
    parent: TableName
    column: str
    key: str = "id"


@dataclass(frozen=True)
class Resources:
    """All that is declared."""

    resources: tuple[Resource, ...]
    children: tuple[Child, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Resource]:
        """Resources by type; of several tables of `system`, the first."""
        found = {resource.name: resource for resource in reversed(self.resources)}
        found.setdefault(SYSTEM, Resource(SYSTEM, ("", ""), actions=self.system_actions))
        return found

    @cached_property
    def by_table(self) -> dict[TableName, Resource]:
        """Resources by their own table."""
        return {resource.table: resource for resource in self.resources}

    @cached_property
    def parent_of(self) -> dict[TableName, Child]:
        """Child tables."""
        return {child.table: child for child in self.children}

    @property
    def system_actions(self) -> tuple[str, ...]:
        """Every action that the system resource can be asked for."""
        own = [a for r in self.resources if r.is_system for a in r.actions]
        return tuple(dict.fromkeys(own)) or STANDARD_ACTIONS

    def of(self, table: TableName) -> Resource | None:
        """Give the resource that rows of a table belong to, through parents; None for no one's."""
        seen: set[TableName] = set()
        while table in self.parent_of and table not in seen:
            seen.add(table)
            table = self.parent_of[table].parent
        return self.by_table.get(table)

    def actions(self, name: str) -> tuple[str, ...]:
        """Give the actions of a resource."""
        if name == SYSTEM:
            return self.system_actions
        found = self.by_name.get(name)
        return found.actions if found else ()


def shown_table(table: TableName) -> str:
    """Give a table's name as people write it."""
    schema, name = table
    return name if schema == "public" else f"{schema}.{name}"
