"""Where a key stands in a TOML text: the standard library's parser does not tell."""

from __future__ import annotations

import re
from typing import Final

Key = str | int
"""A key of a table, or the position of a table in an array of tables."""

_HEADER: Final = re.compile(r"\s*(\[{1,2})\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_ENTRY: Final = re.compile(
    r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_PART: Final = re.compile(r"[\w-]+|\"[^\"]*\"|'[^']*'")


class TomlPlaces:
    """The places of the keys and headers of a TOML text.

    A line-by-line reading: a line of a multi-line string that looks like a key can be taken for
    one, which then only misplaces a caret.
    """

    def __init__(self, text: str) -> None:
        self._places: dict[tuple[Key, ...], tuple[int, int]] = {}
        counts: dict[tuple[Key, ...], int] = {}
        table: tuple[Key, ...] = ()
        offset = 0
        for line in text.splitlines(keepends=True):
            header = _HEADER.match(line.rstrip())
            entry = _ENTRY.match(line)
            if header is not None:
                table = _resolved(_parts(header.group(2)), counts)
                if header.group(1) == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self._add(table, offset + header.start(1), offset + len(line.rstrip()))
            elif entry is not None:
                key = (*table, *_parts(entry.group(1)))
                self._add(key, offset + entry.start(1), offset + entry.end(1))
            offset += len(line)

    def find(self, key: tuple[Key, ...]) -> tuple[int, int]:
        """Give the characters `[start, end)` of a key, or of the nearest table around it."""
        while key and key not in self._places:
            key = key[:-1]
        return self._places.get(key, (0, 0))

    def _add(self, key: tuple[Key, ...], start: int, end: int) -> None:
        self._places.setdefault(key, (start, end))


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _resolved(parts: tuple[str, ...], counts: dict[tuple[Key, ...], int]) -> tuple[Key, ...]:
    """Lead a header through the arrays of tables that it goes into: to their last table."""
    path: tuple[Key, ...] = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return (*path, parts[-1]) if parts else path
