"""Print diagnostics to standard error, with excerpts of the files that they speak of."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlward_codegen.diagnostics import Diagnostic, Severity
from sqlward_codegen.messages.render import render
from sqlward_codegen.reading.sources import text_reader


def print_diagnostics(diagnostics: Sequence[Diagnostic], root: Path | None = None) -> int:
    """Print them all; gives the exit code: 1 with an error among them, else 0."""
    if diagnostics:
        text = render(diagnostics, text_reader(root or project_root()), color=_wants_color())
        print(text, file=sys.stderr)
    return int(any(d.severity is Severity.ERROR for d in diagnostics))


def plain(diagnostics: Sequence[Diagnostic], root: Path) -> str:
    """Give them as text without colors, empty for none."""
    return render(diagnostics, text_reader(root), color=False) if diagnostics else ""


def project_root() -> Path:
    """Give the folder that paths in messages are relative to."""
    from sqlward_codegen.config import find_root

    return find_root(Path.cwd()) or Path.cwd()


def _wants_color() -> bool:
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR")
