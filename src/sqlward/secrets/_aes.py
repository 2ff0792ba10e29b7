"""The only module that imports `cryptography`: AES-256-GCM."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class AesGcm:
    """AES-256-GCM (NIST SP 800-38D) under one key."""

    __slots__ = ("_open", "seal")

    def __init__(self, key: bytes) -> None:
        cipher = AESGCM(key)
        self.seal = cipher.encrypt
        self._open = cipher.decrypt

    def open(self, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes | None:
        """Give the plaintext, None when the tag does not fit."""
        try:
            return self._open(nonce, ciphertext, associated)
        except InvalidTag:
            return None
