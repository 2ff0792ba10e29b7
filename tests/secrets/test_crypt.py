"""What goes in comes out, and nothing else opens."""

from __future__ import annotations

import traceback
from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from secret_world import BLOB, CANARY, CONFIG, EMAIL, TOKEN, random_index_key, random_key

from sqlward.secrets import (
    BYTES,
    TEXT,
    Crypt,
    DecryptionError,
    KeyRing,
    NoKeyError,
    PayloadError,
    PlaintextError,
    RowKeyError,
    Secret,
    SecretColumn,
    UnknownKeyError,
)

RING = KeyRing(random_key(), (random_key(),), random_index_key())
CRYPT = Crypt(RING)
ID = UUID(int=7)
TOKENS = CRYPT.column(TOKEN)
BLOBS = CRYPT.column(BLOB)
CONFIGS = CRYPT.column(CONFIG)


@given(st.text() | st.text(st.characters(categories=["Cs", "Cc", "L"])))
@example("")
@example("\x00")
@example("\ud800")
def test_any_text_comes_back(text: str) -> None:
    """Every Python text, the empty one, NUL and lone surrogates too."""
    stored, key_id = TOKENS.encrypt(Secret(text), ID)

    assert isinstance(stored, str)
    assert RING.primary.id == key_id
    assert text == TOKENS.decrypt(stored, key_id, ID).reveal()


@given(st.binary())
@example(b"")
def test_any_bytes_come_back(data: bytes) -> None:
    """Every byte string, 29 bytes longer when stored."""
    stored, key_id = BLOBS.encrypt(Secret(data))

    assert isinstance(stored, bytes)
    assert len(data) + 29 == len(stored)
    assert data == BLOBS.decrypt(stored, key_id).reveal()


@pytest.mark.parametrize("value", [None, {"a": [1, 2.5, None, "ü"]}, [], "text", 10**30])
def test_json_comes_back(value: Any) -> None:
    """JSON values, JSON's null among them, which is not SQL's NULL."""
    stored, key_id = CONFIGS.encrypt(Secret(value))

    assert stored is not None
    assert value == CONFIGS.decrypt(stored, key_id).reveal()


def test_null_is_null() -> None:
    """NULL stays NULL, with a NULL key id; an empty text is encrypted."""
    assert (None, None) == TOKENS.encrypt(None, ID)
    assert TOKENS.decrypt(None, None, ID) is None
    assert TOKENS.encrypt(Secret(""), ID).value


def test_every_encryption_is_fresh() -> None:
    """The same value never looks the same twice."""
    assert 100 == len({TOKENS.encrypt(Secret("a"), ID).value for _ in range(100)})


@given(st.binary(max_size=40), st.data())
def test_a_flipped_bit_is_refused(data: bytes, draw: st.DataObject) -> None:
    """Any bit: of the version, the nonce, the ciphertext or the tag."""
    stored, key_id = BLOBS.encrypt(Secret(data))
    assert isinstance(stored, bytes)
    bit = draw.draw(st.integers(0, 8 * len(stored) - 1))
    flipped = (int.from_bytes(stored, "big") ^ 1 << bit).to_bytes(len(stored), "big")

    with pytest.raises(DecryptionError):
        BLOBS.decrypt(flipped, key_id)


@given(st.text(max_size=8), st.data())
def test_a_flipped_bit_of_base64_is_refused(text: str, draw: st.DataObject) -> None:
    """Also where base64 itself would forgive: padding, and the spare bits before it."""
    stored, key_id = TOKENS.encrypt(Secret(text), ID)
    assert isinstance(stored, str)
    place = draw.draw(st.integers(0, len(stored) - 1))
    other = chr(ord(stored[place]) ^ 1 << draw.draw(st.integers(0, 6)))

    with pytest.raises(DecryptionError):
        TOKENS.decrypt(stored[:place] + other + stored[place + 1 :], key_id, ID)


@given(st.text(max_size=8), st.data())
def test_a_cut_or_longer_value_is_refused(text: str, draw: st.DataObject) -> None:
    """Any beginning of a value, and any value with more after it."""
    stored, key_id = TOKENS.encrypt(Secret(text), ID)
    assert isinstance(stored, str)
    envelope = b64decode(stored)
    end = draw.draw(st.integers(0, len(envelope) - 1))
    for changed in (envelope[:end], envelope + envelope[:1]):
        with pytest.raises(DecryptionError):
            TOKENS.decrypt(b64encode(changed).decode(), key_id, ID)
    for text_changed in (stored[:end], stored + "\n", "\n" + stored, "ü" + stored):
        with pytest.raises(DecryptionError):
            TOKENS.decrypt(text_changed, key_id, ID)


PLACES = st.tuples(*(st.text("ab.", max_size=3),) * 3, st.text("ab12", max_size=3))


@given(PLACES, PLACES)
@example(("a", "b", "c", "d"), ("a", "b", "c", "e"))
@example(("a", "b", "c", "d"), ("a", "b", "e", "d"))
@example(("a", "b", "c", "d"), ("a", "e", "c", "d"))
@example(("a", "b", "c", "d"), ("e", "b", "c", "d"))
@example(("a", "b.c", "d", "e"), ("a.b", "c", "d", "e"))
def test_a_value_opens_in_its_own_place_only(here: tuple[str, ...], there: tuple[str, ...]) -> None:
    """Moved to another row, column, table or schema, a value does not open."""
    crypts = [
        CRYPT.column(SecretColumn(schema, table, name, "k", TEXT, bind=("id",)))
        for schema, table, name, _ in (here, there)
    ]
    stored, key_id = crypts[0].encrypt(Secret("a"), here[3])
    assert stored is not None
    if here == there:
        assert "a" == crypts[1].decrypt(stored, key_id, there[3]).reveal()
        return
    with pytest.raises(DecryptionError):
        crypts[1].decrypt(stored, key_id, there[3])


