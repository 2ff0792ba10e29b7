"""Compile again whenever a source of the project changes."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlward_codegen.config import Config, load_config
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.reading.sources import is_pattern, query_files

SUFFIXES = (".sql", ".toml")
_PATIENCE = 1000
"""Milliseconds of silence after which we look for ourselves."""

State = tuple[tuple[str, int, int], ...]


def watch(compile_once: Callable[[], int]) -> int:
    """Compile now and after every change, until Ctrl-C; gives the exit code 0."""
    config = load_config(Path.cwd())
    seen = _state(config)
    _compile(compile_once)
    print("watching for changes, Ctrl-C ends", file=sys.stderr)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            config, seen = _until_folders_change(config, seen, compile_once)
    return 0


def _until_folders_change(
    config: Config, seen: State, compile_once: Callable[[], int]
) -> tuple[Config, State]:
    """Compile after every change, the first time also after what changed since `seen`.

    Gives the settings, and what was seen of them, when other folders are to be watched.
    """
    from watchfiles import watch as changes

    wanted = _sources(config)
    folders = _folders(wanted)
    # Folders and not files: editors put another file in the old one's place.
    watched = changes(
        *folders,
        recursive=False,
        watch_filter=lambda _, path: _concerns(path, wanted),
        yield_on_timeout=True,
        rust_timeout=_PATIENCE,
    )
    for found in watched:
        now = _state(config)
        # What was saved while nobody watched comes to light at the first silence.
        if not found and now == seen:
            continue
        seen = now
        _compile(compile_once)
        with contextlib.suppress(CompileError):
            config = load_config(Path.cwd())
        if _sources(config) != wanted or _folders(wanted) != folders:
            break
    return config, seen


def _state(config: Config) -> State:
    """Give when each source was last written."""
    files, _ = query_files((*config.schema, *config.queries), config.root)
    state = []
    for file in (config.source, config.resources, *files):
        with contextlib.suppress(OSError):
            status = file.stat()
            state.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(state)


def _compile(compile_once: Callable[[], int]) -> None:
    from sqlward_codegen.cli.report import print_diagnostics

    try:
        compile_once()
    except CompileError as failure:
        print_diagnostics(failure.diagnostics)
    # A single run leaves the few cycles that it makes to its end; here they would add up.
    gc.collect()


def _sources(config: Config) -> tuple[Path, ...]:
    own = (config.resources,) if config.has_authorization else ()
    return (config.source, *config.schema, *config.queries, *own)


def _folders(sources: Iterable[Path]) -> list[Path]:
    """Give the folders of the sources; of what is not there yet, the nearest that is."""
    found: set[Path] = set()
    for source in sources:
        folder = source
        while not folder.is_dir():
            folder = folder.parent
        found.add(folder)
        if folder == source or is_pattern(source):
            found.update(path for path in folder.rglob("*") if path.is_dir())
    return sorted(found)


def _concerns(changed: str, sources: Iterable[Path]) -> bool:
    """Whether a change can matter: to a file of ours, or to a folder with or above a source."""
    path = Path(changed)
    if path.suffix in SUFFIXES:
        return True
    is_folder = not path.suffix
    return any(path == s or path in s.parents or (s in path.parents and is_folder) for s in sources)
