"""Compile again whenever a source of the project changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from sqlward_codegen.config import Config, load_config
from sqlward_codegen.diagnostics import CompileError

SUFFIXES = (".sql", ".toml")


def watch(compile_once: Callable[[], int]) -> int:
    """Compile now and after every change, until Ctrl-C; gives the exit code 0."""
    from watchfiles import watch as changes

    config = load_config(Path.cwd())
    _compile(compile_once)
    print("watching for changes, Ctrl-C ends", file=sys.stderr)
    try:
        for _ in changes(*_folders(config), watch_filter=lambda _, path: path.endswith(SUFFIXES)):
            _compile(compile_once)
    except KeyboardInterrupt:
        pass
    return 0


def _compile(compile_once: Callable[[], int]) -> None:
    from sqlward_codegen.cli.report import print_diagnostics

    try:
        compile_once()
    except CompileError as failure:
        print_diagnostics(failure.diagnostics)


def _folders(config: Config) -> list[Path]:
    """Give what to watch: sources that exist, and the folder of what does not (yet)."""
    wanted = [config.source, *config.schema, *config.queries]
    return sorted({path if path.exists() else config.root for path in wanted})