def test_a_renamed_column_opens_by_the_name_it_was_written_as() -> None:
    """`written_as` keeps values readable after a rename."""
    stored, key_id = TOKENS.encrypt(Secret("a"), ID)
    renamed = replace(TOKEN, table="users", written_as=("public", "accounts", "token"))

    assert stored is not None
    assert "a" == CRYPT.column(renamed).decrypt(stored, key_id, ID).reveal()


def test_older_keys_read_and_the_primary_writes() -> None:
    """A value is under the primary of its time, and opens while that key is on the ring."""
    before = Crypt(KeyRing(RING.older[0])).column(TOKEN)
    stored, key_id = before.encrypt(Secret("a"), ID)

    assert stored is not None
    assert "a" == TOKENS.decrypt(stored, key_id, ID).reveal()
    assert RING.primary.id == TOKENS.encrypt(Secret("a"), ID).key_id


def test_a_wrong_key_id_is_refused() -> None:
    """A value opens under its own key only, and a key that is not there has its own error."""
    stored, _ = TOKENS.encrypt(Secret("a"), ID)
    assert stored is not None
    with pytest.raises(DecryptionError) as refused:
        TOKENS.decrypt(stored, RING.older[0].id, ID)
    with pytest.raises(UnknownKeyError) as unknown:
        TOKENS.decrypt(stored, "0" * 24, ID)

    assert (
        f"cannot decrypt `public.accounts.token` under key `{RING.older[0].id}`: the value was "
        "changed or cut, or belongs to another row, column or key"
    ) == str(refused.value)
    assert (
        "cannot decrypt `public.accounts.token` under key `000000000000000000000000`: "
        "there is no such key on the ring"
    ) == str(unknown.value)


def test_there_is_no_silent_plaintext() -> None:
    """Neither without a ring, nor for a row that names no key."""
    with pytest.raises(NoKeyError):
        Crypt(None)
    with pytest.raises(PlaintextError):
        TOKENS.decrypt("in the clear", None, ID)


def test_plaintext_is_said_aloud() -> None:
    """Without a ring values are stored as they are; with one, such rows are still read."""
    clear = Crypt(None, plaintext=True).column(TOKEN)
    moving = Crypt(RING, plaintext=True).column(TOKEN)

    assert ("in the clear", None) == clear.encrypt(Secret("in the clear"), ID)
    assert "in the clear" == clear.decrypt("in the clear", None, ID).reveal()
    assert "in the clear" == moving.decrypt("in the clear", None, ID).reveal()
    assert RING.primary.id == moving.encrypt(Secret("a"), ID).key_id


@pytest.mark.parametrize("row_key", [(), (ID, ID), (None,), (1.0,), (True,)])
def test_a_bound_column_needs_its_row_key(row_key: tuple[object, ...]) -> None:
    """A row key that is missing, NULL or of another type is refused before anything is stored."""
    with pytest.raises(RowKeyError):
        TOKENS.encrypt(Secret("a"), *row_key)


def test_no_error_holds_the_value() -> None:
    """Not the message, and not the locals of any frame of ours."""
    secret = Secret("".join(["canary-7f3a-", "the-value-itself"]))
    bad_json: Secret[Any] = Secret({"key": [secret.reveal(), object()]})
    calls: list[Any] = [
        (PayloadError, lambda: BLOBS.encrypt(secret)),  # type: ignore[arg-type]
        (PayloadError, lambda: TOKENS.encrypt(Secret(secret.reveal().encode()), ID)),  # type: ignore[arg-type]
        (PayloadError, lambda: TOKENS.encrypt(secret.reveal(), ID)),  # type: ignore[arg-type]
        (PayloadError, lambda: CRYPT.column(EMAIL).index(secret.reveal())),  # type: ignore[arg-type]
        (PayloadError, lambda: CRYPT.column(EMAIL).index(bad_json)),
        (PayloadError, lambda: CONFIGS.encrypt(bad_json)),
        (RowKeyError, lambda: TOKENS.encrypt(secret)),
        (PlaintextError, lambda: TOKENS.decrypt(secret.reveal(), None, ID)),
        (DecryptionError, lambda: _other_payload(secret)),
    ]
    for expected, call in calls:
        with pytest.raises(expected) as caught:
            call()
        report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)

        assert CANARY not in "".join(report.format())
        assert caught.value.__context__ is None


def _other_payload(secret: Secret[str]) -> object:
    """Read as text what was written as bytes that are no text."""
    place = ("public", "accounts", "other")
    written = CRYPT.column(SecretColumn(*place, "k", BYTES, storage="bytea"))
    read = CRYPT.column(SecretColumn(*place, "k", TEXT, storage="bytea"))
    stored, key_id = written.encrypt(Secret(secret.reveal().encode() + b"\xff"))
    assert stored is not None
    return read.decrypt(stored, key_id)


def test_errors_survive_pickling() -> None:
    """An error crosses a process boundary as what it is."""
    import pickle

    for error in (
        DecryptionError("public.t", "c", "k"),
        UnknownKeyError("public.t", "c", "k"),
        PlaintextError("public.t", "c"),
        PayloadError("public.t", "c", "text", "int"),
        RowKeyError("public.t", "c", "why"),
        NoKeyError(),
    ):
        again = pickle.loads(pickle.dumps(error))

        assert (type(error), str(error)) == (type(again), str(again))
