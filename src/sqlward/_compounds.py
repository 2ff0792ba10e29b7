"""Values made of values: enums, arrays, composites, ranges and multiranges, both ways.

Each class is a template; `type(...)` with the attributes filled in makes the adapter of one
type. Elements are written by the PostgreSQL type that was declared, never by Python value.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper, Loader, RecursiveLoader
from psycopg.pq import Format
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlward._dumpers import NULL, element_dump
from sqlward.errors import CompositeMismatchError, UnknownEnumLabelError

_pack_int = struct.Struct("!i").pack
_pack_field = struct.Struct("!Ii").pack
_unpack_field = struct.Struct("!Ii").unpack_from
_escape = re.compile(rb'(["\\])').sub


# --- enums -----------------------------------------------------------------------------


class EnumDumper(Dumper):
    """A member, or its label."""

    def dump(self, obj: str) -> Buffer:
        return obj.encode()


class EnumBinaryDumper(EnumDumper):
    """A member, or its label."""

    format = Format.BINARY


class EnumLoader(Loader):
    """The member with that label."""

    type_name: ClassVar[str]
    members: ClassVar[dict[bytes, StrEnum]]

    def load(self, data: Buffer) -> StrEnum:
        label = bytes(data)
        try:
            return self.members[label]
        except KeyError:
            raise UnknownEnumLabelError(self.type_name, label.decode()) from None


class EnumBinaryLoader(EnumLoader):
    """The member with that label."""

    format = Format.BINARY


# --- arrays ----------------------------------------------------------------------------


class ArrayDumper(Dumper):
    """A sequence, or a nesting of lists and tuples, as text.

    `depth` is the number of dimensions where the elements may be sequences themselves, as
    those of `jsonb[]`; None lets the value say it.
    """

    element: ClassVar[type[Dumper]]
    depth: ClassVar[int | None]
    delimiter: ClassVar[bytes]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._dump_element = element_dump(self.element, context)

    def dump(self, obj: Sequence[Any]) -> Buffer:
        sizes = _dimensions(obj, self.depth)
        return self._braced(obj, len(sizes)) if sizes else b"{}"

    def _braced(self, obj: Sequence[Any], depth: int) -> bytes:
        if depth > 1:
            parts = [self._braced(part, depth - 1) for part in obj]
        else:
            parts = [b"NULL" if e is None else _quoted(self._dump_element(e)) for e in obj]
        return b"{" + self.delimiter.join(parts) + b"}"


class ArrayBinaryDumper(Dumper):
    """A sequence, or a nesting of lists and tuples; see `ArrayDumper`."""

    format = Format.BINARY
    element: ClassVar[type[Dumper]]
    element_oid: ClassVar[int]
    depth: ClassVar[int | None]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._dump_element = element_dump(self.element, context)

    def dump(self, obj: Sequence[Any]) -> Buffer:
        sizes = _dimensions(obj, self.depth)
        flat = _flat(obj, len(sizes))
        out = bytearray(struct.pack("!iiI", len(sizes), None in flat, self.element_oid))
        for size in sizes:
            out += struct.pack("!ii", size, 1)
        for element in flat:
            if element is None:
                out += NULL
            else:
                data = self._dump_element(element)
                out += _pack_int(len(data))
                out += data
        return out


def _dimensions(value: Any, depth: int | None) -> list[int]:
    """Give the size of each dimension, `[]` for an empty array."""
    if isinstance(value, str | bytes | bytearray | memoryview):
        raise TypeError("a string is not an array")
    sizes: list[int] = []
    while depth is None or len(sizes) < depth:
        if sizes and (depth is None and not isinstance(value, list | tuple)):
            break
        if not len(value):
            return []
        sizes.append(len(value))
        value = value[0]
    return sizes


def _flat(value: Sequence[Any], depth: int) -> list[Any]:
    """Give the elements in order.

    Raises `ValueError` where a dimension is not of one size.
    """
    if not depth:
        return []
    flat = list(value)
    for _ in range(depth - 1):
        if any(not isinstance(part, list | tuple) or len(part) != len(flat[0]) for part in flat):
            raise ValueError("the parts of an array must have one size")
        flat = [element for part in flat for element in part]
    return flat


# --- composites ------------------------------------------------------------------------


class CompositeDumper(Dumper):
    """An object with an attribute per field, as text."""

    attributes: ClassVar[tuple[str, ...]]
    field_dumpers: ClassVar[tuple[type[Dumper], ...]]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._dumps = [element_dump(dumper, context) for dumper in self.field_dumpers]

    def dump(self, obj: Any) -> Buffer:
        values = (getattr(obj, name) for name in self.attributes)
        parts = (
            b"" if value is None else _quoted(dump(value))
            for dump, value in zip(self._dumps, values, strict=True)
        )
        return b"(" + b",".join(parts) + b")"


class CompositeBinaryDumper(Dumper):
    """An object with an attribute per field."""

    format = Format.BINARY
    attributes: ClassVar[tuple[str, ...]]
    field_dumpers: ClassVar[tuple[type[Dumper], ...]]
    field_oids: ClassVar[tuple[int, ...]]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        dumps = [element_dump(dumper, context) for dumper in self.field_dumpers]
        self._fields = tuple(zip(self.attributes, self.field_oids, dumps, strict=True))

    def dump(self, obj: Any) -> Buffer:
        out = bytearray(_pack_int(len(self._fields)))
        for name, oid, dump in self._fields:
            value = getattr(obj, name)
            if value is None:
                out += _pack_field(oid, -1)
            else:
                data = dump(value)
                out += _pack_field(oid, len(data))
                out += data
        return out


class CompositeLoader(RecursiveLoader):
    """An object made from the fields in order, from text."""

    type_name: ClassVar[str]
    cls: ClassVar[type[Any]]
    field_oids: ClassVar[tuple[int, ...]]

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        self._loads = [self._tx.get_loader(o, Format.TEXT).load for o in self.field_oids]

    def load(self, data: Buffer) -> Any:
        texts = _record_texts(bytes(data)) if self._loads else []
        _check_fields(self.type_name, len(self._loads), len(texts))
        values = (
            None if text is None else load(text)
            for load, text in zip(self._loads, texts, strict=False)
        )
        return self.cls(*values)


class CompositeBinaryLoader(RecursiveLoader):
    """An object made from the fields in order.

    Fields that the database has at the end and the class does not know are left out, so that
    a column can be added while older code runs.
    """

    format = Format.BINARY
    type_name: ClassVar[str]
    cls: ClassVar[type[Any]]
    field_oids: ClassVar[tuple[int, ...]]

    def load(self, data: Buffer) -> Any:
        data = bytes(data)
        found = int.from_bytes(data[:4], "big")
        _check_fields(self.type_name, len(self.field_oids), found)
        values: list[Any] = []
        position = 4
        for _ in self.field_oids:
            oid, length = _unpack_field(data, position)
            position += 8
            if length < 0:
                values.append(None)
                continue
            load = self._tx.get_loader(oid, Format.BINARY).load
            values.append(load(data[position : position + length]))
            position += length
        return self.cls(*values)


def attribute_names(cls: type[Any]) -> tuple[str, ...]:
    """Give the attributes of a composite's class in the order of its arguments."""
    names: tuple[str, ...] = cls.__match_args__
    return names


