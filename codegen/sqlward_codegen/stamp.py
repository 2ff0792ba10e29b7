"""Tell whether anything changed since the last successful run, without importing anything slow.

The stamp lists every file that the run read or wrote with the digest of its content, and what
the run had to say.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlward_codegen.memory import digest, recall, remember

_FILE = "stamp"
_READ, _WRITTEN, _SAID = "<", ">", "!"


def digests(paths: Iterable[Path]) -> dict[Path, str]:
    """Give the digest of each file's content; to be taken before the run reads it."""
    return {path: _digest(path) for path in paths}


def last_words(root: Path, key: str, inputs: Mapping[Path, str]) -> str | None:
    """Give what the last run said, if this one would do and say the same; else None.

    `key` stands for everything that is not a file: compiler and configuration.
    """
    try:
        lines = recall(root, _FILE).decode("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    if not lines or lines[0] != key:
        return None
    entries = [line.split(" ", 2) for line in lines[1:]]
    if any(len(entry) != 3 for entry in entries):
        return None
    read = {path: value for kind, value, path in entries if kind == _READ}
    written = [(path, value) for kind, value, path in entries if kind == _WRITTEN]
    if read != {str(path): value for path, value in inputs.items()}:
        return None
    if any(_digest(Path(path)) != value for path, value in written):
        return None
    return "\n".join(text for kind, _, text in entries if kind == _SAID)


def write_stamp(
    root: Path, key: str, inputs: Mapping[Path, str], outputs: Iterable[Path], said: str = ""
) -> None:
    """Remember a successful run; a folder that cannot be written is no reason to fail."""
    lines = [key]
    lines += [f"{_READ} {value} {path}" for path, value in inputs.items()]
    lines += [f"{_WRITTEN} {_digest(path)} {path}" for path in outputs]
    lines += [f"{_SAID} - {line}" for line in said.splitlines()]
    with contextlib.suppress(OSError):
        remember(root, _FILE, "\n".join(lines).encode("utf-8", "surrogateescape"))


def _digest(path: Path) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return "absent"
