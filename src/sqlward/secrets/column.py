"""Declarations of marked columns: what the compiler writes from `schema/secrets.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeAlias, TypeVar

from sqlward.secrets.payload import BYTES, Payload

T = TypeVar("T")

Storage: TypeAlias = Literal["text", "bytea"]
"""The type of a column that holds ciphertext: `text` holds it in base64."""


class Normalization(StrEnum):
    """What makes two values the same for a blind index; applied in this order."""

    STRIP = "strip"
    NFC = "nfc"
    LOWER = "lower"
    CASEFOLD = "casefold"


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """A column that holds the HMAC of a marked column's normalized value."""

    column: str
    normalize: frozenset[Normalization] = frozenset()
    storage: Storage = "bytea"


@dataclass(frozen=True, slots=True)
class SecretColumn(Generic[T]):
    """A marked column.

    `key_id` is the column for the key's id. `bind` are the columns whose values join the
    associated data, and never change: `int2`, `int4`, `int8`, `uuid`, `text` or `varchar`.
    `written_as` is the schema, table and column that the associated data names, where one was
    renamed after values had been written.

    Raises `ValueError` for bytes in a `text` column, and for a blind index over anything but
    text or, without normalization, bytes.
    """

    schema: str
    table: str
    column: str
    key_id: str
    payload: Payload[T]
    storage: Storage = "text"
    bind: tuple[str, ...] = ()
    blind_index: BlindIndex | None = None
    written_as: tuple[str, str, str] | None = None

    def __post_init__(self) -> None:
        if self.payload.name == BYTES.name and self.storage == "text":
            raise ValueError(f"`{self.name}` holds bytes and is `text`: make it `bytea`")
        if self.blind_index is None:
            return
        if self.payload.name == "JSON":
            raise ValueError(f"`{self.name}` holds JSON, which has no blind index")
        if self.payload.name == BYTES.name and self.blind_index.normalize:
            raise ValueError(f"`{self.name}` holds bytes, which have no normal form")

    @property
    def relation(self) -> str:
        """`schema.table`, for messages."""
        return f"{self.schema}.{self.table}"

    @property
    def name(self) -> str:
        """`schema.table.column`, for messages."""
        return f"{self.relation}.{self.column}"

    @property
    def identity(self) -> tuple[str, str, str]:
        """The schema, table and column that the associated data names."""
        return self.written_as or (self.schema, self.table, self.column)
