"""The `sqlward` command: one module per subcommand, imported only when it runs."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from types import FrameType
from typing import NoReturn

from sqlward_codegen import __version__
from sqlward_codegen.diagnostics import CompileError, Diagnostic

COMMANDS = {
    "init": "set up sqlward in the current folder",
    "generate": "compile the queries into a typed store",
    "query": "show how queries were understood",
    "migrate": "apply, undo, list or start migrations",
}
SIGNALLED = 128
"""What a shell adds to the number of the signal that ended a program."""


class _Ended(KeyboardInterrupt):
    """A request to end that is no Ctrl-C; what runs is cleaned up in the same way."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit code: 0, 1 for diagnostics, 2 for usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    try:
        _end_in_order()
        args = _parser(words).parse_args(words)
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except CompileError as failure:
        return _report(failure.diagnostics)
    except KeyboardInterrupt as interrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return SIGNALLED + _signal_of(interrupt)
    except BrokenPipeError:
        # The reader of our output (`| head`) is gone; that is its right.
        _discard_output()
        return SIGNALLED + signal.SIGPIPE
    except ModuleNotFoundError as missing:
        return _report([_missing_extra(missing)])
    except OSError as failure:
        _discard_output()
        return _report([_refused_by_system(failure)])


def entry() -> NoReturn:
    """Be the `sqlward` command: run and end, without taking apart what ends with us."""
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _prepare_streams() -> None:
    """Make the output streams take everything: they can be closed, or know only ASCII."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _end_in_order() -> None:
    """Let a polite request to end, as of a build server, stop PostgreSQL as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        # Windows has not both, and only the main thread may set them.
        with contextlib.suppress(AttributeError, ValueError):
            number = getattr(signal, name)
            if signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, _end)


def _end(number: int, _: FrameType | None) -> None:
    raise _Ended(number)


def _signal_of(interrupt: KeyboardInterrupt) -> int:
    return int(interrupt.args[0]) if isinstance(interrupt, _Ended) else signal.SIGINT


def _discard_output() -> None:
    """Keep the interpreter from writing at its end what cannot be written."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


def _refused_by_system(failure: OSError) -> Diagnostic:
    what = f"`{os.fsdecode(failure.filename)}`" if failure.filename else "the output"
    reason = (failure.strerror or str(failure) or "no reason given").lower()
    return Diagnostic("SW013", f"{what} cannot be used: {reason}")
