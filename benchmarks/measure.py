"""Run a command and tell how long it took, or how much memory its processes held."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_POLL_SECONDS = 0.005
_SERVER = "postgres"


class CommandError(Exception):
    """A command that is measured did not end well."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The highest memory seen, in bytes.

    `compiler` is the resident memory of the command and all its descendants but PostgreSQL's
    processes. `server` is theirs, each page that they share counted once (proportional set
    size).
    """

    compiler: int
    server: int


def wall_seconds(
    command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None
) -> float:
    """Give the command's wall time; raises CommandError."""
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise CommandError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return seconds


def output_of(
    command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None
) -> str:
    """Give what the command says on both of its channels; raises CommandError."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def peak_memory(
    command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None
) -> Memory:
    """Give the peak over the command's whole process tree, sampled every few milliseconds.

    Not for timed runs: the sampling costs time. Linux only (`/proc`). Raises CommandError.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    compiler = server = 0
    while process.poll() is None:
        sample = _sample(process.pid)
        compiler = max(compiler, sample.compiler)
        server = max(server, sample.server)
        time.sleep(_POLL_SECONDS)
    if process.returncode:
        raise CommandError(f"{' '.join(command)}: exit {process.returncode}")
    return Memory(compiler, server)


def _sample(root: int) -> Memory:
    compiler = server = 0
    for process in _descendants(root):
        # It may end at any moment; then it holds nothing.
        with suppress(OSError):
            if (process / "comm").read_text().strip() == _SERVER:
                server += _proportional_bytes(process)
            else:
                compiler += _resident_bytes(process)
    return Memory(compiler, server)


def _descendants(process: int) -> Iterator[Path]:
    """Give the folders in /proc of the process and all below it."""
    folder = Path("/proc", str(process))
    yield folder
    try:
        lists = [task.read_text() for task in folder.glob("task/*/children")]
    except OSError:
        return
    for children in lists:
        for child in children.split():
            yield from _descendants(int(child))


def _resident_bytes(process: Path) -> int:
    return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _proportional_bytes(process: Path) -> int:
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
