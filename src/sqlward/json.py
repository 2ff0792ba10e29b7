"""JSON in and out: what `json` and `jsonb` columns give and take."""

from __future__ import annotations

import json as stdlib
from collections.abc import Callable
from typing import Any, Final, Generic, TypeAlias, TypeVar, Union

import msgspec

T = TypeVar("T")

JsonValue: TypeAlias = Union[  # noqa: UP007  (with `|` there would be no union to look into)
    dict[str, "JsonValue"], list["JsonValue"], str, int, float, bool, None
]
"""What a `json` or `jsonb` value is in Python."""


class JsonNull:
    """The type of `JSON_NULL`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "JSON_NULL"

    def __reduce__(self) -> str:
        return "JSON_NULL"


JSON_NULL: Final = JsonNull()
"""Writes the JSON value `null`, where None writes SQL's NULL."""


def encode_json(value: object) -> bytes:
    """Give the JSON text of a value.

    Takes what msgspec encodes (dataclasses, structs, dates, UUIDs, decimals, …) and pydantic
    models, at any depth. Floats that JSON cannot say (`nan`, `inf`) become `null`.
    """
    if value is JSON_NULL:
        return b"null"
    return _encoder.encode(value)


def decode_json(data: bytes | bytearray | memoryview) -> Any:
    """Give the value of a JSON text, whatever PostgreSQL can store as one."""
    try:
        return _decode(data)
    except msgspec.MsgspecError:
        # `json` keeps texts that msgspec refuses: lone surrogates, numbers beyond a double.
        return stdlib.loads(bytes(data))


class JsonCodec(Generic[T]):
    """Turns a decoded JSON value into a `T` and back; see `json_codec`."""

    __slots__ = ("decode", "encode")

    def __init__(self, decode: Callable[[Any], T], encode: Callable[[T], object]) -> None:
        self.decode = decode
        self.encode = encode


def json_codec(type: type[T]) -> JsonCodec[T]:
    """Give the codec of a type: dataclass, `msgspec.Struct`, pydantic model, or a container.

    `decode` raises `msgspec.ValidationError` or pydantic's `ValidationError` for a value that
    does not fit the type.
    """
    if _is_pydantic(type):
        return JsonCodec(getattr(type, "model_validate"), _dump_pydantic)  # noqa: B009
    return JsonCodec(
        lambda value: msgspec.convert(value, type, dec_hook=_build, str_keys=True), _same
    )


def _same(value: object) -> object:
    return value


def _is_pydantic(cls: object) -> bool:
    return hasattr(cls, "model_validate") and hasattr(cls, "model_dump")


def _dump_pydantic(value: Any) -> object:
    return value.model_dump(mode="json", by_alias=True)


def _build(cls: Any, value: Any) -> Any:
    if _is_pydantic(cls):
        return cls.model_validate(value)
    raise NotImplementedError


def _plain(value: Any) -> Any:
    if value is JSON_NULL:
        return None
    if _is_pydantic(type(value)):
        return _dump_pydantic(value)
    raise NotImplementedError


_encoder: Final = msgspec.json.Encoder(enc_hook=_plain)
_decode: Final = msgspec.json.Decoder().decode
