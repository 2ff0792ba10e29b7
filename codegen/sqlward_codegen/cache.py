"""What lets a run skip passes: the compiler's memory in the project's `.sqlward` folder.

INVARIANT: the cache is a pure gain. It is read only if it was written by this very compiler
for this very schema; whatever cannot be read is as good as absent.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sqlward_codegen import __version__
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.model import Query

FOLDER = ".sqlward"
_FILE = "cache.msgpack"


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A query file without errors, and what it compiles to; `digest` is of its text."""

    path: str
    digest: str
    queries: tuple[Query, ...]
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedModule:
    """A generated file's final text, by the digest of the plan that it was rendered from."""

    path: str
    digest: str
    text: str


@dataclass(frozen=True)
class Cache:
    """Everything worth keeping from one run.

    `key` is of compiler, configuration and schema; `fingerprint` of the catalog's OIDs.
    """

    key: str
    fingerprint: str
    catalog: Catalog
    files: tuple[CompiledFile, ...]
    modules: tuple[RenderedModule, ...] = ()


def digest(*parts: str | bytes) -> str:
    """Give the digest of the parts, in order."""
    state = blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def compiler_digest() -> str:
    """Give the digest of this compiler: its version and its files' sizes and times."""
    folder = Path(__file__).parent
    found: list[str] = []
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".py", ".jinja", ".txt")):
                status = os.stat(os.path.join(place, name))
                found.append(f"{place}/{name} {status.st_size} {status.st_mtime_ns}")
    return digest(__version__, *sorted(found))


def load_cache(root: Path, key: str) -> Cache | None:
    """Give the project's cache if it is there, whole, and has this key."""
    import msgspec

    try:
        data = (root / FOLDER / _FILE).read_bytes()
        stored, _, body = data.partition(b"\n")
        if stored.decode() != key:
            return None
        return msgspec.msgpack.decode(body, type=Cache)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def save_cache(root: Path, cache: Cache) -> None:
    """Keep the cache; a folder that cannot be written is no reason to fail."""
    import msgspec

    with contextlib.suppress(OSError):
        write_memory(root, _FILE, cache.key.encode() + b"\n" + msgspec.msgpack.encode(cache))


def write_memory(root: Path, name: str, data: bytes) -> None:
    """Write one file of the `.sqlward` folder whole or not at all; raises OSError."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    temporary = folder / f".{name}.{os.getpid()}"
    temporary.write_bytes(data)
    temporary.replace(folder / name)
