"""PostgreSQL's own scanner (libpg_query, through postgast): the only module that knows of it.

Offsets are characters here; the scanner's are UTF-8 bytes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import ModuleType

# Token kinds of libpg_query (`enum Token`); a character that stands for itself has its code.
IDENTIFIER: Final = 258
UNICODE_IDENTIFIER: Final = 259
STRING: Final = 261
UNICODE_STRING: Final = 262
OPERATOR: Final = 265
PARAMETER: Final = 267
LINE_COMMENT: Final = 275
BLOCK_COMMENT: Final = 276

CONSTANTS: Final = frozenset({260, STRING, UNICODE_STRING, 263, 264, 266})
"""Numbers, strings and bit strings."""

COMMENTS: Final = frozenset({LINE_COMMENT, BLOCK_COMMENT})

RESERVED: Final = 4
"""`Token.keyword` of a reserved word; 0 is no keyword, 1 to 3 are words that can be names."""

_NON_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_NEAR: Final = re.compile(r" at or near \".*", re.DOTALL)


class LexError(Exception):
    """The scanner cannot go on: `message` is PostgreSQL's, `position` a character offset."""

    def __init__(self, message: str, position: int) -> None:
        self.message = message
        self.position = position
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: characters `[start, end)`, `kind` and `keyword` as the scanner numbers them."""

    kind: int
    text: str
    start: int
    end: int
    keyword: int = 0

    @property
    def is_name(self) -> bool:
        """Whether the token can be an identifier here: a plain or quoted one, or any word."""
        return self.kind == IDENTIFIER or self.keyword > 0

    @property
    def word(self) -> str:
        """The upper-case word of a keyword or plain identifier, empty for anything else."""
        return self.text.upper() if self.is_name and self.text[:1] != '"' else ""


class Tokens:
    """The tokens of one text, comments included; made into `Token` only where looked at.

    `kinds` holds every token's kind, which is enough to find the places that matter.
    """

    __slots__ = ("_extra", "_raw", "_wide", "kinds", "text")

    def __init__(self, text: str, raw: Any) -> None:
        self.text = text
        self.kinds: list[int] = [token.token for token in raw]
        self._raw = raw
        self._wide, self._extra = _wide_characters(text)

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, index: int) -> Token:
        raw = self._raw[index]
        start, end = self._offset(raw.start), self._offset(raw.end)
        return Token(self.kinds[index], self.text[start:end], start, end, raw.keyword_kind)

    def start(self, index: int) -> int:
        """Give the offset of the token's first character."""
        return self._offset(self._raw[index].start)

    def end(self, index: int) -> int:
        """Give the offset after the token's last character."""
        return self._offset(self._raw[index].end)

    def _offset(self, byte: int) -> int:
        if not self._wide:
            return byte
        return byte - self._extra[bisect_right(self._wide, byte)]


def scan(text: str) -> Tokens:
    """Give the tokens of a text of SQL, as PostgreSQL's scanner sees them.

    Raises LexError where the scanner stops (an unterminated string, a malformed number).
    """
    nul = text.find("\0")
    if nul >= 0:
        raise LexError("invalid NUL character", nul)
    native, messages = _library()
    result = native.lib.pg_query_scan(text.encode())
    try:
        if result.error:
            failure = result.error.contents
            message = _NEAR.sub("", failure.message.decode(errors="replace"))
            raise LexError(message, min(max(failure.cursorpos - 1, 0), len(text)))
        packed = _bytes_at(result.pbuf.data, result.pbuf.len)
    finally:
        native.lib.pg_query_free_scan_result(result)
    return Tokens(text, messages.ScanResult.FromString(packed).tokens)


def _bytes_at(address: int, length: int) -> bytes:
    import ctypes

    return ctypes.string_at(address, length)


def _wide_characters(text: str) -> tuple[list[int], list[int]]:
    """Give where characters longer than a byte end, in bytes, and the bytes saved so far."""
    ends: list[int] = []
    extra = [0]
    if text.isascii():
        return ends, extra
    for match in _NON_ASCII.finditer(text):
        width = len(match.group().encode())
        ends.append(match.start() + extra[-1] + width)
        extra.append(extra[-1] + width - 1)
    return ends, extra


@cache
def _library() -> tuple[ModuleType, ModuleType]:
    """Load the scanner without the rest of postgast, whose import takes twice as long."""
    return _submodule("native"), _submodule("pg_query_pb2")


def _submodule(name: str) -> ModuleType:
    from importlib.util import find_spec, module_from_spec, spec_from_file_location
    from pathlib import Path

    package = find_spec("postgast")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("postgast is not installed: pip install 'sqlward[codegen]'")
    path = Path(package.origin).with_name(f"{name}.py")
    # A name without a dot: the module must not take our package for its own.
    spec = spec_from_file_location(f"_sqlward_postgast_{name}", path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"postgast has no module {name}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def identifier(text: str) -> str:
    """Give the name that an identifier or a string constant stands for, case kept as written."""
    if text[:1] == '"':
        return text[1:-1].replace('""', '"')
    if text[:1] == "'":
        return text[1:-1].replace("''", "'")
    return text
