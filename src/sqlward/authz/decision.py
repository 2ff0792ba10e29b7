"""What was decided, and which level decided it; for logs, never for the caller."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """What a decision rests on."""

    SITE = "site"
    ORGANIZATION = "organization"
    MEMBER = "member"
    USER = "user"
    USER_ACL = "user acl"
    GROUP_ACL = "group acl"
    SCOPE = "scope"
    SCOPE_LIST = "scope list"
    NONE = "none"
    """No level had anything to say, which denies."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and the level that it rests on."""

    allowed: bool
    level: Level

    @property
    def reason(self) -> str:
        """The decision in words."""
        if self.allowed:
            return f"{self.level} allows"
        return _DENIALS.get(self.level, f"{self.level} denies")


_DENIALS = {
    Level.NONE: "no level allows",
    Level.SCOPE: "the scope does not allow",
    Level.SCOPE_LIST: "not on the scope's list",
}
