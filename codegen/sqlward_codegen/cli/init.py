"""`sqlward init`: set up sqlward in the current folder, and compile once."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from sqlward_codegen.diagnostics import error
from sqlward_codegen.scaffold import PROJECT, SETTINGS, ScaffoldFile, first_files

_SQLC_FILES = ("sqlc.yaml", "sqlc.yml", "sqlc.json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--from-sqlc",
        nargs="?",
        const="",
        metavar="FILE",
        help="start from a sqlc.yaml: its schema, queries, renames and overrides",
    )
    parser.add_argument("--no-compile", action="store_true", help="only write the files")


def run(args: argparse.Namespace) -> int:
    """Run the command; gives the exit code."""
    root = Path.cwd()
    _refuse_second_time(root)
    if args.from_sqlc is None:
        written = _write(root, [_settings(root, SETTINGS), *first_files()])
        notes: tuple[str, ...] = ()
    else:
        settings, notes = _from_sqlc(root, args.from_sqlc)
        written = _write(root, [_settings(root, settings)])
    for path in written:
        print(f"wrote {path}")
    for note in notes:
        print(f"note: {note}")
    return 0 if args.no_compile else _compile(args)


def _refuse_second_time(root: Path) -> None:
    pyproject = root / "pyproject.toml"
    for path, is_set in (
        (root / "sqlward.toml", (root / "sqlward.toml").exists()),
        (pyproject, pyproject.exists() and "[tool.sqlward" in pyproject.read_text()),
    ):
        if is_set:
            raise error(
                "SW009",
                f"`{path.name}` sets sqlward up already",
                help="`sqlward generate` compiles the project",
            )


def _settings(root: Path, settings: str) -> ScaffoldFile:
    """Give the project file with the settings in it, at the end of what is there."""
    pyproject = root / "pyproject.toml"
    if not pyproject.exists():
        name = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "store"
        return ScaffoldFile(pyproject.name, PROJECT.format(name=name) + settings)
    return ScaffoldFile(pyproject.name, f"{pyproject.read_text().rstrip()}\n\n{settings}")


def _from_sqlc(root: Path, named: str) -> tuple[str, tuple[str, ...]]:
    from sqlward_codegen.settings.from_sqlc import read_sqlc_config

    candidates = [root / named] if named else [root / name for name in _SQLC_FILES]
    path = next((p for p in candidates if p.exists()), None)
    if path is None:
        raise error(
            "SW010",
            f"there is no `{named or _SQLC_FILES[0]}` in this folder",
            help="name the file: `sqlward init --from-sqlc path/to/sqlc.yaml`",
        )
    settings, notes = read_sqlc_config(path)
    return settings, tuple(notes)


def _write(root: Path, files: Iterable[ScaffoldFile]) -> list[str]:
    """Write what is not there yet; the settings are the one file that may be extended."""
    written = []
    for file in files:
        path = root / file.path
        if path.exists() and path.name != "pyproject.toml":
            print(f"kept {file.path}, which was there already")
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text)
        except OSError as failure:
            reason = (failure.strerror or "unwritable").lower()
            raise error("SW801", f"`{file.path}` cannot be written: {reason}") from failure
        written.append(file.path)
    return written


def _compile(args: argparse.Namespace) -> int:
    from sqlward_codegen.cli.generate import generate

    code = generate(argparse.Namespace(check=False, watch=False, database_url=None, pg_bin=None))
    if code == 0:
        print("next: edit queries/ and run `sqlward generate`", file=sys.stderr)
    return code
