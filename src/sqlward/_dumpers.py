"""Python values to PostgreSQL: what psycopg has no dumper for, or another one than we need."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import time, timedelta
from typing import Any

from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from sqlward.json import encode_json


class TextDumper(Dumper):
    """A string, as the text form of any type."""

    def dump(self, obj: str) -> Buffer:
        if "\x00" in obj:
            raise ValueError("a PostgreSQL text cannot contain NUL")
        return obj.encode()


class TextBinaryDumper(Dumper):
    """A string, for the types whose binary form is their text."""

    format = Format.BINARY

    def dump(self, obj: str) -> Buffer:
        return obj.encode()


class Int2BinaryDumper(Dumper):
    """An integer of 16 bits. psycopg's own dumpers of integers cut what does not fit."""

    format = Format.BINARY
    dump = staticmethod(struct.Struct("!h").pack)  # type: ignore[assignment]


class Int4BinaryDumper(Dumper):
    """An integer of 32 bits."""

    format = Format.BINARY
    dump = staticmethod(struct.Struct("!i").pack)  # type: ignore[assignment]


class Int8BinaryDumper(Dumper):
    """An integer of 64 bits."""

    format = Format.BINARY
    dump = staticmethod(struct.Struct("!q").pack)  # type: ignore[assignment]


class Uint4BinaryDumper(Dumper):
    """An integer of 32 bits without sign, for `oid`, `xid` and `cid`."""

    format = Format.BINARY
    dump = staticmethod(struct.Struct("!I").pack)  # type: ignore[assignment]


class Uint8BinaryDumper(Dumper):
    """An integer of 64 bits without sign, for `xid8`."""

    format = Format.BINARY
    dump = staticmethod(struct.Struct("!Q").pack)  # type: ignore[assignment]


class Float4BinaryDumper(Dumper):
    """A float that is not too large for 32 bits."""

    format = Format.BINARY
    dump = staticmethod(struct.Struct("!f").pack)  # type: ignore[assignment]


class BoolBinaryDumper(Dumper):
    """True or False, and nothing that is merely true."""

    format = Format.BINARY
    dump = {True: b"\x01", False: b"\x00"}.__getitem__  # type: ignore[assignment]


class BytesBinaryDumper(Dumper):
    """`bytes`, or another object that gives its bytes."""

    format = Format.BINARY

    def dump(self, obj: bytes | bytearray | memoryview) -> Buffer:
        return obj if isinstance(obj, bytes) else bytes(memoryview(obj))


class TimeBinaryDumper(Dumper):
    """A time of day without zone, in microseconds since midnight."""

    format = Format.BINARY

    def dump(self, obj: time) -> Buffer:
        if obj.tzinfo is not None:
            raise ValueError("a `time` has no time zone")
        seconds = (obj.hour * 60 + obj.minute) * 60 + obj.second
        return struct.pack("!q", seconds * 1_000_000 + obj.microsecond)


class IntervalBinaryDumper(Dumper):
    """A `timedelta`, for `interval`: microseconds, days, no months."""

    format = Format.BINARY

    def dump(self, obj: timedelta) -> Buffer:
        return struct.pack("!qii", obj.seconds * 1_000_000 + obj.microseconds, obj.days, 0)


class JsonDumper(Dumper):
    """Any value that JSON can say; also the binary form of `json`."""

    def dump(self, obj: Any) -> Buffer:
        return encode_json(obj)


class JsonBinaryDumper(JsonDumper):
    """Any value that JSON can say, for `json`."""

    format = Format.BINARY


class JsonbBinaryDumper(Dumper):
    """Any value that JSON can say, for `jsonb`: a version byte and the text."""

    format = Format.BINARY

    def dump(self, obj: Any) -> Buffer:
        return b"\x01" + encode_json(obj)


class CharDumper(Dumper):
    """One character, for `"char"`: a single byte, `''` for zero and `\\ooo` above 127."""

    format = Format.BINARY

    def dump(self, obj: str) -> Buffer:
        if not obj:
            return b"\0"
        if len(obj) == 4 and obj[0] == "\\":
            return bytes((int(obj[1:], 8),))
        if len(obj) > 1:
            raise ValueError('a "char" is one character')
        return obj.encode("ascii")


class BitBinaryDumper(Dumper):
    """A string of `0` and `1`, for `bit` and `varbit`."""

    format = Format.BINARY

    def dump(self, obj: str) -> Buffer:
        size = len(obj)
        if obj.strip("01"):
            raise ValueError("a bit string holds only `0` and `1`")
        padded = obj.ljust(-(-size // 8) * 8, "0")
        return struct.pack("!i", size) + int(padded or "0", 2).to_bytes(len(padded) // 8, "big")


class MacaddrBinaryDumper(Dumper):
    """A string of hexadecimal digits with any separators, for `macaddr` and `macaddr8`."""

    format = Format.BINARY

    def dump(self, obj: str) -> Buffer:
        return bytes.fromhex(re.sub(r"[:.\-]", "", obj))


class NumberTextDumper(Dumper):
    """An integer, for `xid`, `xid8` and `cid`."""

    def dump(self, obj: int) -> Buffer:
        return b"%d" % obj


class NumbersTextDumper(Dumper):
    """A sequence of integers, for `int2vector` and `oidvector`."""

    def dump(self, obj: Sequence[int]) -> Buffer:
        return b" ".join(b"%d" % number for number in obj)


class HstoreBinaryDumper(Dumper):
    """A mapping of strings to strings or None, for `hstore`."""

    format = Format.BINARY

    def dump(self, obj: Mapping[str, str | None]) -> Buffer:
        out = bytearray(struct.pack("!i", len(obj)))
        for key, value in obj.items():
            _append_counted(out, key.encode())
            if value is None:
                out += NULL
            else:
                _append_counted(out, value.encode())
        return out


class HstoreDumper(Dumper):
    """The text form of `hstore`."""

    def dump(self, obj: Mapping[str, str | None]) -> Buffer:
        pairs = (f"{_quoted(k)}=>{'NULL' if v is None else _quoted(v)}" for k, v in obj.items())
        return ",".join(pairs).encode()


class VectorBinaryDumper(Dumper):
    """A sequence of floats, for pgvector's `vector`."""

    format = Format.BINARY
    letter = "f"

    def dump(self, obj: Sequence[float]) -> Buffer:
        return struct.pack(f"!hh{len(obj)}{self.letter}", len(obj), 0, *obj)


class HalfvecBinaryDumper(VectorBinaryDumper):
    """A sequence of floats, for pgvector's `halfvec`."""

    letter = "e"


class VectorDumper(Dumper):
    """The text form of `vector` and `halfvec`."""

    def dump(self, obj: Sequence[float]) -> Buffer:
        return f"[{','.join(map(repr, map(float, obj)))}]".encode()


NULL = b"\xff\xff\xff\xff"
"""The length that stands for NULL in every binary compound."""


def element_dump(dumper: type[Dumper], context: AdaptContext | None) -> Callable[[Any], Any]:
    """Give the function that dumps one element of a compound."""
    return dumper(type(None), context).dump


def _append_counted(out: bytearray, data: bytes) -> None:
    out += struct.pack("!i", len(data))
    out += data


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