def _check_fields(type_name: str, expected: int, found: int) -> None:
    if found < expected:
        raise CompositeMismatchError(type_name, expected, found)


_FIELD = re.compile(rb'(?:"((?:[^"\\]|\\.|"")*)"|([^",()\\]*))([,)])', re.DOTALL)
_UNESCAPE = re.compile(rb'\\(.)|"(")', re.DOTALL)


def _record_texts(data: bytes) -> list[bytes | None]:
    """Give the fields of a record's text form, `(a,"b c",)`."""
    texts: list[bytes | None] = []
    for match in _FIELD.finditer(data, 1):
        if match[1] is not None:
            texts.append(_UNESCAPE.sub(rb"\1\2", match[1]))
        else:
            texts.append(match[2] or None)
        if match[3] == b")":
            break
    return texts


# --- ranges ----------------------------------------------------------------------------

_EMPTY = 0x01
_LOWER_INCLUSIVE = 0x02
_UPPER_INCLUSIVE = 0x04
_LOWER_INFINITE = 0x08
_UPPER_INFINITE = 0x10


class RangeDumper(Dumper):
    """A `Range`, as text."""

    element: ClassVar[type[Dumper]]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._dump_bound = element_dump(self.element, context)

    def dump(self, obj: Range[Any]) -> Buffer:
        return _range_text(obj, self._dump_bound)


class RangeBinaryDumper(RangeDumper):
    """A `Range`."""

    format = Format.BINARY

    def dump(self, obj: Range[Any]) -> Buffer:
        return _range_binary(obj, self._dump_bound)


class MultirangeDumper(Dumper):
    """A `Multirange`, as text."""

    element: ClassVar[type[Dumper]]

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._dump_bound = element_dump(self.element, context)

    def dump(self, obj: Multirange[Any]) -> Buffer:
        return b"{" + b",".join(_range_text(range, self._dump_bound) for range in obj) + b"}"


class MultirangeBinaryDumper(MultirangeDumper):
    """A `Multirange`."""

    format = Format.BINARY

    def dump(self, obj: Multirange[Any]) -> Buffer:
        out = bytearray(_pack_int(len(obj)))
        for range in obj:
            data = _range_binary(range, self._dump_bound)
            out += _pack_int(len(data))
            out += data
        return out


def _range_text(range: Range[Any], dump: Callable[[Any], bytes]) -> bytes:
    if range.isempty:
        return b"empty"
    return b"".join(
        (
            b"[" if range.lower_inc else b"(",
            b"" if range.lower is None else _quoted(dump(range.lower)),
            b",",
            b"" if range.upper is None else _quoted(dump(range.upper)),
            b"]" if range.upper_inc else b")",
        )
    )


def _range_binary(range: Range[Any], dump: Callable[[Any], bytes]) -> bytearray:
    if range.isempty:
        return bytearray((_EMPTY,))
    flags = (
        (_LOWER_INCLUSIVE if range.lower_inc else 0)
        | (_UPPER_INCLUSIVE if range.upper_inc else 0)
        | (_LOWER_INFINITE if range.lower is None else 0)
        | (_UPPER_INFINITE if range.upper is None else 0)
    )
    out = bytearray((flags,))
    for bound in (range.lower, range.upper):
        if bound is not None:
            data = dump(bound)
            out += _pack_int(len(data))
            out += data
    return out


def _quoted(data: Buffer) -> bytes:
    return b'"' + _escape(rb"\\\1", bytes(data)) + b'"'
