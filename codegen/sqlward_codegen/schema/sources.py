"""Reading the schema's files: our migrations, another tool's, a dump, or plain SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label, error
from sqlward_codegen.messages.suggest import nearest
from sqlward_codegen.model import Span
from sqlward_codegen.reading.sources import shown
from sqlward_codegen.schema.numbered import Migration, is_numbered, migrations
from sqlward_codegen.schema.sections import building_part
from sqlward_codegen.schema.steps import Schema, SchemaStep

_ARCHIVE = b"PGDMP"
_UNDOING = re.compile(r".*\.(down|undo|rollback)\.sql|U\d[\d._]*__.*\.sql", re.IGNORECASE)
_VERSION = re.compile(r"[Vv]?(\d+)")
_DIGITS = re.compile(r"(\d+)")


def read_schema(config_paths: tuple[Path, ...], root: Path) -> Schema:
    """Read the files and folders that hold the schema, in order.

    A folder holds our numbered migrations, another tool's (golang-migrate, dbmate, goose,
    sql-migrate, tern), or plain SQL files taken in the order of their names, numbers by
    value. Raises `CompileError` for what is missing, misnumbered or not text.
    """
    steps: list[SchemaStep] = []
    found: list[Diagnostic] = []
    for path in config_paths:
        try:
            steps += _steps(path, root)
        except CompileError as failure:
            found += failure.diagnostics
    if found:
        raise CompileError(found)
    return Schema(tuple(steps))


def read_migrations(folder: Path, root: Path) -> tuple[Migration, ...]:
    """Give the migrations of a folder that must be one of ours; it may be empty.

    Raises `CompileError` when it is missing or holds anything else.
    """
    if not folder.is_dir():
        raise _missing(folder, root)
    files = _sql_files(folder)
    return migrations(files, {file: shown(file, root) for file in files})


def read_text(file: Path, root: Path) -> str:
    """Give the text of an SQL file, a byte-order mark made blank; raises `CompileError`."""
    path = shown(file, root)
    try:
        content = file.read_bytes()
    except OSError as failure:
        raise error("SW604", f"cannot read `{path}`: {failure.strerror}") from failure
    if content.startswith(_ARCHIVE):
        raise error(
            "SW605",
            f"`{path}` is an archive of `pg_dump`, not SQL",
            help=f"turn it into SQL: `pg_restore --schema-only -f dump.sql {path}`",
        )
    try:
        text = content.decode()
    except UnicodeDecodeError as failure:
        place = len(content[: failure.start].decode())
        raise error(
            "SW605",
            f"`{path}` is not UTF-8 text",
            help=f"byte {failure.start} begins no character, {place} characters into the file: "
            "save it as UTF-8",
        ) from failure
    # With the offsets of the file as editors count them, in characters.
    return text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text


def _steps(path: Path, root: Path) -> list[SchemaStep]:
    if path.is_file():
        return [_plain_step(path, root)]
    if not path.is_dir():
        raise _missing(path, root)
    files = _sql_files(path)
    if not files:
        raise error(
            "SW604",
            f"`{shown(path, root)}` holds no .sql file",
            help="write the first migration with `sqlward migrate new NAME`",
        )
    if is_numbered(files):
        pairs = migrations(files, {file: shown(file, root) for file in files})
        return [_own_step(pair, root) for pair in pairs]
    building = [file for file in files if not _UNDOING.fullmatch(file.name)]
    return [_plain_step(file, root) for file in sorted(building, key=_natural)]


def _own_step(pair: Migration, root: Path) -> SchemaStep:
    sql = read_text(pair.up, root)
    return SchemaStep(shown(pair.up, root), sql, pair.version, pair.name, is_migration=True)


def _plain_step(file: Path, root: Path) -> SchemaStep:
    sql = building_part(read_text(file, root))
    version = _VERSION.match(file.name)
    return SchemaStep(
        shown(file, root), sql, int(version[1]) if version else None, file.name.split(".")[0]
    )


def _sql_files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.iterdir()
        if file.suffix == ".sql" and not file.name.startswith(".") and file.is_file()
    )


def _natural(file: Path) -> tuple[tuple[int, int | str], ...]:
    """Order names as people count: `2_b` before `10_a`."""
    parts: Iterable[str] = _DIGITS.split(file.name)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def _missing(path: Path, root: Path) -> CompileError:
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    close = nearest(path.name, siblings)
    help_text = f"did you mean `{shown(path.with_name(close), root)}`?" if close else None
    return error(
        "SW604",
        f"schema path `{shown(path, root)}` does not exist",
        help=help_text or "create it, or set `schema` in `[tool.sqlward]` to where it is",
    )


def top_of(path: str) -> Label:
    """Give the label for a file as a whole."""
    return Label(Span(path, 0, 0))
