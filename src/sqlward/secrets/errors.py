"""What secrets raise. No message ever holds a value, a ciphertext or a key."""

from __future__ import annotations

from collections.abc import Sequence

from sqlward.errors import SqlwardError


class SecretsError(SqlwardError):
    """Anything that encryption of marked columns raises by itself."""


class DecryptionError(SecretsError):
    """A stored value does not open.

    `table` is `schema.table`, `key_id` what the row names, None where it names none.
    """

    def __init__(self, table: str, column: str, key_id: str | None, why: str = "") -> None:
        super().__init__(
            f"cannot decrypt `{table}.{column}` under key `{key_id}`: "
            f"{why or 'the value was changed or cut, or belongs to another row, column or key'}"
        )
        self.table = table
        self.column = column
        self.key_id = key_id
        self.why = why

    def __reduce__(self) -> tuple[type[DecryptionError], tuple[str, str, str | None, str]]:
        return type(self), (self.table, self.column, self.key_id, self.why)


class UnknownKeyError(DecryptionError):
    """A stored value names a key that is not on the ring."""

    def __init__(self, table: str, column: str, key_id: str | None, why: str = "") -> None:
        super().__init__(table, column, key_id, why or "there is no such key on the ring")


class PlaintextError(DecryptionError):
    """A stored value names no key, and `plaintext=True` was not said."""

    def __init__(self, table: str, column: str, key_id: str | None = None, why: str = "") -> None:
        super().__init__(
            table, column, key_id, why or "it is stored in the clear, and `plaintext=True` is not"
        )


class PayloadError(SecretsError):
    """A value cannot be written to a marked column; `given` is the name of its type."""

    def __init__(self, table: str, column: str, payload: str, given: str) -> None:
        super().__init__(f"`{table}.{column}` holds {payload}, cannot encrypt this `{given}`")
        self.table = table
        self.column = column
        self.payload = payload
        self.given = given

    def __reduce__(self) -> tuple[type[PayloadError], tuple[str, str, str, str]]:
        return type(self), (self.table, self.column, self.payload, self.given)


class RowKeyError(SecretsError):
    """The row key that joins the associated data is not one: wrong number, NULL or type."""

    def __init__(self, table: str, column: str, why: str) -> None:
        super().__init__(f"cannot bind `{table}.{column}` to its row: {why}")
        self.table = table
        self.column = column
        self.why = why

    def __reduce__(self) -> tuple[type[RowKeyError], tuple[str, str, str]]:
        return type(self), (self.table, self.column, self.why)


class KeyConfigurationError(SecretsError):
    """The keys as configured cannot be used; the message says where and why."""


class NoKeyError(KeyConfigurationError):
    """There is no key to encrypt with, and nobody said `plaintext=True`."""

    def __init__(self, why: str = "no key is configured") -> None:
        super().__init__(f"{why}: configure one, or say `plaintext=True` to store in the clear")
        self.why = why

    def __reduce__(self) -> tuple[type[NoKeyError], tuple[str]]:
        return type(self), (self.why,)


class _KeyTableError(SecretsError):
    """The key table and the ring do not agree; `key_id` is the key in question."""

    message = "key `{}`"

    def __init__(self, key_id: str) -> None:
        super().__init__(self.message.format(key_id))
        self.key_id = key_id

    def __reduce__(self) -> tuple[type[_KeyTableError], tuple[str]]:
        return type(self), (self.key_id,)


class RevokedKeyError(_KeyTableError):
    """The primary key was revoked."""

    message = "key `{}` is revoked and cannot be the primary: use a new key"


class SentinelError(_KeyTableError):
    """The key does not open its own sentinel: the row is damaged, or another key's."""

    message = "key `{}` does not open its sentinel in the key table"


class MissingKeyError(_KeyTableError):
    """The key table lists an active key that is not on the ring."""

    message = (
        "key `{}` is active in the key table and not on the ring: "
        "add it to read with, or revoke it if nothing is left under it"
    )


class NoSuchKeyError(_KeyTableError):
    """The key table lists no such key, or it is revoked already."""

    message = "the key table has no active key `{}`"


class KeyInUseError(SecretsError):
    """A key cannot be revoked: rows of `table` are still under it."""

    def __init__(self, key_id: str, table: str) -> None:
        super().__init__(f"key `{key_id}` is in use by rows of `{table}`: rotate them first")
        self.key_id = key_id
        self.table = table

    def __reduce__(self) -> tuple[type[KeyInUseError], tuple[str, str]]:
        return type(self), (self.key_id, self.table)


class RotationError(SecretsError):
    """A rotation could not finish; everything that it did stays done.

    `left` tells, for each column and key, how many rows are left; each row with a value that
    does not open is among them.
    """

    def __init__(self, why: str, left: Sequence[str]) -> None:
        super().__init__(f"{why}: {', '.join(left)}")
        self.why = why
        self.left = tuple(left)

    def __reduce__(self) -> tuple[type[RotationError], tuple[str, tuple[str, ...]]]:
        return type(self), (self.why, self.left)
