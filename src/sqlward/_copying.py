"""Rows of a COPY, in the formats of the PostgreSQL manual's page on COPY."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from psycopg.abc import AdaptContext

from sqlward._adapters import Plan
from sqlward._dumpers import NULL, element_dump

BINARY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
BINARY_TAIL: Final = b"\xff\xff"

Dump: TypeAlias = Callable[[Any], Any]

_pack_count = struct.Struct("!h").pack
_pack_size = struct.Struct("!i").pack
_ESCAPES: Final = {b"\\": b"\\\\", b"\t": b"\\t", b"\n": b"\\n", b"\r": b"\\r"}
_escape = re.compile(rb"[\\\t\n\r]").sub


@dataclass(frozen=True, slots=True)
class CopyForm:
    """How the rows of one COPY become what is handed to psycopg.

    `is_ours`: `line` gives bytes of the COPY itself, between `head` and `tail`; otherwise it
    gives the row as it is and psycopg writes it.
    """

    is_ours: bool
    line: Callable[[Sequence[Any]], Any]
    head: bytes = b""
    tail: bytes = b""


BY_PSYCOPG: Final = CopyForm(False, lambda values: values)


def our_form(plan: Plan, context: AdaptContext, *, binary: bool) -> CopyForm:
    """Give the form of a COPY with columns that psycopg cannot write by OID alone."""
    dumps = [element_dump(dumper, context) for dumper in plan.dumpers]
    if not binary:
        return CopyForm(True, partial(_text_line, dumps))
    return CopyForm(True, partial(_binary_line, dumps), BINARY_HEAD, BINARY_TAIL)


def _binary_line(dumps: list[Dump], values: Sequence[Any]) -> bytes:
    out = bytearray(_pack_count(len(values)))
    for dump, value in zip(dumps, values, strict=True):
        if value is None:
            out += NULL
        else:
            data = dump(value)
            out += _pack_size(len(data))
            out += data
    return bytes(out)


def _text_line(dumps: list[Dump], values: Sequence[Any]) -> bytes:
    fields = (
        b"\\N" if value is None else _escape(_escaped, bytes(dump(value)))
        for dump, value in zip(dumps, values, strict=True)
    )
    return b"\t".join(fields) + b"\n"


def _escaped(match: re.Match[bytes]) -> bytes:
    return _ESCAPES[match[0]]
