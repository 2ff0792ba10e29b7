"""Blind indexes: equal for equal values of one column, and for nothing else."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from dataclasses import replace

import pytest
from secret_world import CONFIG, EMAIL, TOKEN, random_key

from sqlward.secrets import (
    BlindIndex,
    Crypt,
    IndexKey,
    KeyRing,
    NoKeyError,
    Normalization,
    Secret,
)
from sqlward.secrets.blind_index import normalized

RAW = bytes(range(32))
CRYPT = Crypt(KeyRing(random_key(), (), IndexKey(Secret(RAW))))


def test_it_is_hmac_sha_256() -> None:
    """Over the column's associated data and the normal form; compared with Python's own."""
    column = CRYPT.column(EMAIL)
    data = (
        b"sqlward blind index 1\x00\x00\x00\x00\x03\x00\x00\x00\x06public"
        b"\x00\x00\x00\x08accounts\x00\x00\x00\x05email" + b"ann@example.org"
    )

    assert hmac.digest(RAW, data, hashlib.sha256) == column.index(Secret("Ann@Example.org"))


def test_each_column_has_its_own() -> None:
    """The same value in two columns cannot be matched; a `text` column holds base64."""
    one = CRYPT.column(EMAIL).index(Secret("a"))
    other = CRYPT.column(replace(EMAIL, column="mail")).index(Secret("a"))
    index = BlindIndex("email_index", EMAIL.blind_index.normalize, "text")  # type: ignore[union-attr]
    text = CRYPT.column(replace(EMAIL, blind_index=index)).index(Secret("a"))

    assert isinstance(one, bytes)
    assert one != other
    assert b64encode(one).decode() == text


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (set(), "  STRASSE Åß "),
        ({"strip"}, "STRASSE Åß"),
        ({"lower"}, "  strasse åß "),
        ({"casefold"}, "  strasse åss "),
        ({"nfc", "strip"}, "STRASSE Åß"),
        ({"nfc", "casefold", "strip"}, "strasse åss"),
    ],
)
def test_normal_forms(steps: set[str], expected: str) -> None:
    """Only the steps that are declared; the A has its ring as a character of its own."""
    text = "  STRASSE A\u030aß "
    wanted = (
        expected if "nfc" in steps else expected.replace("Å", "A\u030a").replace("å", "a\u030a")
    )

    assert wanted == normalized(text, {Normalization(step) for step in steps})


def test_null_has_none() -> None:
    """NULL has a NULL index, and the empty text one of its own."""
    column = CRYPT.column(EMAIL)

    assert column.index(None) is None
    assert column.index(Secret("")) is not None


def test_it_needs_its_own_key_and_a_column() -> None:
    """No key for it, no column; no index, no digest; JSON has none at all."""
    with pytest.raises(NoKeyError, match="has a blind index"):
        Crypt(KeyRing(random_key())).column(EMAIL)
    with pytest.raises(ValueError, match="has no blind index"):
        CRYPT.column(TOKEN).index(Secret("a"))
    with pytest.raises(ValueError, match="JSON"):
        replace(CONFIG, blind_index=BlindIndex("config_index"))
