"""Where a value belongs, in bytes that no other place has."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sqlward.secrets.associated_data import VALUE, associated_data, key_text

PARTS = st.lists(st.text(max_size=6).map(str.encode), max_size=3)
NAMES = st.tuples(*(st.text(max_size=4),) * 3)


@given(NAMES, PARTS, NAMES, PARTS)
@example(("a", "bc", "d"), [], ("ab", "c", "d"), [])
@example(("a", "b", "c"), [b"1", b"2"], ("a", "b", "c"), [b"12"])
@example(("a", "b", "c"), [b""], ("a", "b", "c"), [])
def test_two_places_never_share_their_associated_data(
    names: tuple[str, ...], key: list[bytes], other_names: tuple[str, ...], other_key: list[bytes]
) -> None:
    """Equal bytes mean equal schema, table, column and row key."""
    same = (names, key) == (other_names, other_key)

    assert same == (
        associated_data(VALUE, names, key) == associated_data(VALUE, other_names, other_key)
    )


def test_the_bytes_are_what_is_documented() -> None:
    """The form is part of what is stored: a change makes every stored value unreadable."""
    expected = (
        b"sqlward value 1\x00\x00\x00\x00\x04"
        b"\x00\x00\x00\x06public\x00\x00\x00\x05users\x00\x00\x00\x03pin\x00\x00\x00\x0242"
    )

    assert expected == associated_data(VALUE, ("public", "users", "pin"), [b"42"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (42, b"42"),
        (-7, b"-7"),
        ("a b", b"a b"),
        (UUID("0192F4A0-0000-7000-8000-00000000000A"), b"0192f4a0-0000-7000-8000-00000000000a"),
        (True, None),
        (None, None),
        (1.5, None),
        (b"raw", None),
    ],
)
def test_a_row_key_is_what_postgresql_writes_as_text(value: object, expected: bytes | None) -> None:
    """Numbers, UUIDs and texts are; anything else, whose text is not certain, is no row key."""
    assert expected == key_text(value)
