"""Read and check `[tool.sqlward]` of `pyproject.toml`, or `sqlward.toml`."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Final

from sqlward_codegen.config import Config, Override
from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label, error
from sqlward_codegen.model import Span
from sqlward_codegen.settings.config_table import Complaints, Table
from sqlward_codegen.settings.toml_places import TomlPlaces

OWN_FILE: Final = "sqlward.toml"
PROJECT_FILE: Final = "pyproject.toml"

SCHEMA: Final = "schema/migrations"
QUERIES: Final = "queries"
OUTPUT: Final = "src/store/generated"
RESOURCES: Final = "schema/resources.toml"

LAYERS: Final = ("metrics", "secrets", "authz")
BUILT_LAYERS: Final[tuple[str, ...]] = ("authz",)
"""The layers that this version can generate."""

_QUOTED: Final = re.compile(r"'([^']*)'")

SELECTORS: Final = ("db_type", "column", "query_column", "parameter")


def read_config(start: Path, database_url: str | None, pg_bin: Path | None) -> Config:
    """Give the checked configuration; see `config.load_config`."""
    sources = find_sources(start)
    if not sources:
        raise error(
            "SW001",
            f"no `[tool.sqlward]` in a `{PROJECT_FILE}` and no `{OWN_FILE}` at or above this folder",
            help="run `sqlward init`",
        )
    if len(sources) > 1:
        raise error(
            "SW002",
            f"both `{PROJECT_FILE}` and `{OWN_FILE}` configure sqlward",
            help=f"move what `{OWN_FILE}` says to `[tool.sqlward]`, or the other way round",
        )
    reader = _Reader(next(iter(sources)))
    config = reader.config(database_url, pg_bin)
    if reader.complaints.found:
        raise CompileError(reader.complaints.found)
    return config


def find_sources(start: Path) -> tuple[Path, ...]:
    """Give the configuration files of the nearest folder, at or above `start`, with any."""
    start = start.resolve()
    for folder in (start, *start.parents):
        own, project = folder / OWN_FILE, folder / PROJECT_FILE
        found = [own] if own.is_file() else []
        if project.is_file() and _configures(project, alone=not found):
            found.append(project)
        if found:
            return tuple(found)
    return ()


def _configures(project: Path, *, alone: bool) -> bool:
    """Whether the file has our table; one that is not TOML does when it seems to have it."""
    text = _text(project)
    try:
        tool = tomllib.loads(text).get("tool")
        return isinstance(tool, dict) and "sqlward" in tool
    except tomllib.TOMLDecodeError:
        return alone and "tool.sqlward" in text


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as failure:
        reason = (failure.strerror or "unreadable").lower()
        raise error("SW003", f"`{path.name}` cannot be read: {reason}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        line = data[: failure.start].count(b"\n") + 1
        raise error("SW003", f"`{path.name}` is not UTF-8 on line {line}") from None


class _Reader:
    """Reads one file; what is wrong gathers in `complaints`."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._root = source.parent
        text = _text(source)
        prefix = () if source.name == OWN_FILE else ("tool", "sqlward")
        self.complaints = Complaints(source.name, TomlPlaces(text), prefix)
        self._values = _parsed(text, source.name)
        for key in prefix:
            self._values = self._values.get(key, {})

    def config(self, database_url: str | None, pg_bin: Path | None) -> Config:
        if not isinstance(self._values, dict):
            raise error(
                "SW005", "`tool.sqlward` is not a table", Label(Span(self._source.name, 0, 0))
            )
        table = Table(self._values, (), self.complaints)
        config = Config(
            root=self._root,
            source=self._source,
            schema=self._paths(table, "schema", SCHEMA),
            queries=self._paths(table, "queries", QUERIES),
            output=self._root / table.text("output", OUTPUT),
            layers=self._layers(table),
            database_url=self._database_url(table, database_url),
            overrides=tuple(self._override(t) for t in table.tables("overrides")),
            renames=tuple(table.table("rename").texts_by_key()),
            non_null_elements=table.texts("non_null_elements"),
            total_functions=table.texts("total_functions"),
            frozen_rows=table.flag("frozen_rows"),
            pg_bin=pg_bin or self._optional_path(table, "pg_bin"),
            resources=self._root / table.text("resources", RESOURCES),
            policy=table.text("policy", "") or None,
        )
        table.finish()
        self._check_output(table, config)
        return config

    def _paths(self, table: Table, key: str, default: str) -> tuple[Path, ...]:
        paths = table.texts(key, (default,), alone=True)
        if not paths:
            table.complain("SW005", f"`{key}` names nothing", key, f'write `{key} = "{default}"`')
        return tuple(self._root / path for path in paths)

    def _optional_path(self, table: Table, key: str) -> Path | None:
        value = table.text(key, "")
        return self._root / value if value else None

    def _database_url(self, table: Table, given: str | None) -> str | None:
        own = table.text("database_url", "")
        return given or os.environ.get("DATABASE_URL") or own or None

    def _layers(self, table: Table) -> tuple[str, ...]:
        layers = table.texts("layers")
        for layer in layers:
            if layer not in LAYERS:
                table.unknown_value("SW006", "layer", layer, "layers", LAYERS)
            elif layer not in BUILT_LAYERS:
                message = f"this version of sqlward has no layer `{layer}` yet"
                table.complain("SW006", message, "layers", f"leave `{layer}` out of `layers`")
        return tuple(dict.fromkeys(layers))

    def _override(self, table: Table) -> Override:
        selectors = {key: table.text(key, "") or None for key in SELECTORS}
        chosen = [key for key, value in selectors.items() if value]
        override = Override(
            python_type=table.text("python_type", ""),
            decode=table.text("decode", "") or None,
            encode=table.text("encode", "") or None,
            json=table.flag("json"),
            **selectors,
        )
        table.finish()
        if not override.python_type:
            message, way_out = (
                "an override without `python_type`",
                'write `python_type = "module.Name"`',
            )
            table.complain("SW011", message, None, way_out)
        if len(chosen) != 1:
            found = " and ".join(f"`{key}`" for key in chosen) or "none"
            message = f"an override must say one of what it is for, found {found}"
            way_out = f"give exactly one of {', '.join(f'`{s}`' for s in SELECTORS)}"
            table.complain("SW011", message, chosen[1] if chosen else None, way_out)
        if override.json and (override.decode or override.encode):
            message = "an override with `json` takes no `decode` or `encode`"
            table.complain("SW011", message, "json", "leave one of the two out")
        return override

    def _check_output(self, table: Table, config: Config) -> None:
        """Keep generated files apart from what the user writes: the folder is ours alone."""
        output = config.output.resolve()
        for path in (config.root, *config.schema, *config.queries):
            if output == path.resolve() or output in path.resolve().parents:
                held = "the project" if path == config.root else f"`{path.name}`"
                message = f"`output` must be a folder of its own, and this one holds {held}"
                table.complain("SW005", message, "output", f'write `output = "{OUTPUT}"`')
                return


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        message, place = toml_failure(text, str(failure))
        label = Label(Span(name, place, place + 1))
        raise CompileError(
            [Diagnostic("SW003", f"`{name}` is not TOML: {message}", (label,))]
        ) from None


def toml_failure(text: str, message: str) -> tuple[str, int]:
    """Split `Invalid value (at line 3, column 7)` into a message and an offset."""
    words, _, position = message.partition(" (at ")
    reason = _QUOTED.sub(r"`\1`", words[:1].lower() + words[1:])
    numbers = [int(n) for n in position.rstrip(")").replace(",", "").split() if n.isdigit()]
    if len(numbers) != 2:
        return reason, max(len(text) - 1, 0)
    lines = text.replace("\r\n", " \n").split("\n")
    return reason, sum(len(line) + 1 for line in lines[: numbers[0] - 1]) + numbers[1] - 1
