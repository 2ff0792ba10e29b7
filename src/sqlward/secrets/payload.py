"""What a marked column holds: text, bytes, or JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from sqlward.json import JsonCodec, JsonValue, decode_json, encode_json
from sqlward.secrets.secret import Secret

T = TypeVar("T")


class Payload(Generic[T]):
    """Turns values into plaintext bytes and back; `name` is for messages."""

    __slots__ = ("_decode", "_encode", "name")

    def __init__(
        self, name: str, encode: Callable[[T], bytes], decode: Callable[[bytes], T]
    ) -> None:
        self.name = name
        self._encode = encode
        self._decode = decode

    def __repr__(self) -> str:
        return f"Payload({self.name!r})"

    # What a codec raises can quote the value, and its traceback's frames hold it. So nothing
    # escapes from here: None says that it failed.

    def encode(self, secret: Secret[T]) -> bytes | None:
        """Give the plaintext, None for a value that is not of this kind."""
        try:
            return self._encode(secret.reveal())
        except Exception:
            return None

    def decode(self, plaintext: bytes) -> Secret[T] | None:
        """Give the value, None for a plaintext that is not of this kind."""
        try:
            return Secret(self._decode(plaintext))
        except Exception:
            return None


def json_payload(codec: JsonCodec[T]) -> Payload[T]:
    """Give the payload of a type; see `sqlward.json_codec`."""

    def encode(value: T) -> bytes:
        return encode_json(codec.encode(value))

    def decode(plaintext: bytes) -> T:
        return codec.decode(decode_json(plaintext))

    return Payload("JSON", encode, decode)


def _text_bytes(value: str) -> bytes:
    # Any Python text is stored, also a lone surrogate, which no PostgreSQL text can hold.
    return value.encode("utf-8", "surrogatepass")


def _text(plaintext: bytes) -> str:
    return plaintext.decode("utf-8", "surrogatepass")


def _exact_bytes(value: Any) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError


def _same(plaintext: bytes) -> bytes:
    return plaintext


TEXT: Final[Payload[str]] = Payload("text", _text_bytes, _text)
BYTES: Final[Payload[bytes]] = Payload("bytes", _exact_bytes, _same)
JSON: Final[Payload[JsonValue]] = Payload("JSON", encode_json, decode_json)
