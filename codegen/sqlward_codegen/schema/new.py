"""Starting the next migration: its two files, numbered and empty."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from sqlward_codegen.diagnostics import error
from sqlward_codegen.schema.numbered import DOWN, UP
from sqlward_codegen.schema.sources import read_migrations

LAST_NUMBER = 9999
_SEPARATORS = re.compile(r"[\s\-.]+")
_NAME = re.compile(r"\w+")


def write_next(folder: Path, root: Path, name: str) -> tuple[Path, Path]:
    """Write the files of the next migration into a folder, which is made if need be.

    Spaces and hyphens in `name` become underscores. Raises `CompileError` for a name that
    cannot be one, or when the folder's migrations are not in order.
    """
    word = _SEPARATORS.sub("_", name.strip()).lower()
    if not _NAME.fullmatch(word):
        raise error(
            "SW620",
            f"`{name}` cannot be the name of a migration",
            help="use letters, digits and underscores: `add_users`",
        )
    number = _next_number(folder, root)
    up, down = (folder / f"{number:04}_{word}.{way}.sql" for way in (UP, DOWN))
    title = word.replace("_", " ")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(up, f"-- {title}\n")
        try:
            _write(down, f"-- undoes: {title}\n")
        except BaseException:
            with suppress(OSError):
                up.unlink()
            raise
    except OSError as failure:
        raise error("SW621", f"cannot write the migration: {failure}") from failure
    return up, down


def _next_number(folder: Path, root: Path) -> int:
    known = read_migrations(folder, root) if folder.exists() else ()
    number = known[-1].version + 1 if known else 1
    if number > LAST_NUMBER:
        raise error("SW620", f"there is no migration number after {LAST_NUMBER}")
    return number


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
