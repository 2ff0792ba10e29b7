"""The keys that a process has: one to write with, older ones to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlward.secrets.errors import KeyConfigurationError
from sqlward.secrets.key import IndexKey, Key


@dataclass(frozen=True, slots=True)
class KeyRing:
    """One primary key, which everything is encrypted with, and older ones to read.

    `index_key` is for blind indexes. Raises `KeyConfigurationError` when a key is there twice.
    """

    primary: Key
    older: tuple[Key, ...] = ()
    index_key: IndexKey | None = None
    by_id: dict[str, Key] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = (self.primary, *self.older)
        by_id = {key.id: key for key in keys}
        if len(by_id) != len(keys):
            raise KeyConfigurationError("a key is on the ring twice")
        object.__setattr__(self, "by_id", by_id)

    @staticmethod
    def of(keys: Sequence[Key], index_key: IndexKey | None = None) -> KeyRing:
        """Give the ring of keys in order, the primary first.

        Raises `KeyConfigurationError` when there is none.
        """
        if not keys:
            raise KeyConfigurationError("a ring needs a key")
        return KeyRing(keys[0], tuple(keys[1:]), index_key)
