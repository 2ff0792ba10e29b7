"""Encrypts what goes into marked columns and decrypts what comes out.

The envelope, version 1: the byte 1, a nonce of 12 random bytes, the ciphertext, a tag of 16
bytes; 29 bytes more than the plaintext. A `text` column holds it in base64 (RFC 4648, section 4,
padded). It names nothing: not the key, not the column. NULL stays NULL, with a NULL key id; an
empty value is encrypted like every other.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any, Final, Generic, NamedTuple, NoReturn, TypeVar, overload

from sqlward.secrets.associated_data import VALUE, associated_prefix, key_text, part_length
from sqlward.secrets.blind_index import BlindIndexer
from sqlward.secrets.column import SecretColumn
from sqlward.secrets.errors import (
    DecryptionError,
    NoKeyError,
    PayloadError,
    PlaintextError,
    RowKeyError,
    UnknownKeyError,
)
from sqlward.secrets.key import IndexKey, Key
from sqlward.secrets.payload import Payload
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.secret import Secret

T = TypeVar("T")


class Encrypted(NamedTuple):
    """What goes into a marked column and its key-id column; both None for NULL."""

    value: bytes | str | None
    key_id: str | None


NULL: Final = Encrypted(None, None)


class Crypt:
    """Holds the ring and gives a `ColumnCrypt` for each marked column.

    `plaintext=True` says that values in the clear are expected: without a ring everything is
    stored and read in the clear; with one, what is written is encrypted, and rows from before
    that are still read. Raises `NoKeyError` when there is neither a ring nor `plaintext=True`.
    """

    __slots__ = ("plaintext", "ring")

    def __init__(self, ring: KeyRing | None, *, plaintext: bool = False) -> None:
        if ring is None and not plaintext:
            raise NoKeyError
        self.ring = ring
        self.plaintext = plaintext

    def column(self, column: SecretColumn[T]) -> ColumnCrypt[T]:
        """Give what encrypts and decrypts one column; make it once, not for each value.

        Raises `NoKeyError` for a column with a blind index when the ring has no key for it.
        """
        return ColumnCrypt(column, self.ring, plaintext=self.plaintext)


class ColumnCrypt(Generic[T]):
    """Encrypts and decrypts one column. Its `index` gives the blind index of a value."""

    __slots__ = (
        "_bound",
        "_by_id",
        "_indexer",
        "_payload",
        "_plaintext",
        "_prefix",
        "_primary",
        "_text",
        "column",
    )

    def __init__(
        self, column: SecretColumn[T], ring: KeyRing | None, *, plaintext: bool = False
    ) -> None:
        self.column = column
        self._payload: Payload[T] = column.payload
        self._text = column.storage == "text"
        self._bound = len(column.bind)
        self._prefix = associated_prefix(VALUE, column.identity, self._bound)
        self._primary: Key | None = ring.primary if ring else None
        self._by_id: dict[str, Key] = ring.by_id if ring else {}
        self._plaintext = plaintext
        self._indexer = _indexer(column, ring.index_key if ring else None, ring is not None)

    def encrypt(self, secret: Secret[T] | None, *row_key: object) -> Encrypted:
        """Give what to store; `row_key` are the values of the columns in `bind`, in order.

        Raises `PayloadError` for a value that the column cannot hold, `RowKeyError` for a row
        key that is none.
        """
        if secret is None:
            return NULL
        if not isinstance(secret, Secret):
            # This frame is in the traceback: it must not hold a value that came bare.
            given, secret = type(secret).__name__, None
            raise self._payload_error(given)
        associated = self._associated(row_key)
        plaintext = self._payload.encode(secret)
        if plaintext is None:
            raise self._payload_error(type(secret.reveal()).__name__)
        key = self._primary
        return Encrypted(self._sealed(plaintext, associated), key.id if key else None)

    @overload
    def decrypt(self, stored: None, key_id: str | None, *row_key: object) -> None: ...
    @overload
    def decrypt(self, stored: bytes | str, key_id: str | None, *row_key: object) -> Secret[T]: ...
    def decrypt(
        self, stored: bytes | str | None, key_id: str | None, *row_key: object
    ) -> Secret[T] | None:
        """Give the value of what is stored under a key id; `row_key` as for `encrypt`.

        Raises `DecryptionError` for what does not open, `UnknownKeyError` for a key that is not
        on the ring, `PlaintextError` for a value in the clear without `plaintext=True`, and
        `RowKeyError` for a row key that is none.
        """
        if stored is None:
            return None
        if key_id is None:
            in_clear, stored = Secret(stored), None
            return self._read_clear(in_clear)
        associated = self._associated(row_key)
        secret = self._payload.decode(self._opened(stored, key_id, associated))
        if secret is None:
            self._refuse(key_id)
        return secret

    def reencrypt(self, stored: bytes | str, key_id: str, *row_key: object) -> bytes | str:
        """Give the same plaintext under the primary key. Raises what `decrypt` raises."""
        associated = self._associated(row_key)
        return self._sealed(self._opened(stored, key_id, associated), associated)

    def open(self, stored: bytes | str, key_id: str, *row_key: object) -> Secret[bytes]:
        """Give the plaintext bytes; `decrypt` gives the value. Raises what `decrypt` raises."""
        return Secret(self._opened(stored, key_id, self._associated(row_key)))

    def seal(self, plaintext: Secret[bytes], *row_key: object) -> bytes | str:
        """Give what to store for plaintext bytes; `encrypt` takes the value."""
        return self._sealed(plaintext.reveal(), self._associated(row_key))

    def _opened(self, stored: bytes | str, key_id: str, associated: bytes) -> bytes:
        key = self._by_id.get(key_id)
        if key is None:
            raise UnknownKeyError(self.column.relation, self.column.column, key_id)
        envelope = _envelope(stored) if self._text else stored
        if not isinstance(envelope, bytes):
            self._refuse(key_id)
        plaintext = key.open(envelope, associated)
        if plaintext is None:
            self._refuse(key_id)
        return plaintext

    def _sealed(self, plaintext: bytes, associated: bytes) -> bytes | str:
        key = self._primary
        if key is None:
            return plaintext.decode("utf-8", "surrogatepass") if self._text else plaintext
        envelope = key.seal(plaintext, associated)
        return b2a_base64(envelope, newline=False).decode("ascii") if self._text else envelope

    def index(self, secret: Secret[T] | None) -> bytes | str | None:
        """Give what the blind index column holds for this value, None for NULL.

        Without a ring (`plaintext=True` alone) it is None, and an equality query finds nothing.
        Raises `PayloadError` for a value that the column cannot hold, `ValueError` for a column
        without a blind index.
        """
        if self.column.blind_index is None:
            raise ValueError(f"`{self.column.name}` has no blind index")
        if secret is None or self._indexer is None:
            return None
        if not isinstance(secret, Secret):
            given, secret = type(secret).__name__, None
            raise self._payload_error(given)
        return self._indexer.digest(secret)

    def _associated(self, row_key: tuple[object, ...]) -> bytes:
        if len(row_key) != self._bound:
            raise self._row_key_error(f"expected {self._bound} values, got {len(row_key)}")
        associated = self._prefix
        for value in row_key:
            text = key_text(value)
            if text is None:
                raise self._no_row_key(row_key)
            associated += part_length(len(text)) + text
        return associated

    def _no_row_key(self, row_key: tuple[object, ...]) -> RowKeyError:
        bad = [
            f"`{name}` is a `{type(value).__name__}`"
            for name, value in zip(self.column.bind, row_key, strict=True)
            if key_text(value) is None
        ]
        return self._row_key_error(", ".join(bad))

    def _read_clear(self, stored: Secret[bytes | str]) -> Secret[T]:
        if not self._plaintext:
            raise PlaintextError(self.column.relation, self.column.column)
        secret = self._decode_clear(stored)
        if secret is None:
            self._refuse(None)
        return secret

    def _decode_clear(self, stored: Secret[bytes | str]) -> Secret[T] | None:
        value = stored.reveal()
        return self._payload.decode(value.encode() if isinstance(value, str) else value)

    def _refuse(self, key_id: str | None) -> NoReturn:
        raise DecryptionError(self.column.relation, self.column.column, key_id)

    def _payload_error(self, given: str) -> PayloadError:
        column = self.column
        return PayloadError(column.relation, column.column, self._payload.name, given)

    def _row_key_error(self, why: str) -> RowKeyError:
        return RowKeyError(self.column.relation, self.column.column, why)


def _envelope(stored: bytes | str) -> bytes | None:
    """Give the bytes of a base64 text, None unless it is exactly what `encrypt` writes."""
    if not isinstance(stored, str):
        return None
    try:
        text = stored.encode("ascii")
        envelope = a2b_base64(text)
    except (Base64Error, UnicodeEncodeError):
        return None
    # base64 forgives line ends, and stray bits in the last character.
    return envelope if b2a_base64(envelope, newline=False) == text else None


def _indexer(
    column: SecretColumn[Any], key: IndexKey | None, encrypted: bool
) -> BlindIndexer | None:
    if column.blind_index is None or not encrypted:
        return None
    return BlindIndexer(column, key)
