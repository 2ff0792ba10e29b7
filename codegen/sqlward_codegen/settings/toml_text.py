"""Strings, lists and keys as TOML writes them: the standard library only reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def toml_string(value: str) -> str:
    """Give a basic string; its escapes are those of JSON, and DEL's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_strings(values: Iterable[str]) -> str:
    """Give an array of strings on one line."""
    return f"[{', '.join(map(toml_string, values))}]"


def toml_key(name: str) -> str:
    """Give a key, bare where it can be."""
    return name if _BARE.fullmatch(name) else toml_string(name)
