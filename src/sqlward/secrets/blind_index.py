"""Blind indexes: equality without decryption, and what it costs in secrecy.

HMAC-SHA-256 (RFC 2104) with the ring's `index_key` over the column's identity and the normalized
value. It is deterministic: who reads the column sees which rows have equal values, and how often
each occurs. Two columns never share a digest, and without the key no value can be tried.
"""

from __future__ import annotations

import unicodedata
from binascii import b2a_base64
from collections.abc import Set
from typing import Any

from sqlward.secrets.associated_data import BLIND_INDEX, associated_data
from sqlward.secrets.column import Normalization, SecretColumn
from sqlward.secrets.errors import NoKeyError, PayloadError
from sqlward.secrets.key import IndexKey
from sqlward.secrets.secret import Secret


class BlindIndexer:
    """Computes the blind index of one column: 32 bytes, 44 characters in a `text` column.

    Raises `ValueError` for a column without one, `NoKeyError` without a key.
    """

    __slots__ = ("_column", "_key", "_normalize", "_prefix", "_text")

    def __init__(self, column: SecretColumn[Any], key: IndexKey | None) -> None:
        if column.blind_index is None:
            raise ValueError(f"`{column.name}` has no blind index")
        if key is None:
            raise NoKeyError(f"`{column.name}` has a blind index and the ring no key for it")
        self._column = column
        self._key = key
        self._normalize = column.blind_index.normalize
        self._text = column.blind_index.storage == "text"
        self._prefix = associated_data(BLIND_INDEX, column.identity)

    def digest(self, secret: Secret[Any]) -> bytes | str:
        """Give what the blind index column holds for this value.

        Raises `PayloadError` for a value that the column cannot hold.
        """
        payload = self._column.payload
        plaintext = payload.encode(_normalized(secret, self._normalize))
        if plaintext is None:
            given = type(secret.reveal()).__name__
            raise PayloadError(self._column.relation, self._column.column, payload.name, given)
        digest = self._key.digest(self._prefix + plaintext)
        return b2a_base64(digest, newline=False).decode() if self._text else digest


def _normalized(secret: Secret[Any], steps: Set[Normalization]) -> Secret[Any]:
    if not steps or not isinstance(secret.reveal(), str):
        return secret
    return Secret(normalized(secret.reveal(), steps))


def normalized(text: str, steps: Set[Normalization]) -> str:
    """Give the normal form of a text: every step that is declared, in the order of the enum."""
    if Normalization.STRIP in steps:
        text = text.strip()
    if Normalization.NFC in steps:
        text = unicodedata.normalize("NFC", text)
    if Normalization.LOWER in steps:
        text = text.lower()
    if Normalization.CASEFOLD in steps:
        text = text.casefold()
    # Changing case can take a text out of its normal form.
    return unicodedata.normalize("NFC", text) if Normalization.NFC in steps else text
