"""The user's query files: finding them, and reading their text."""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable
from pathlib import Path
from unicodedata import category

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import Span

SUFFIX = ".sql"


def query_files(
    paths: Iterable[Path], root: Path
) -> tuple[tuple[Path, ...], tuple[Diagnostic, ...]]:
    """Give every query file under the paths, sorted, each once.

    A path is a file, a folder (with all that is in it) or a glob pattern. What names no file
    gives a diagnostic.
    """
    found: dict[Path, None] = {}
    diagnostics: list[Diagnostic] = []
    for path in paths:
        files = sorted(_files(path))
        if not files:
            diagnostics.append(_nothing(path, root))
        found.update(dict.fromkeys(files))
    misnamed = [file for file in found if not _is_printable(file, root)]
    diagnostics += (_misnamed(file, root) for file in misnamed)
    return tuple(f for f in found if f not in misnamed), tuple(diagnostics)


def _is_printable(file: Path, root: Path) -> bool:
    # A byte that is not UTF-8 becomes a lone surrogate; a line break would end a comment.
    return not any(category(sign) in ("Cc", "Cs") for sign in shown(file, root))


def _misnamed(file: Path, root: Path) -> Diagnostic:
    name = shown(file, root).encode("utf-8", "backslashreplace").decode()
    name = "".join(s if category(s) != "Cc" else repr(s)[1:-1] for s in name)
    message = f"the name of `{name}` has bytes that are no text, or control characters"
    return Diagnostic("SW103", message, help="rename the file: modules are named after files")


def _files(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return (f for f in path.rglob(f"*{SUFFIX}") if f.is_file())
    if path.is_file():
        return [path]
    if is_pattern(path):
        matches = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
        return (f for match in matches for f in _files(match) if f.suffix == SUFFIX)
    return []


def is_pattern(path: Path) -> bool:
    """Whether the path is a glob pattern."""
    return any(sign in str(path) for sign in "*?[")


def _nothing(path: Path, root: Path) -> Diagnostic:
    name = shown(path, root)
    if path.is_dir():
        message = f"`{name}` holds no {SUFFIX} file"
        return Diagnostic("SW101", message, help="write a query file there, like `users.sql`")
    if is_pattern(path):
        return Diagnostic("SW101", f"`{name}` matches no {SUFFIX} file")
    siblings = (p.name for p in path.parent.iterdir()) if path.parent.is_dir() else ()
    help_text = did_you_mean(path.name, siblings) or "create it, or set `queries` to where it is"
    return Diagnostic("SW101", f"`{name}` does not exist", help=help_text)


def shown(path: Path, root: Path) -> str:
    """Give the path as the user is shown it: relative to the project, with slashes."""
    return Path(os.path.relpath(path, root)).as_posix()


def decoded(data: bytes, path: str) -> str | Diagnostic:
    """Give the text of a file (without a byte order mark), or why it has none."""
    mark = len(BOM_UTF8) if data.startswith(BOM_UTF8) else 0
    try:
        text = data[mark:].decode()
    except UnicodeDecodeError as failure:
        return _not_utf8(failure, path, mark)
    nul = text.find("\0")
    if nul < 0:
        return text
    place = Label(Span(path, nul, nul + 1), "NUL character")
    return Diagnostic("SW103", f"`{path}` holds a NUL character", (place,))


def _not_utf8(failure: UnicodeDecodeError, path: str, mark: int) -> Diagnostic:
    before = failure.object[: failure.start]
    offset = len(before.decode())
    line = before.count(b"\n") + 1
    byte = failure.object[failure.start]
    at = f"at offset {mark + failure.start}, line {line}"
    message = f"`{path}` is not UTF-8: byte 0x{byte:02x} {at}"
    place = Label(Span(path, offset, offset + 1), "not UTF-8 from here")
    return Diagnostic("SW102", message, (place,), help="save the file with the encoding UTF-8")


def text_reader(root: Path) -> Callable[[str], str | None]:
    """Give the function that gives the text of a file by its shown path, None without one.

    It is what `render` quotes from, so it also reads what is not UTF-8.
    """

    def read(path: str) -> str | None:
        try:
            return (root / path).read_bytes().decode("utf-8-sig", "replace")
        except OSError:
            return None

    return read
