"""One line on the terminal that says what is being done, for what takes more than a second."""

from __future__ import annotations

import os
import sys
import time
from itertools import pairwise
from typing import TextIO

PATIENCE = 1.0
"""Seconds that may pass in silence."""
TIMINGS_VARIABLE = "SQLWARD_TIMINGS"
"""Set in the environment, it has each step's seconds printed."""


class Progress:
    """Shows the current step once a second has passed, and takes it away at the end.

    Silent when the output is no terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._start = time.monotonic()
        self._width = 0
        self._timings = _Timings() if os.environ.get(TIMINGS_VARIABLE) else None

    def step(self, what: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how far it is."""
        if self._timings:
            self._timings.note(what)
        if not self._is_terminal or time.monotonic() - self._start < PATIENCE:
            return
        count = "" if done is None else f" {done}/{total}"
        line = f"{what}{count}"[:79]
        self._stream.write(f"\r{line:<{self._width}}")
        self._stream.flush()
        self._width = len(line)

    def clear(self) -> None:
        """Take the line away."""
        if self._timings:
            self._timings.print(self._stream)
        if self._width:
            self._stream.write(f"\r{'':<{self._width}}\r")
            self._stream.flush()
            self._width = 0


class _Timings:
    """How long each step took."""

    def __init__(self) -> None:
        self._marks: list[tuple[str, float]] = []

    def note(self, what: str) -> None:
        if not self._marks or self._marks[-1][0] != what:
            self._marks.append((what, time.perf_counter()))

    def print(self, stream: TextIO) -> None:
        self._marks.append(("", time.perf_counter()))
        for (what, start), (_, end) in pairwise(self._marks):
            print(f"{end - start:8.3f} s  {what}", file=stream)
        self._marks.clear()
