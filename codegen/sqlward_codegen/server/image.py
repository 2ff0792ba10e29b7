"""A data directory in one file: quick to unpack, replaced atomically, checked on reading."""

from __future__ import annotations

import mmap
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

MAGIC = b"sqlward image 1\n"
_NOT_PACKED = frozenset({"postmaster.pid", "postmaster.opts"})


class BrokenImageError(Exception):
    """The file is not a whole image."""


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    path: str
    size: int


class _Header(msgspec.Struct, frozen=True, array_like=True):
    folders: tuple[str, ...]
    files: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class Image:
    """Where an image is, or would be."""

    path: Path

    def unpack(self, target: Path) -> bool:
        """Write the data directory to `target`; False when there is no usable image.

        Raises `OSError` when it is `target` that cannot be written.
        """
        try:
            with self.path.open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return False
        with content:
            try:
                _unpack(content, target)
            except BrokenImageError:
                return False
        # What was used last is pruned last.
        with suppress(OSError):
            os.utime(self.path)
        return True

    def pack(self, source: Path) -> None:
        """Write the image from a data directory whose server is stopped; silent if it cannot."""
        temporary = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.new")
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _pack(source, temporary)
            temporary.replace(self.path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def discard(self) -> None:
        """Delete the image if it can be deleted."""
        with suppress(OSError):
            self.path.unlink()


def prune(images: list[Path], keep: int) -> None:
    """Delete all but the `keep` images that were used last."""
    used: list[tuple[float, Path]] = []
    for path in images:
        with suppress(OSError):
            used.append((path.stat().st_mtime, path))
    for _, path in sorted(used, reverse=True)[keep:]:
        Image(path).discard()


def _pack(source: Path, target: Path) -> None:
    folders: list[str] = []
    files: list[_Entry] = []
    for folder, _, names in os.walk(source):
        relative = Path(folder).relative_to(source)
        folders.append(str(relative))
        for name in names:
            if name not in _NOT_PACKED:
                size = Path(folder, name).stat().st_size
                files.append(_Entry(str(relative / name), size))
    header = msgspec.msgpack.encode(_Header(tuple(folders), tuple(files)))
    with target.open("xb") as out:
        out.write(MAGIC + len(header).to_bytes(8, "big") + header)
        for entry in files:
            out.write((source / entry.path).read_bytes())
        out.write(MAGIC)


def _unpack(content: mmap.mmap, target: Path) -> None:
    header, offset = _header(content)
    if offset + sum(entry.size for entry in header.files) + len(MAGIC) != len(content):
        raise BrokenImageError
    root = str(target)
    for folder in header.folders:
        Path(root, folder).mkdir(mode=0o700)
    with memoryview(content) as view:
        for entry in header.files:
            with view[offset : offset + entry.size] as piece:
                _write(f"{root}/{entry.path}", piece)
            offset += entry.size


def _header(content: mmap.mmap) -> tuple[_Header, int]:
    start = len(MAGIC) + 8
    if content[: len(MAGIC)] != MAGIC or content[-len(MAGIC) :] != MAGIC:
        raise BrokenImageError
    end = start + int.from_bytes(content[len(MAGIC) : start], "big")
    try:
        return msgspec.msgpack.decode(content[start:end], type=_Header), end
    except msgspec.MsgspecError as failure:
        raise BrokenImageError from failure


def _write(path: str, piece: memoryview) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while piece:
            piece = piece[os.write(file, piece) :]
    finally:
        os.close(file)
