"""The lines of a text, and how many terminal cells each of its characters takes."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import Final

TAB: Final = "    "
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf"})


class Lines:
    """A text cut into lines at `\\n` and `\\r\\n`; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        place = text.find("\n")
        while place >= 0:
            self._starts.append(place + 1)
            place = text.find("\n", place + 1)
        if len(self._starts) > 1 and self._starts[-1] == len(text):
            # What follows the last newline is no line: an offset there is the last line's end.
            self._starts.pop()

    def position(self, offset: int) -> tuple[int, int]:
        """Give the line and the column of an offset, both inside the text."""
        line = bisect_right(self._starts, max(offset, 0))
        start = self._starts[line - 1]
        return line, min(max(offset, 0) - start, len(self.line(line))) + 1

    def line(self, number: int) -> str:
        """Give the line's text, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\n").removesuffix("\r")


def shown(character: str) -> str:
    """Give what stands for a character on a terminal: no tab, and nothing that steers it."""
    if character == "\t":
        return TAB
    if character < " ":
        return chr(0x2400 + ord(character))
    if character in _BIDI or "\x7f" <= character < "\xa0":
        return "\ufffd"
    return character


def cells(text: str) -> int:
    """Count the terminal cells of shown text: East Asian wide characters take two."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
