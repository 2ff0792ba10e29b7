"""`sqlward query`: show how queries were understood."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlward_codegen.cli.progress import Progress
from sqlward_codegen.compile import Compilation, compile_project, keep
from sqlward_codegen.config import Config, load_config
from sqlward_codegen.diagnostics import error
from sqlward_codegen.memory import compiler_digest, digest
from sqlward_codegen.messages.suggest import nearest
from sqlward_codegen.model import Query


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("names", metavar="NAME", nargs="*", help="the query's name")
    parser.add_argument("--all", action="store_true", help="every query of the project")
    parser.add_argument(
        "--json", action="store_true", help="print the machine-readable form (docs/query-json.md)"
    )
    parser.add_argument("--authz", action="store_true", help="say in words who may run it")
    parser.add_argument("--database-url", help="compile on this server, in a scratch database")
    parser.add_argument("--pg-bin", help="folder with the PostgreSQL programs to use")


def run(args: argparse.Namespace) -> int:
    """Run the command; gives the exit code."""
    if bool(args.names) == args.all:
        print("usage: sqlward query NAME [NAME …], or sqlward query --all", file=sys.stderr)
        return 2
    config = load_config(Path.cwd(), database_url=args.database_url, pg_bin=args.pg_bin)
    compilation = _compile(config)
    chosen = compilation.queries if args.all else _chosen(compilation, args.names)
    if args.json:
        from sqlward_codegen.machine import machine_form

        print(json.dumps(machine_form(chosen, compilation.catalog), indent=2))
    elif args.authz:
        return _explain_rules(compilation, config, chosen)
    else:
        print("\n".join(_pages(config, compilation, chosen)), end="")
    return _report(compilation, config, args)


def _explain_rules(compilation: Compilation, config: Config, chosen: Sequence[Query]) -> int:
    from sqlward_codegen.authz.explain import explain_rules
    from sqlward_codegen.cli.report import print_diagnostics

    authorization = compilation.authorization
    if authorization is None:
        raise error(
            "SW006",
            "this project has no authorization layer",
            help='write `layers = ["authz"]` in its configuration',
        )
    ruled = {found.query.name: found for found in authorization.queries}
    pages = [explain_rules(ruled[q.name], authorization) for q in chosen if q.name in ruled]
    print("\n".join(pages), end="")
    return (
        print_diagnostics(compilation.diagnostics, config.root) if len(pages) < len(chosen) else 0
    )


def _compile(config: Config) -> Compilation:
    key = digest(compiler_digest(), config.source.read_bytes(), repr(config))
    progress = Progress()
    try:
        with compile_project(config, key, progress) as compilation:
            keep(config, compilation, compilation.files, compilation.cache.modules)
            return compilation
    finally:
        progress.clear()


def _chosen(compilation: Compilation, names: Sequence[str]) -> tuple[Query, ...]:
    by_name = {query.name: query for query in compilation.queries}
    for name in names:
        if name not in by_name and not compilation.diagnostics:
            close = nearest(name, list(by_name))
            raise error(
                "SW008",
                f"there is no query `{name}`",
                help=f"did you mean `{close}`?" if close else "`sqlward query --all` lists them",
            )
    return tuple(by_name[name] for name in names if name in by_name)


def _pages(config: Config, compilation: Compilation, queries: Sequence[Query]) -> list[str]:
    from sqlward_codegen.explain import explain
    from sqlward_codegen.reading.sources import text_reader

    read = text_reader(config.root)
    pages = []
    for query in queries:
        span = query.statement.query.name_span
        pages.append(explain(query, compilation.catalog, read(span.path) or ""))
    return pages


def _report(compilation: Compilation, config: Config, args: argparse.Namespace) -> int:
    """Print the diagnostics, all of them with `--all`, else only where a query is missing."""
    from sqlward_codegen.cli.report import print_diagnostics

    found = {query.name for query in compilation.queries}
    if args.all or any(name not in found for name in args.names):
        return print_diagnostics(compilation.diagnostics, config.root)
    return 0
