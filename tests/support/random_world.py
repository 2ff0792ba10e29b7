"""Random subjects, actions and objects from a small world, so that they often meet."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from sqlward.authz import (
    EVERYTHING,
    Id,
    Object,
    OrganizationPermissions,
    Permission,
    Role,
    Scope,
    Subject,
)

TYPES = ("chat", "group", "template")
ACTIONS = ("read", "update", "delete")


def ids(kind: int, count: int) -> list[UUID]:
    return [UUID(int=kind << 64 | number) for number in range(1, count + 1)]


USERS = ids(1, 4)
ORGANIZATIONS = ids(2, 4)
GROUPS = ids(3, 4)
OBJECTS = ids(4, 6)
# Spellings of ids that are no canonical text, and so nobody's and nowhere's.
STRANGE: list[Id] = ["", "*", "system:job", str(UUID(int=0xABC << 64)).upper(), USERS[0].hex]


class World:
    """One source of random values: from a fixed seed, or Hypothesis's, which can shrink."""

    def __init__(self, source: int | Random) -> None:
        self.random = source if isinstance(source, Random) else Random(source)

    def question(self) -> tuple[Subject, str, Object]:
        return self.subject(), self.random.choice(ACTIONS), self.object()

    def subject(self) -> Subject:
        id: Id = self.spelled(self.random.choice(USERS))
        if self.random.random() < 0.02:
            id = "system:job"
        groups = self.some(GROUPS + ORGANIZATIONS[:1], 2)
        roles = tuple(self.role() for _ in range(self.random.choice((0, 1, 1, 2, 3))))
        return Subject(id, roles, tuple(map(self.spelled, groups)), self.scope())

    def role(self) -> Role:
        return Role("role", **self.levels())

    def scope(self) -> Scope:
        if self.random.random() < 0.5:
            return EVERYTHING
        levels = EVERYTHING_BY_SITE if self.random.random() < 0.3 else self.levels()
        if self.random.random() < 0.5:
            return Scope(**levels)
        return Scope(**levels, allow_list=tuple(self.entry() for _ in range(self.number(3))))

    def levels(self) -> dict[str, Any]:
        return {
            "site": self.permissions(0.25),
            "organizations": tuple(
                OrganizationPermissions(
                    self.spelled(id), self.permissions(0.6), self.permissions(0.6)
                )
                for id in self.some(ORGANIZATIONS, 3)
            ),
            "user": self.permissions(0.5),
        }

    def permissions(self, likely: float) -> tuple[Permission, ...]:
        if self.random.random() > likely:
            return ()
        return tuple(self.permission() for _ in range(self.random.choice((1, 1, 2, 3))))

    def permission(self) -> Permission:
        return Permission(
            self.random.choice((*TYPES, "*", "chat")),
            self.random.choice((*ACTIONS, "*")),
            self.random.random() > 0.25,
        )

    def entry(self) -> str:
        resource_type = self.random.choice((*TYPES, "chat", "*"))
        id = self.random.choice((*OBJECTS, "*", str(OBJECTS[0]).upper()))
        return f"{resource_type}:{id}"

    def object(self) -> Object:
        any_organization = self.random.random() < 0.1
        return Object(
            self.random.choice((*TYPES, "chat", "chat")),
            id=self.maybe(OBJECTS, 0.9),
            owner=self.maybe(USERS, 0.85),
            organization=None if any_organization else self.maybe(ORGANIZATIONS, 0.8),
            user_acl=self.acl([str(id) for id in USERS]),
            group_acl=self.acl([str(id) for id in GROUPS + ORGANIZATIONS]),
            any_organization=any_organization,
        )

    def acl(self, keys: list[str]) -> Any:
        """An ACL, or now and then what an unchecked jsonb column may hold instead."""
        if self.random.random() < 0.5:
            return {}
        if self.random.random() < 0.1:
            return self.random.choice((None, [], keys, keys[0], 7, True, [{keys[0]: ["read"]}]))
        return {key: self.actions() for key in self.some(keys, 3)}

    def actions(self) -> Any:
        if self.random.random() < 0.1:
            return self.random.choice(("read", "*", None, {"read": 1}, {"*": ["*"]}, [["read"]], 1))
        return self.some([*ACTIONS, "*", 1], 2)

    def maybe(self, values: list[UUID], likely: float) -> Id | None:
        if self.random.random() > likely:
            return None
        if self.random.random() < 0.02:
            return self.random.choice(STRANGE)
        return self.spelled(self.random.choice(values))

    def spelled(self, id: UUID) -> Id:
        return id if self.random.random() < 0.6 else str(id)

    def some(self, values: list[Any], most: int) -> list[Any]:
        return self.random.sample(values, self.number(most))

    def number(self, most: int) -> int:
        return self.random.randint(0, most)


EVERYTHING_BY_SITE: dict[str, Any] = {"site": (Permission("*", "*"),)}
