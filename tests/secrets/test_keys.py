"""Keys, their ids, and where they come from."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import os
import pickle
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from secret_world import EnvelopeService, WrappedKeys, random_key

from sqlward.secrets import (
    EnvironmentKeys,
    FileKeys,
    IndexKey,
    Key,
    KeyConfigurationError,
    KeyProvider,
    KeyRing,
    NoKeyError,
    Secret,
    new_key,
)

RAW = bytes(range(32))
STANDARD = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def test_an_id_is_96_bits_of_a_labelled_sha_256() -> None:
    """Documented, so that it can be computed elsewhere; another label for index keys."""
    expected = hashlib.sha256(b"sqlward key id 1\x00" + RAW).hexdigest()[:24]
    index = "index-" + hashlib.sha256(b"sqlward index key id 1\x00" + RAW).hexdigest()[:24]

    assert expected == Key(Secret(RAW)).id
    assert index == IndexKey(Secret(RAW)).id


@pytest.mark.parametrize(
    "text",
    [RAW.hex(), RAW.hex().upper(), STANDARD, STANDARD.rstrip("=")],
    ids=["hex", "HEX", "base64", "bare"],
)
def test_a_key_is_base64_or_hexadecimal(text: str) -> None:
    """Both forms, padded or not, give the same key."""
    assert Key(Secret(RAW)) == Key.parse(Secret(text))


def test_a_key_may_be_url_safe_base64() -> None:
    """The URL-safe alphabet is the same key."""
    standard = Secret("+/" + STANDARD[2:])
    url_safe = Secret("-_" + STANDARD[2:])

    assert Key.parse(standard) == Key.parse(url_safe)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("canary", "a key is 32 bytes in base64 or hexadecimal, this one is neither"),
        ("Y2FuYXJ5", "a key is 32 bytes, this one is 6"),
        ("canary" + "0" * 58, "a key is 32 bytes in base64 or hexadecimal, this one is neither"),
        ("00" * 32, "a key is random bytes, this one repeats a few"),
    ],
)
def test_what_is_no_key_is_refused_unseen(text: str, message: str) -> None:
    """Neither the message nor a traceback with locals quotes it."""
    secret = Secret(text)
    with pytest.raises(KeyConfigurationError) as caught:
        Key.parse(secret)
    report = traceback.TracebackException.from_exception(
        caught.value.with_traceback(
            caught.value.__traceback__ and caught.value.__traceback__.tb_next
        ),
        capture_locals=True,
    )

    assert message == str(caught.value)
    assert text not in "".join(report.format())


def test_keys_are_never_shown() -> None:
    """Forms of a key and of a ring hold ids; pickling is refused; copies are the key."""
    text = new_key()
    ring = KeyRing(Key.parse(text), (), IndexKey.parse(new_key()))

    assert f"Key(id='{ring.primary.id}')" == repr(ring.primary) == str(ring.primary)
    assert text.reveal() not in repr(ring) + repr(dataclasses.asdict(ring))
    assert ring.primary is copy.deepcopy(ring.primary)
    for thing in (ring, ring.primary, ring.index_key):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


def test_new_keys_are_new() -> None:
    """Each has 32 bytes of its own."""
    assert 50 == len({random_key().id for _ in range(50)})


def test_a_ring_refuses_a_key_twice() -> None:
    """The same key in two places is a mistake in the configuration."""
    key = random_key()
    with pytest.raises(KeyConfigurationError, match="twice"):
        KeyRing(key, (key,))


def _environment(text: str) -> Mapping[str, str]:
    return {"SQLWARD_KEYS": text}


def test_keys_come_from_the_environment() -> None:
    """The primary first, then older ones; an index key is marked."""
    first, second, index = new_key(), new_key(), new_key()
    text = f"{first.reveal()}, {second.reveal()}\nindex:{index.reveal()}"
    ring = EnvironmentKeys().key_ring(_environment(text))

    assert KeyRing(Key.parse(first), (Key.parse(second),), IndexKey.parse(index)) == ring


@pytest.mark.parametrize("environment", [{}, _environment(""), _environment(" \n")])
def test_an_environment_without_keys_is_refused(environment: Mapping[str, str]) -> None:
    """The message names the variable and the way out."""
    with pytest.raises(NoKeyError) as caught:
        EnvironmentKeys().key_ring(environment)

    assert (
        "the environment variable `SQLWARD_KEYS` is not set: "
        "configure one, or say `plaintext=True` to store in the clear"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (lambda key: "canary", "in `SQLWARD_KEYS`: a key is 32 bytes in base64 or hexadecimal"),
        (lambda key: f"{key} {key}", "in `SQLWARD_KEYS`: a key is on the ring twice"),
        (lambda key: f"index:{key}", "there is no key in `SQLWARD_KEYS`"),
        (lambda key: f"{key} index:{key}", "the `index:` key in `SQLWARD_KEYS` is an encryption"),
        (lambda key: f"{key} index:{key} index:{key}", "there are several `index:` keys"),
    ],
)
def test_bad_keys_are_refused_with_their_place(text: Callable[[str], str], message: str) -> None:
    """The message says which variable, never what is in it."""
    key = new_key().reveal()
    with pytest.raises(KeyConfigurationError) as caught:
        EnvironmentKeys().key_ring(_environment(text(key)))

    assert str(caught.value).startswith(message)
    assert key not in str(caught.value)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file with a key, and a comment."""
    path = tmp_path / "keys"
    path.touch(0o600)
    path.write_text(f"# made in May\n{STANDARD}  # primary\n")
    return path


def test_keys_come_from_a_file(key_file: Path) -> None:
    """Comments are left out."""
    assert KeyRing(Key(Secret(RAW))) == FileKeys(key_file).key_ring()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644])
def test_a_file_that_others_can_touch_is_refused(key_file: Path, mode: int) -> None:
    """Any bit for group or others, also through a link that looks private."""
    key_file.chmod(mode)
    link = key_file.with_name("link")
    link.symlink_to(key_file)
    for path in (key_file, link):
        with pytest.raises(KeyConfigurationError) as caught:
            FileKeys(path).key_ring()

        assert (
            f"the key file `{path}` has mode {mode:04o}, which lets others at it: chmod 600"
        ) == str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_is_refused(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who owns the file could put another key in it."""
    os.chown(key_file, 12345, 12345)
    with pytest.raises(KeyConfigurationError, match="belongs to another user"):
        FileKeys(key_file).key_ring()


def test_no_file_and_no_regular_file_are_refused(tmp_path: Path) -> None:
    """A missing file is a missing key; a folder is no file."""
    with pytest.raises(NoKeyError, match="there is no key file"):
        FileKeys(tmp_path / "none").key_ring()
    with pytest.raises(KeyConfigurationError, match="cannot read the key file"):
        FileKeys(tmp_path).key_ring()


def test_a_key_management_service_is_a_provider() -> None:
    """Anything with `key_ring` will do."""
    service, data_key = EnvelopeService(), new_key()
    provider: KeyProvider = WrappedKeys(service, (service.wrap(data_key),))

    assert isinstance(provider, KeyProvider)
    assert KeyRing(Key.parse(data_key)) == provider.key_ring()
    assert isinstance(EnvironmentKeys(), KeyProvider)
    assert isinstance(FileKeys(Path("keys")), KeyProvider)
