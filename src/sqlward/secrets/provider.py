"""Where keys come from: the environment, a file, or anything that is a `KeyProvider`.

The form is the same everywhere: keys in base64 or hexadecimal, separated by white space or
commas, the primary first; a blind index key is marked `index:`. In a file, `#` starts a comment.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from sqlward.secrets.errors import KeyConfigurationError, NoKeyError
from sqlward.secrets.key import IndexKey, Key
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.secret import Secret

_COMMENT: Final = re.compile(r"#[^\n]*")
_SEPARATOR: Final = re.compile(r"[\s,]+")
_INDEX: Final = "index:"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@runtime_checkable
class KeyProvider(Protocol):
    """Gives the keys when a process starts; a key management service goes behind it."""

    def key_ring(self) -> KeyRing:
        """Give the keys. Raises `KeyConfigurationError` when there are none to give."""
        ...


@dataclass(frozen=True, slots=True)
class EnvironmentKeys:
    """Keys in an environment variable."""

    variable: str = "SQLWARD_KEYS"

    def key_ring(self, environment: Mapping[str, str] = os.environ) -> KeyRing:
        """Give the keys of the variable.

        Raises `NoKeyError` when it is not set or empty, `KeyConfigurationError` for a bad key.
        """
        if not environment.get(self.variable, "").strip():
            raise NoKeyError(f"the environment variable `{self.variable}` is not set")
        return _parsed(Secret(environment[self.variable]), f"`{self.variable}`")


@dataclass(frozen=True, slots=True)
class FileKeys:
    """Keys in a file that nobody but its owner, this user or root, can read or change."""

    path: Path

    def key_ring(self) -> KeyRing:
        """Give the keys of the file.

        Raises `NoKeyError` when there is no such file or no key in it, `KeyConfigurationError`
        when group or others have any access, somebody else owns it, or a key is bad.
        """
        text = _Private(self.path).text()
        return _parsed(Secret(_COMMENT.sub("", text.reveal())), f"`{self.path}`")


@dataclass(frozen=True, slots=True)
class _Private:
    path: Path

    def text(self) -> Secret[str]:
        # The mode is that of the file which is open, whatever the name points at by then.
        try:
            with self.path.open("rb") as file:
                self._check(os.fstat(file.fileno()))
                found = Secret(file.read())
        except FileNotFoundError:
            raise NoKeyError(f"there is no key file `{self.path}`") from None
        except OSError as error:
            raise KeyConfigurationError(
                f"cannot read the key file `{self.path}`: {error.strerror}"
            ) from None
        return Secret(found.reveal().decode("utf-8", "replace"))

    def _check(self, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise KeyConfigurationError(f"the key file `{self.path}` is not a file")
        if os.name == "nt":
            return
        if found.st_mode & _OTHERS:
            mode = stat.S_IMODE(found.st_mode)
            raise KeyConfigurationError(
                f"the key file `{self.path}` has mode {mode:04o}, which lets others at it: "
                "chmod 600"
            )
        if found.st_uid not in (0, os.geteuid()):
            raise KeyConfigurationError(f"the key file `{self.path}` belongs to another user")


def _parsed(text: Secret[str], place: str) -> KeyRing:
    words = [Secret(word) for word in _SEPARATOR.split(text.reveal()) if word]
    keys = [word for word in words if not word.reveal().startswith(_INDEX)]
    index_keys = [
        Secret(word.reveal().removeprefix(_INDEX))
        for word in words
        if word.reveal().startswith(_INDEX)
    ]
    if not keys:
        raise NoKeyError(f"there is no key in {place}")
    if len(index_keys) > 1:
        raise KeyConfigurationError(f"there are several `index:` keys in {place}")
    if {word.reveal() for word in keys} & {word.reveal() for word in index_keys}:
        raise KeyConfigurationError(f"the `index:` key in {place} is an encryption key too")
    index_key = None
    try:
        if index_keys:
            index_key = IndexKey.parse(index_keys[0])
        return KeyRing.of([Key.parse(word) for word in keys], index_key)
    except KeyConfigurationError as error:
        raise KeyConfigurationError(f"in {place}: {error}") from None
