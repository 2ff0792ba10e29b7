"""Associated data: where a value belongs, in bytes that no other place has.

    label ‖ n ‖ length ‖ part ‖ length ‖ part …

The label is fixed, `n` counts the parts (4 bytes, big-endian, as each length). The parts are
schema, table and column, then the values of the columns in `bind` as PostgreSQL writes them as
text, all in UTF-8. Every part says its length, so no two lists of parts have the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final
from uuid import UUID

VALUE: Final = b"sqlward value 1\x00"
BLIND_INDEX: Final = b"sqlward blind index 1\x00"
part_length: Final = Struct(">I").pack


def associated_data(label: bytes, identity: Sequence[str], row_key: Sequence[bytes] = ()) -> bytes:
    """Give the associated data of a column, and of a row when it is bound to one."""
    return associated_prefix(label, identity, len(row_key)) + b"".join(map(part, row_key))


def associated_prefix(label: bytes, identity: Sequence[str], bound: int) -> bytes:
    """Give what is the same for every row; the parts of the row key follow."""
    names = [part(name.encode()) for name in identity]
    return label + part_length(len(names) + bound) + b"".join(names)


def part(data: bytes) -> bytes:
    """Give one part with its length."""
    return part_length(len(data)) + data


def key_text(value: object) -> bytes | None:
    """Give a row key's value as PostgreSQL writes it as text, None for what is not one."""
    if isinstance(value, str):
        return str.encode(value)
    if isinstance(value, UUID):
        return UUID.__str__(value).encode()
    if isinstance(value, int) and not isinstance(value, bool):
        return b"%d" % value
    return None
