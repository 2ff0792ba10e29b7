"""The `sqlward` command: one module per subcommand, imported only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from sqlward_codegen import __version__
from sqlward_codegen.diagnostics import CompileError, Diagnostic

COMMANDS = {
    "init": "set up sqlward in the current folder",
    "generate": "compile the queries into a typed store",
    "query": "show how queries were understood",
    "migrate": "apply, undo, list or start migrations",
}
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code: 0, 1 for diagnostics, 2 for usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    args = _parser(words).parse_args(words)
    try:
        return int(args.run(args))
    except CompileError as failure:
        return _report(failure.diagnostics)
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (`| head`) is gone; that is its right.
        sys.stderr.close()
        return 0
    except ModuleNotFoundError as missing:
        return _report([_missing_extra(missing)])


def _report(diagnostics: Sequence[Diagnostic]) -> int:
    from sqlward_codegen.cli.report import print_diagnostics

    return print_diagnostics(diagnostics)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sqlward",
        description="Write SQL. Get a typed, authorized, observed and encrypted Python store.",
    )
    parser.add_argument("--version", action="version", version=f"sqlward {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    chosen = next((word for word in words if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary}.".capitalize())
        # Only the chosen command's module is imported: the others may be slow to.
        if name == chosen:
            module = import_module(f"sqlward_codegen.cli.{name}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


def _missing_extra(missing: ModuleNotFoundError) -> Diagnostic:
    return Diagnostic(
        "SW007",
        f"the compiler needs `{missing.name}`, which is not installed",
        help="install the compiler's extra: `pip install 'sqlward[codegen]'`",
    )
