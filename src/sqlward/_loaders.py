"""PostgreSQL to Python values: what psycopg has no loader for, or another one than we need."""

from __future__ import annotations

import struct
from datetime import timedelta
from typing import Any

from psycopg import DataError
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types import datetime

from sqlward.json import decode_json

_FLOAT4 = struct.Struct("f")


class TextLoader(Loader):
    """The text form of any type, as a string."""

    def load(self, data: Buffer) -> str:
        return str(data, "utf-8")


class TextBinaryLoader(TextLoader):
    """A string, of the types whose binary form is their text."""

    format = Format.BINARY


class VersionedTextBinaryLoader(Loader):
    """A string after a version byte: `jsonpath`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return str(data[1:], "utf-8")


class VoidLoader(Loader):
    """None, for `void`."""

    def load(self, data: Buffer) -> None:
        return None


class VoidBinaryLoader(VoidLoader):
    """None, for `void`."""

    format = Format.BINARY


class BytesBinaryLoader(Loader):
    """`bytes`, for `bytea`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class JsonLoader(Loader):
    """The decoded value of a `json` or `jsonb`."""

    def load(self, data: Buffer) -> Any:
        return decode_json(data)


class JsonBinaryLoader(JsonLoader):
    """The decoded value of a `json`."""

    format = Format.BINARY


class JsonbBinaryLoader(Loader):
    """The decoded value of a `jsonb`, after its version byte."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Any:
        return decode_json(data[1:])


class CharBinaryLoader(Loader):
    """A `"char"` as PostgreSQL 16 and later show it: `''` for zero, `\\ooo` above 127."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        byte = data[0]
        if byte == 0:
            return ""
        return chr(byte) if byte < 128 else f"\\{byte:03o}"


class BitBinaryLoader(Loader):
    """A string of `0` and `1`, of `bit` and `varbit`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        data = bytes(data)
        size = int.from_bytes(data[:4], "big")
        return "".join(f"{byte:08b}" for byte in data[4:])[:size]


class MacaddrBinaryLoader(Loader):
    """`08:00:2b:01:02:03`, of `macaddr` and `macaddr8`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data).hex(":")


class NumberTextLoader(Loader):
    """An integer, of `xid`, `xid8` and `cid`."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class UnsignedBinaryLoader(Loader):
    """An integer, of `xid`, `xid8` and `cid`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        return int.from_bytes(data, "big")


class Float4TextLoader(Loader):
    """A float, of `float4`: the same number as its binary form has."""

    def load(self, data: Buffer) -> float:
        number: float = _FLOAT4.unpack(_FLOAT4.pack(float(bytes(data))))[0]
        return number


class LsnBinaryLoader(Loader):
    """`16/B374D848`, of `pg_lsn`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        number = int.from_bytes(data, "big")
        return f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"


class TidBinaryLoader(Loader):
    """`(0,1)`, of `tid`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        block, offset = struct.unpack("!IH", data)
        return f"({block},{offset})"


class IntervalLoader(datetime.IntervalLoader):
    """A `timedelta`; psycopg would read an infinite interval as none at all."""

    def load(self, data: Buffer) -> timedelta:
        if b"inf" in bytes(data):
            raise DataError(f"{str(data, 'utf-8')!r} is no `timedelta`")
        return super().load(data)


class IntervalBinaryLoader(datetime.IntervalBinaryLoader):
    """A `timedelta`; psycopg's in C overflows and gives another from 5.9 million years on."""


class NumbersTextLoader(Loader):
    """A list of integers, of `int2vector` and `oidvector`."""

    def load(self, data: Buffer) -> list[int]:
        return [int(number) for number in bytes(data).split()]


class HstoreBinaryLoader(Loader):
    """A dict of strings to strings or None, of `hstore`."""

    format = Format.BINARY

    def load(self, data: Buffer) -> dict[str, str | None]:
        data = bytes(data)
        position = 4
        pairs: dict[str, str | None] = {}
        for _ in range(int.from_bytes(data[:4], "big")):
            key, position = _counted(data, position)
            value, position = _counted(data, position)
            pairs[str(key)] = value
        return pairs


class VectorBinaryLoader(Loader):
    """A list of floats, of pgvector's `vector`."""

    format = Format.BINARY
    letter = "f"

    def load(self, data: Buffer) -> list[float]:
        size = int.from_bytes(data[:2], "big")
        return list(struct.unpack_from(f"!{size}{self.letter}", data, 4))


class HalfvecBinaryLoader(VectorBinaryLoader):
    """A list of floats, of pgvector's `halfvec`."""

    letter = "e"


class VectorLoader(Loader):
    """The text form of `vector`: the same numbers as its binary form has."""

    letter = "f"

    def load(self, data: Buffer) -> list[float]:
        numbers = [float(number) for number in bytes(data)[1:-1].split(b",")]
        form = f"{len(numbers)}{self.letter}"
        return list(struct.unpack(form, struct.pack(form, *numbers)))


class HalfvecLoader(VectorLoader):
    """The text form of `halfvec`."""

    letter = "e"


def _counted(data: bytes, position: int) -> tuple[str | None, int]:
    size = int.from_bytes(data[position : position + 4], "big", signed=True)
    start = position + 4
    if size < 0:
        return None, start
    return data[start : start + size].decode(), start + size
