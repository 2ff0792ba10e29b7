"""The lines of a file that a diagnostic speaks of, with carets under the places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlward_codegen.messages.lines import Lines, cells, shown
from sqlward_codegen.messages.style import Style

_WHOLE: Final = 4
"""A place of up to so many lines is shown whole; of a longer one, the first and the last."""

_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place `[start, end)` in the text and what is said of it."""

    start: int
    end: int
    text: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """Carets under characters `[start, end)` of one line, counted from 0."""

    line: int
    start: int
    end: int
    text: str
    is_main: bool


def excerpt(
    lines: Lines, marks: Sequence[Mark], digits: int, style: Style, width: int
) -> list[str]:
    """Give the rows below `--> file:line:column`; `digits` is the room for line numbers."""
    rows = [row for mark in marks for row in _rows(lines, mark)]
    pad = " " * (digits + 1)
    written = [pad + style.margin("|")]
    previous = 0
    for number in sorted({row.line for row in rows}):
        if previous and number == previous + 2:
            written.append(_source_row(lines, number - 1, digits, style, width, []))
        elif previous and number > previous + 1:
            written.append(style.margin("..."))
        own = [row for row in rows if row.line == number]
        written.append(_source_row(lines, number, digits, style, width, own))
        window = _window(lines.line(number), own, width - digits - 3)
        for row in sorted(own, key=lambda r: (not r.is_main, r.start)):
            carets = _carets(lines.line(number), row, window)
            written.append(f"{pad}{style.margin('|')} {_set_off(carets, row, style)}")
        previous = number
    return written


def _set_off(carets: str, row: _Row, style: Style) -> str:
    blank = len(carets) - len(carets.lstrip())
    return carets[:blank] + style.caret(carets[blank:], is_main=row.is_main)


def _rows(lines: Lines, mark: Mark) -> list[_Row]:
    first, start = lines.position(mark.start)
    last, end = lines.position(max(mark.end, mark.start))
    if last > first and end == 1:
        last -= 1
        end = len(lines.line(last)) + 1
    if first == last:
        return [_Row(first, start - 1, end - 1, mark.text, mark.is_main)]
    numbers = range(first, last + 1) if last - first < _WHOLE else (first, last)
    rows = []
    for number in numbers:
        text = lines.line(number)
        left = start - 1 if number == first else len(text) - len(text.lstrip())
        right = end - 1 if number == last else len(text.rstrip())
        if right > left or number in (first, last):
            said = mark.text if number == last else ""
            rows.append(_Row(number, left, right, said, mark.is_main))
    return rows


def _source_row(
    lines: Lines, number: int, digits: int, style: Style, width: int, rows: Sequence[_Row]
) -> str:
    text = lines.line(number)
    start, end = _window(text, rows, width - digits - 3)
    source = "".join(map(shown, text[start:end])).rstrip()
    source = _ELLIPSIS * (start > 0) + source + _ELLIPSIS * (end < len(text))
    return f"{style.margin(f'{number:>{digits}} |')} {source}".rstrip()


def _carets(line: str, row: _Row, window: tuple[int, int]) -> str:
    first, last = window
    left = min(max(row.start, first), last)
    right = min(max(row.end, left), last)
    before = cells("".join(map(shown, line[first:left]))) + (first > 0)
    length = cells("".join(map(shown, line[left:right])))
    sign = "^" if row.is_main else "-"
    return f"{' ' * before}{sign * max(length, 1)} {row.text}".rstrip()


def _window(line: str, rows: Sequence[_Row], room: int) -> tuple[int, int]:
    """Choose the characters of a line to show: all, or as many as fit around the carets."""
    if cells("".join(map(shown, line))) <= room:
        return 0, len(line)
    focus = next((r for r in rows if r.is_main), rows[0] if rows else None)
    start, end = (focus.start, focus.end) if focus else (0, 0)
    first = 0
    if cells("".join(map(shown, line[:end]))) > room - 1:
        behind = min(room // 4, len(line) - end)
        own = cells("".join(map(shown, line[start:end])))
        first = _back(line, start, max(room // 3, room - 2 - own - behind))
    return first, _forth(line, first, room - 1 - (first > 0))


def _back(line: str, place: int, room: int) -> int:
    """Go left from `place` over at most `room` cells."""
    while place > 0 and (room := room - cells(shown(line[place - 1]))) >= 0:
        place -= 1
    return place


def _forth(line: str, place: int, room: int) -> int:
    """Go right from `place` over at most `room` cells."""
    while place < len(line) and (room := room - cells(shown(line[place]))) >= 0:
        place += 1
    return place
