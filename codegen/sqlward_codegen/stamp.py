"""Tell whether anything changed since the last successful run, without importing anything slow.

The stamp lists every file that the run read or wrote with the digest of its content.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from sqlward_codegen.memory import digest, recall, remember

_FILE = "stamp"
_READ, _WRITTEN = "<", ">"


def is_current(root: Path, key: str, inputs: Iterable[Path]) -> bool:
    """Whether the last run had this key and these inputs, and its files are as they were.

    `key` stands for everything that is not a file: compiler and configuration.
    """
    try:
        lines = recall(root, _FILE).decode("utf-8", "surrogateescape").splitlines()
    except (OSError, ValueError):
        return False
    if not lines or lines[0] != key:
        return False
    entries = [line.split(" ", 2) for line in lines[1:]]
    if any(len(entry) != 3 for entry in entries):
        return False
    read = {str(path) for path in inputs}
    if read != {path for _, kind, path in entries if kind == _READ}:
        return False
    return all(_digest(Path(path)) == value for value, _, path in entries)


def write_stamp(root: Path, key: str, inputs: Iterable[Path], outputs: Iterable[Path]) -> None:
    """Remember a successful run; a folder that cannot be written is no reason to fail."""
    lines = [key]
    lines += [f"{_digest(path)} {_READ} {path}" for path in inputs]
    lines += [f"{_digest(path)} {_WRITTEN} {path}" for path in outputs]
    with contextlib.suppress(OSError):
        remember(root, _FILE, "\n".join(lines).encode("utf-8", "surrogateescape"))


def _digest(path: Path) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return "absent"
