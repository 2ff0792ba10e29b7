"""Keys: 32 random bytes that are never shown, and the public id that names them.

An id is the first 96 bits of SHA-256 over a fixed label and the key, in hexadecimal. The label
differs for encryption keys and blind index keys (domain separation), and from everything else
that the keys are used for. A key has 256 random bits, so its id tells nothing about it.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Final, NoReturn, Self

from sqlward.secrets.errors import KeyConfigurationError, SecretsError
from sqlward.secrets.secret import Secret

KEY_SIZE: Final = 32
ID_SIZE: Final = 12
NONCE_SIZE: Final = 12
TAG_SIZE: Final = 16
VERSION: Final = b"\x01"
_OVERHEAD: Final = len(VERSION) + NONCE_SIZE + TAG_SIZE
_NONCE_END: Final = len(VERSION) + NONCE_SIZE
# 32 random bytes have fewer distinct values than this once in 10**35.
_LEAST_DISTINCT: Final = 12
_SENTINEL: Final = b"sqlward sentinel 1"


class _Unshown:
    __slots__ = ("id",)
    id: str

    def __repr__(self) -> str:
        # A traceback with locals shows a key that was refused halfway, too.
        return f"{type(self).__name__}(id={getattr(self, 'id', None)!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key cannot be pickled")

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __copy__(self) -> Self:
        return self


class Key(_Unshown):
    """An encryption key: AES-256-GCM. `id` names it; nothing gives the key back."""

    __slots__ = ("_cipher",)

    def __init__(self, secret: Secret[bytes]) -> None:
        _check(secret)
        self.id = _key_id(b"sqlward key id 1\x00", secret)
        try:
            from sqlward.secrets._aes import AesGcm
        except ImportError as error:
            raise SecretsError(
                "`cryptography` is not installed: pip install 'sqlward[secrets]'"
            ) from error
        self._cipher = AesGcm(secret.reveal())

    @staticmethod
    def parse(text: Secret[str]) -> Key:
        """Give the key of 64 hexadecimal digits or of base64, standard or URL-safe.

        Raises `KeyConfigurationError` for anything else.
        """
        return Key(_key_bytes(text))

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """Give the envelope: a version byte, a fresh random nonce, ciphertext, tag."""
        nonce = os.urandom(NONCE_SIZE)
        return VERSION + nonce + self._cipher.seal(nonce, plaintext, associated)

    def open(self, envelope: bytes, associated: bytes) -> bytes | None:
        """Give the plaintext of an envelope, None when it does not open."""
        if len(envelope) < _OVERHEAD or envelope[:1] != VERSION:
            return None
        return self._cipher.open(envelope[1:_NONCE_END], envelope[_NONCE_END:], associated)

    def sentinel(self) -> bytes:
        """Give what proves, in the key table, that a process has this key."""
        return self.seal(_SENTINEL, _SENTINEL + self.id.encode())

    def proves(self, sentinel: bytes) -> bool:
        """Was this sentinel made with this key?"""
        return self.open(sentinel, _SENTINEL + self.id.encode()) == _SENTINEL


class IndexKey(_Unshown):
    """A blind index key: HMAC-SHA-256. `id` names it; nothing gives the key back."""

    __slots__ = ("_hmac",)

    def __init__(self, secret: Secret[bytes]) -> None:
        _check(secret)
        self.id = "index-" + _key_id(b"sqlward index key id 1\x00", secret)
        self._hmac = hmac.new(secret.reveal(), digestmod=sha256)

    @staticmethod
    def parse(text: Secret[str]) -> IndexKey:
        """Give the key of a text; see `Key.parse`."""
        return IndexKey(_key_bytes(text))

    def digest(self, data: bytes) -> bytes:
        """Give the 32 bytes of HMAC-SHA-256 (RFC 2104) over data."""
        code = self._hmac.copy()
        code.update(data)
        return code.digest()

    def sentinel(self) -> bytes:
        """Give what proves, in the key table, that a process has this key."""
        return self.digest(_SENTINEL)

    def proves(self, sentinel: bytes) -> bool:
        """Was this sentinel made with this key?"""
        return hmac.compare_digest(self.sentinel(), sentinel)


def new_key() -> Secret[str]:
    """Give the text of a new random key, for either use, in base64."""
    return Secret(b64encode(os.urandom(KEY_SIZE)).decode())


def _key_id(label: bytes, secret: Secret[bytes]) -> str:
    return sha256(label + secret.reveal()).digest()[:ID_SIZE].hex()


def _check(secret: Secret[bytes]) -> None:
    size = len(secret.reveal())
    if size != KEY_SIZE:
        raise KeyConfigurationError(f"a key is {KEY_SIZE} bytes, this one is {size}")
    if len(set(secret.reveal())) < _LEAST_DISTINCT:
        raise KeyConfigurationError("a key is random bytes, this one repeats a few")


def _key_bytes(text: Secret[str]) -> Secret[bytes]:
    found = _decoded(text)
    if found is None:
        raise KeyConfigurationError(
            f"a key is {KEY_SIZE} bytes in base64 or hexadecimal, this one is neither"
        )
    return found


def _decoded(text: Secret[str]) -> Secret[bytes] | None:
    """Outside the function that raises: no exception and no frame of it may hold the text."""
    try:
        if len(text.reveal()) == 2 * KEY_SIZE:
            return Secret(bytes.fromhex(text.reveal()))
        padded = text.reveal().rstrip("=").translate({ord("-"): "+", ord("_"): "/"}) + "="
        return Secret(b64decode(padded, validate=True))
    except ValueError:
        return None
