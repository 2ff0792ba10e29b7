"""Lay out generated source with `ruff format`: one process for any number of files."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sqlward_codegen.diagnostics import CompileError, Diagnostic

LINE_LENGTH = 100


def format_sources(sources: Mapping[str, str]) -> dict[str, str]:
    """Give the sources formatted, by the same relative paths and in the same order.

    Raises CompileError if there is no ruff, or if it refuses a file (a defect of ours).
    """
    if not sources:
        return {}
    with tempfile.TemporaryDirectory(prefix="sqlward-") as folder:
        # Flat names: what a path looks like must not matter to ruff.
        places = {path: Path(folder, f"{n}.py") for n, path in enumerate(sources)}
        for path, text in sources.items():
            places[path].write_text(text, encoding="utf-8", newline="\n")
        _run_ruff(folder)
        return {path: place.read_text(encoding="utf-8") for path, place in places.items()}


def _run_ruff(folder: str) -> None:
    command = [_ruff(), "format", "--isolated", "--no-cache", "--quiet"]
    command += ["--line-length", str(LINE_LENGTH), "--target-version", "py311", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CompileError(
            [
                Diagnostic(
                    "SW803",
                    "`ruff format` refused the generated code",
                    notes=tuple(done.stderr.strip().splitlines()[:5]),
                    help="this is a defect of sqlward; please report it with the query",
                )
            ]
        )


def _ruff() -> str:
    try:
        from ruff import find_ruff_bin  # type: ignore[import-untyped]

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        raise CompileError(
            [Diagnostic("SW804", "`ruff` is not installed", help="install `sqlward[codegen]`")]
        ) from None
