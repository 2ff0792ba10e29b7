"""The types of a project's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import NewType
from uuid import UUID

import msgspec
import pydantic

OwnerId = NewType("OwnerId", int)


@dataclass(frozen=True)
class Key:
    """A UUID in a wrapping."""

    value: UUID

    @classmethod
    def of(cls, value: UUID) -> Key:
        """Wrap it."""
        return cls(value)


def key_value(key: Key) -> UUID:
    """Unwrap it."""
    return key.value


class Email(str):
    """A string of a class of its own."""

    __slots__ = ()


@dataclass(frozen=True)
class Place:
    """A point."""

    x: float
    y: float


def place(text: str) -> Place:
    """Read PostgreSQL's text."""
    x, y = text.strip("()").split(",")
    return Place(float(x), float(y))


def place_text(place: Place) -> str:
    """Write it."""
    return f"({place.x},{place.y})"


def from_cents(cents: int) -> Decimal:
    """Give an amount."""
    return Decimal(cents) / 100


class Color(Enum):
    """An enum that is no string."""

    RED = 1


@dataclass(slots=True)
class Settings:
    """A dataclass with fields that JSON has no form of."""

    since: datetime
    key: UUID
    price: Decimal
    by_number: dict[int, str]
    color: Color = Color.RED
    tags: set[str] = field(default_factory=set)
    inner: Settings | None = None


class Entry(msgspec.Struct, rename="camel"):
    """A struct whose fields have other names in JSON."""

    entry_name: str
    data: bytes = b""


class Profile(pydantic.BaseModel):
    """A model with an alias and a constraint."""

    kind: str = pydantic.Field(alias="type")
    born: datetime | None = None
    age: int = pydantic.Field(ge=0, default=0)


class Plan(msgspec.Struct, tag=True):
    """A tagged struct."""

    steps: list[int]
    entry: Entry | None = None
