"""Read an existing `sqlc.yaml` or `sqlc.json` as the starting point of a configuration."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label, error
from sqlward_codegen.model import Span
from sqlward_codegen.settings.sqlc_overrides import overrides_toml
from sqlward_codegen.settings.toml_text import toml_key, toml_string, toml_strings

OUTPUT = "src/store/generated"

_OWN_VERSIONS = ("1", "2")


def read_sqlc_config(path: Path, root: Path | None = None) -> tuple[str, tuple[str, ...]]:
    """Give the text of a `[tool.sqlward]` table, and notes on what could not be taken over.

    `root` is the project's folder, which paths become relative to: the current folder without.
    Raises CompileError for a file that is no configuration of sqlc for PostgreSQL.
    """
    document = _document(path)
    entries = _entries(document, path)
    chosen = next((e for e in entries if _engine(e) == "postgresql"), None)
    if chosen is None:
        engines = ", ".join(f"`{_engine(e)}`" for e in entries) or "none"
        raise error(
            "SW012",
            f"`{path.name}` has no `sql` entry for PostgreSQL, found {engines}",
            help="sqlward compiles for PostgreSQL only",
        )
    notes = list(_notes_on_entries(entries, chosen))
    go = _go_options(document, chosen)
    folder = path.resolve().parent
    base = (root or Path.cwd()).resolve()
    renames, rename_notes = _renames(go)
    overrides, override_notes = overrides_toml(_lists(go, "overrides"))
    lines = [
        "[tool.sqlward]",
        f"# From {path.name}.",
        f"schema = {_paths(chosen.get('schema'), folder, base)}",
        f"queries = {_paths(chosen.get('queries'), folder, base)}",
        f"output = {toml_string(OUTPUT)}",
        *renames,
        *overrides,
    ]
    return "\n".join(lines) + "\n", (*notes, *rename_notes, *override_notes)


def _document(path: Path) -> dict[str, Any]:
    import yaml

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as failure:
        reason = (failure.strerror or "unreadable").lower()
        raise error("SW012", f"`{path.name}` cannot be read: {reason}") from None
    except UnicodeDecodeError:
        raise error("SW012", f"`{path.name}` is not UTF-8") from None
    try:
        # YAML holds JSON, so one parser reads both.
        document = yaml.safe_load(text)
    except yaml.YAMLError as failure:
        raise _not_yaml(path, failure) from None
    if not isinstance(document, dict):
        raise error("SW012", f"`{path.name}` is no configuration of sqlc: it holds no keys")
    version = str(document.get("version", ""))
    if version not in _OWN_VERSIONS:
        found = f"found `{version}`" if version else "found none"
        raise error("SW012", f"`{path.name}` must say `version` 1 or 2, {found}")
    return document


def _not_yaml(path: Path, failure: Exception) -> CompileError:
    mark = getattr(failure, "problem_mark", None)
    problem = getattr(failure, "problem", None) or "it cannot be parsed"
    place = (Label(Span(path.name, mark.index, mark.index + 1)),) if mark is not None else ()
    return CompileError([Diagnostic("SW012", f"`{path.name}` is not YAML: {problem}", place)])


def _entries(document: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """Give version 2's `sql` entries, or version 1's packages, which have the same keys."""
    key = "sql" if str(document["version"]) == "2" else "packages"
    entries = [e for e in _lists(document, key) if isinstance(e, dict)]
    if not entries:
        raise error("SW012", f"`{path.name}` has no `{key}` entry")
    return entries


def _engine(entry: dict[str, Any]) -> str:
    return str(entry.get("engine", "postgresql"))


def _notes_on_entries(entries: list[dict[str, Any]], chosen: dict[str, Any]) -> Iterator[str]:
    for position, entry in enumerate(entries, 1):
        if entry is chosen:
            continue
        if _engine(entry) != "postgresql":
            yield f"entry {position} is left out: its engine is `{_engine(entry)}`"
        else:
            yield f"entry {position} is left out: a project has one schema and one store"


def _go_options(document: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Join the entry's own `rename` and `overrides` with those for all entries."""
    if str(document["version"]) == "2":
        shared = _table(_table(document, "overrides"), "go")
        own = _table(_table(entry, "gen"), "go")
    else:
        shared, own = document, entry
    return {
        "rename": {**_table(shared, "rename"), **_table(own, "rename")},
        "overrides": [*_lists(shared, "overrides"), *_lists(own, "overrides")],
    }


def _table(values: dict[str, Any], key: str) -> dict[str, Any]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def _lists(values: dict[str, Any], key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _paths(value: Any, folder: Path, root: Path) -> str:
    paths = [value] if isinstance(value, str) else value if isinstance(value, list) else ["."]
    shown = [Path(os.path.relpath(folder / str(p), root)).as_posix() for p in paths]
    return toml_string(shown[0]) if len(shown) == 1 else toml_strings(shown)


def _renames(go: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Take over the renames that say more than how Go spells an initialism."""
    lines: list[str] = []
    left_out: list[str] = []
    for name, go_name in go["rename"].items():
        if _letters(str(name)) == _letters(str(go_name)):
            left_out.append(str(name))
            continue
        lines.append(f"{toml_key(str(name))} = {toml_string(_python_name(str(go_name)))}")
    notes = [f"renames left out, as only Go needs them: {_listed(left_out)}"] if left_out else []
    if not lines:
        return [], notes
    notes.append("renames were turned into Python's spelling: check `[tool.sqlward.rename]`")
    return ["", "[tool.sqlward.rename]", *lines], notes


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


def _python_name(go_name: str) -> str:
    """Turn `SpotifyURL` into `spotify_url`."""
    written = ""
    for i, letter in enumerate(go_name):
        follows_small = i > 0 and not go_name[i - 1].isupper() and go_name[i - 1] != "_"
        starts_word = i > 0 and go_name[i - 1].isupper() and go_name[i + 1 : i + 2].islower()
        if letter.isupper() and (follows_small or starts_word):
            written += "_"
        written += letter.lower()
    return written


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
