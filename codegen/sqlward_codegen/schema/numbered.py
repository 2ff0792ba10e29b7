"""Our own migrations: `NNNN_name.up.sql` beside `NNNN_name.down.sql`, without gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.model import Span

NUMBERED = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)\.(?P<way>up|down)\.sql")
UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class Migration:
    """The pair of files of one migration."""

    version: int
    name: str
    up: Path
    down: Path

    @property
    def title(self) -> str:
        """The number and the name: `0001_users`."""
        return f"{self.version:04}_{self.name}"


def is_numbered(files: Iterable[Path]) -> bool:
    """Whether a folder of SQL files is one of our migrations.

    It is when every name has our form; and when most have, so that a slip in one name is
    reported rather than read as another tool's migration.
    """
    names = [file.name for file in files]
    fitting = sum(1 for name in names if NUMBERED.fullmatch(name))
    return 2 * fitting > len(names)


def migrations(files: Iterable[Path], shown: dict[Path, str]) -> tuple[Migration, ...]:
    """Pair up the files of a folder; `shown` are their paths as the user sees them.

    Raises `CompileError` with everything that is wrong: a name of another form, a number
    twice, a gap, a file without its counterpart.
    """
    ordered = sorted(files)
    found: list[Diagnostic] = [_misnamed(f, shown) for f in ordered if _match(f) is None]
    ways: dict[str, dict[tuple[int, str], Path]] = {UP: {}, DOWN: {}}
    for file in ordered:
        if match := _match(file):
            ways[match["way"]][int(match["number"]), match["name"]] = file
    up, down = ways[UP], ways[DOWN]
    found += _duplicates(up, shown)
    found += [_alone(up[key], DOWN, shown) for key in up if key not in down]
    found += [_alone(down[key], UP, shown) for key in down if key not in up]
    found += _gaps(up, shown)
    if found:
        raise CompileError(found)
    return tuple(Migration(*key, up[key], down[key]) for key in sorted(up))


def _match(file: Path) -> re.Match[str] | None:
    return NUMBERED.fullmatch(file.name)


def _misnamed(file: Path, shown: dict[Path, str]) -> Diagnostic:
    return Diagnostic(
        "SW607",
        f"`{file.name}` is not named like the other migrations",
        (_top(shown[file]),),
        help="call it `NNNN_name.up.sql` or `NNNN_name.down.sql`, or move it to another folder",
    )


def _duplicates(up: dict[tuple[int, str], Path], shown: dict[Path, str]) -> list[Diagnostic]:
    first: dict[int, Path] = {}
    found = []
    for (number, _), file in sorted(up.items()):
        other = first.setdefault(number, file)
        if other is not file:
            found.append(
                Diagnostic(
                    "SW602",
                    f"two migrations have the number {number:04}: `{other.name}` and `{file.name}`",
                    (_top(shown[file]), _top(shown[other])),
                    help="give the later one the next free number, in both of its files",
                )
            )
    return found


def _alone(file: Path, missing: str, shown: dict[Path, str]) -> Diagnostic:
    present = UP if missing == DOWN else DOWN
    counterpart = file.name.removesuffix(f".{present}.sql") + f".{missing}.sql"
    purpose = "undoes" if missing == DOWN else "is undone by"
    return Diagnostic(
        "SW603",
        f"migration `{file.name}` has no `{counterpart}`",
        (_top(shown[file]),),
        help=f"write `{counterpart}`, which {purpose} it",
    )


def _gaps(up: dict[tuple[int, str], Path], shown: dict[Path, str]) -> list[Diagnostic]:
    found = []
    expected = 1
    for (number, _), file in sorted(up.items()):
        if number > expected:
            missing = f"{expected:04}"
            if number - 1 > expected:
                missing += f" to {number - 1:04}"
            found.append(
                Diagnostic(
                    "SW601",
                    f"migration {missing} is missing before `{file.name}`",
                    (_top(shown[file]),),
                    help="number the migrations from 0001 without gaps",
                )
            )
        expected = number + 1
    return found


def _top(path: str) -> Label:
    return Label(Span(path, 0, 0))
