"""One line on the terminal that says what is being done, for what takes more than a second."""

from __future__ import annotations

import sys
import time
from typing import TextIO

PATIENCE = 1.0
"""Seconds that may pass in silence."""


class Progress:
    """Shows the current step once a second has passed, and takes it away at the end.

    Silent when the output is no terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._start = time.monotonic()
        self._width = 0

    def step(self, what: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how far it is."""
        if not self._is_terminal or time.monotonic() - self._start < PATIENCE:
            return
        count = "" if done is None else f" {done}/{total}"
        line = f"{what}{count}"[:79]
        self._stream.write(f"\r{line:<{self._width}}")
        self._stream.flush()
        self._width = len(line)

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._stream.write(f"\r{'':<{self._width}}\r")
            self._stream.flush()
            self._width = 0
