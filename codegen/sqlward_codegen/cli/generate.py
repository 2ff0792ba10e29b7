"""`sqlward generate`: compile the queries into a typed store."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlward_codegen.cli.progress import Progress
from sqlward_codegen.config import Config, load_config
from sqlward_codegen.memory import compiler_digest, digest
from sqlward_codegen.reading.sources import query_files
from sqlward_codegen.stamp import digests, last_words, write_stamp

if TYPE_CHECKING:
    from sqlward_codegen.asking.asker import Asker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail with a diff if the generated store is not current",
    )
    parser.add_argument(
        "--watch", action="store_true", help="compile again whenever a source changes"
    )
    parser.add_argument("--database-url", help="compile on this server, in a scratch database")
    parser.add_argument("--pg-bin", help="folder with the PostgreSQL programs to use")


def run(args: argparse.Namespace) -> int:
    """Run the command; gives the exit code."""
    if args.watch:
        from sqlward_codegen.cli.watch import watch

        return watch(lambda: generate(args))
    return generate(args)


def generate(args: argparse.Namespace) -> int:
    """Compile once; gives the exit code: 0, or 1 with diagnostics or a diff printed."""
    # A run is short and makes hardly any cycles: looking for them costs a tenth of it.
    gc.disable()
    config = load_config(Path.cwd(), database_url=args.database_url, pg_bin=args.pg_bin)
    key = digest(compiler_digest(), config.source.read_bytes(), repr(config))
    inputs = digests(_inputs(config))
    said = last_words(config.root, key, inputs)
    if said is not None:
        print(f"{said}\nthe store is current" if said else "the store is current", file=sys.stderr)
        return 0
    from sqlward_codegen.asking.asker import Asker

    progress = Progress()
    try:
        # PostgreSQL starts while we find out what to ask it.
        with Asker(config) as asker:
            return _generate(config, key, inputs, progress, asker, check=args.check)
    finally:
        progress.clear()


def _generate(
    config: Config,
    key: str,
    inputs: Mapping[Path, str],
    progress: Progress,
    asker: Asker,
    *,
    check: bool,
) -> int:
    from sqlward_codegen.compile import compile_project

    with compile_project(config, key, progress, asker) as compilation:
        from sqlward_codegen.build import build

        result = build(compilation, config, progress, check=check)
    progress.clear()
    from sqlward_codegen.cli.report import plain, print_diagnostics

    failed = print_diagnostics(result.diagnostics, config.root)
    if failed or result.written is None:
        return 1
    written = result.written
    if check and (written.changed or written.removed):
        print(written.diff, end="")
        files = len(written.changed) + len(written.removed)
        print(f"not current: {files} files would change; run `sqlward generate`", file=sys.stderr)
        return 1
    said = plain(result.diagnostics, config.root)
    write_stamp(config.root, key, inputs, written.paths, said)
    print(_summary(result.queries, written.changed, written.removed), file=sys.stderr)
    return 0


def _inputs(config: Config) -> list[Path]:
    """Give every file that a run reads: the schema's, the queries', and those of the layers."""
    files, _ = query_files(config.queries, config.root)
    return [*files, *_schema_files(config.schema), *_layer_files(config)]


def _layer_files(config: Config) -> list[Path]:
    if not config.has_authorization:
        return []
    from sqlward_codegen.authz.policy import policy_places

    # The places where the policy module could be count too: it may appear there.
    return [config.resources, *policy_places(config)]


def _schema_files(paths: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        files += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return files


def _summary(queries: int, changed: Iterable[object], removed: Iterable[object]) -> str:
    files = sum(1 for _ in changed)
    gone = sum(1 for _ in removed)
    parts = [f"{files} files written" if files else "no file changed"]
    if gone:
        parts.append(f"{gone} removed")
    return f"{queries} queries compiled: {', '.join(parts)}"
