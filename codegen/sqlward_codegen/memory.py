"""The project's `.sqlward` folder, where a run leaves what the next one can use."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from sqlward_codegen import __version__

FOLDER = ".sqlward"
_COMPILER_FILES = (".py", ".jinja", ".txt")


def digest(*parts: str | bytes) -> str:
    """Give the digest of the parts, in order."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def compiler_digest() -> str:
    """Give the digest of this compiler: its version and its files' sizes and times."""
    found: list[str] = []
    for folder, _, names in os.walk(Path(__file__).parent):
        for name in names:
            if name.endswith(_COMPILER_FILES):
                path = os.path.join(folder, name)
                status = os.stat(path)
                found.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return digest(__version__, *sorted(found))


def remember(root: Path, name: str, data: bytes) -> None:
    """Write one file of the folder, whole or not at all; raises OSError."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    temporary = folder / f".{name}.{os.getpid()}"
    temporary.write_bytes(data)
    temporary.replace(folder / name)


def recall(root: Path, name: str) -> bytes:
    """Give what was last remembered under that name; raises OSError."""
    return (root / FOLDER / name).read_bytes()
