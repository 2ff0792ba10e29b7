"""One private PostgreSQL: made in a run folder, started, watched and always stopped."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlward_codegen.diagnostics import CompileError, error
from sqlward_codegen.server.account import Account
from sqlward_codegen.server.binaries import Binaries
from sqlward_codegen.server.folders import SHARED_MEMORY, RunFolder

PORT = 5432
START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0
SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path (`sun_path` less its end), the smallest among Linux and macOS."""
INITDB_OPTIONS = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--wal-segsize=1",
)
_SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_logical_replication_workers=0",
    "max_parallel_workers=0",
    "min_wal_size=2MB",
    "checkpoint_timeout=1d",
    "bgwriter_lru_maxpages=0",
    "autovacuum=off",
    "jit=off",
    # In the run folder, so that nothing can be left behind in shared memory.
    "dynamic_shared_memory_type=mmap",
    "huge_pages=off",
    "shared_buffers=16MB",
    "max_locks_per_transaction=256",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_min_messages=fatal",
)
_LOG_PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] ")
# The owner's end of the pipe closes when the owner ends, however it ends.
_WATCH = """\
trap '' INT TERM HUP QUIT
read -r _
read -r pid < "$1/data/postmaster.pid" && kill -QUIT "$pid"
tries=0
while kill -0 "$pid" && [ "$tries" -lt 50 ]; do tries=$((tries + 1)); sleep 0.1; done
rm -rf -- "$1" "$2"
"""


@dataclass(slots=True)
class Cluster:
    """A running server in its run folder; `sockets` is the folder of its socket."""

    folder: RunFolder
    sockets: Path
    process: subprocess.Popen[bytes]
    watcher: subprocess.Popen[bytes]

    def stop(self, *, cleanly: bool = False) -> bool:
        """Stop the server; True when it has written everything out, as `cleanly` asks for."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT if cleanly else signal.SIGQUIT)
        try:
            return self.process.wait(STOP_TIMEOUT) == 0
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return False

    def remove(self) -> None:
        """Delete what the stopped server leaves behind."""
        if self.sockets != self.folder.path:
            for left in self.sockets.glob("*") if self.sockets.is_dir() else ():
                left.unlink(missing_ok=True)
            with suppress(OSError):
                self.sockets.rmdir()
        self.folder.remove()
        self.watcher.kill()
        self.watcher.communicate()


def initialise(binaries: Binaries, account: Account, data: Path) -> None:
    """Run `initdb`; raises `CompileError` when it fails."""
    command = [*account.prefix, binaries.program("initdb"), *INITDB_OPTIONS, "-D", str(data)]
    account.give(data.parent)
    try:
        finished = _run(command, account, data.parent)
    except OSError as failure:
        raise _not_initialised(binaries, str(failure)) from failure
    if finished.returncode:
        raise _not_initialised(binaries, finished.stderr.decode(errors="replace"))


def launch(binaries: Binaries, account: Account, folder: RunFolder) -> Cluster:
    """Start the server of a run folder; it does not accept connections at once.

    Raises `CompileError` when the program cannot be started.
    """
    sockets = socket_folder(folder.path)
    account.give(folder.path)
    settings = [*_SETTINGS, *(["io_method=sync"] if binaries.major >= 18 else [])]
    command = [
        *(*account.prefix, binaries.program("postgres"), "-D", str(folder.data)),
        *("-k", str(sockets), "-p", str(PORT)),
        *(word for setting in settings for word in ("-c", setting)),
    ]
    watcher = _watch(folder.path, sockets)
    try:
        with folder.log.open("wb") as log:
            process = _start(command, account, log.fileno(), folder.path)
    except OSError as failure:
        watcher.kill()
        watcher.communicate()
        raise _not_started(str(failure)) from failure
    return Cluster(folder, sockets, process, watcher)


def wait_until_ready(cluster: Cluster) -> None:
    """Return when the server accepts connections; raises `CompileError` when it ends instead."""
    deadline = time.monotonic() + START_TIMEOUT
    pause = 0.001
    while not _is_ready(cluster.folder.data):
        if cluster.process.poll() is not None:
            raise _not_started(cluster.folder.log.read_text(errors="replace"))
        if time.monotonic() > deadline:
            raise _not_started(f"it did not accept connections within {START_TIMEOUT:.0f} s")
        time.sleep(pause)


def socket_folder(folder: Path) -> Path:
    """Give the folder for the socket: the run folder, or a short one where its path is too long."""
    name = f".s.PGSQL.{PORT}"
    if len(os.fsencode(folder / name)) <= SOCKET_PATH_LIMIT:
        return folder
    short = Path("/tmp") / folder.name
    short.mkdir(mode=0o700)
    return short


def _is_ready(data: Path) -> bool:
    # The eighth line of the file is the postmaster's status (`PMSTATUS` in miscinit.c).
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _watch(folder: Path, sockets: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/bin/sh", "-c", _WATCH, "sqlward-watch", str(folder), str(sockets)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )


def _start(command: list[str], account: Account, log: int, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=folder,
        env=_environment(),
        user=account.user,
        group=account.group,
        extra_groups=None if account.user is None else [],
        # Ctrl-C is for us; the server is stopped by us.
        start_new_session=True,
    )


def _run(command: list[str], account: Account, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=folder,
        env=_environment(),
        user=account.user,
        group=account.group,
        extra_groups=None if account.user is None else [],
    )


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _not_initialised(binaries: Binaries, reason: str) -> CompileError:
    return error(
        "SW703",
        f"`initdb` of PostgreSQL {binaries.version} failed: {_last_line(reason)}",
        help=_room(reason)
        or f"it is the one in `{binaries.folder}`; choose another with `--pg-bin`, "
        "or set `DATABASE_URL`",
    )


def _not_started(reason: str) -> CompileError:
    return error(
        "SW704",
        f"the private PostgreSQL did not start: {_last_line(reason)}",
        help=_room(reason) or "choose other binaries with `--pg-bin`, or set `DATABASE_URL`",
    )


def _room(reason: str) -> str | None:
    if os.strerror(errno.ENOSPC) not in reason:
        return None
    return (
        f"make room in `{SHARED_MEMORY}`, or set `TMPDIR` to a folder with 100 MB of it, "
        "or set `DATABASE_URL`"
    )


def _last_line(text: str) -> str:
    lines = [_LOG_PREFIX.sub("", line).strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "FATAL" in line or "error" in line]
    return (errors or lines or ["it said nothing"])[-1].removeprefix("FATAL:").strip()
