"""The folders a server lives in: the cache, and a run folder that never outlives its owner."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
SPACE_NEEDED = 256 << 20
"""Free bytes that shared memory must have to hold a data directory."""
PREFIX = "sqlward-"
ABANDONED_AFTER = 3600.0
"""Seconds after which a run folder whose lock file was never made is given up."""


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A folder of one running server; its owner holds a lock on `lock` as long as it lives."""

    path: Path
    lock: int

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.path / "data"

    @property
    def log(self) -> Path:
        """What the server writes to its standard error."""
        return self.path / "log"

    def remove(self) -> None:
        """Delete the folder and let go of the lock."""
        shutil.rmtree(self.path, ignore_errors=True)
        with suppress(OSError):
            os.close(self.lock)


def cache_folder() -> Path:
    """Give the user's cache folder of sqlward; it may not exist yet."""
    chosen = os.environ.get("XDG_CACHE_HOME")
    root = Path(chosen) if chosen and Path(chosen).is_absolute() else _home() / ".cache"
    return root / "sqlward"


def make_run_folder(place: Path) -> RunFolder:
    """Make a locked run folder in `place`; raises `OSError` when that is impossible."""
    while True:
        path = place / f"{PREFIX}{os.getpid()}-{secrets.token_hex(3)}"
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue
        # A sweep that wins the race between making and locking deletes the folder: try again.
        with suppress(FileNotFoundError, BlockingIOError):
            return RunFolder(path, _lock(path, create=True))


def run_places() -> tuple[Path, ...]:
    """Give where run folders can be, the best first."""
    temporary = Path(tempfile.gettempdir())
    return (SHARED_MEMORY, temporary) if _is_roomy(SHARED_MEMORY) else (temporary,)


def sweep() -> None:
    """Delete the run folders whose owners are gone, and stop what still runs in them."""
    for place in {SHARED_MEMORY, Path(tempfile.gettempdir())}:
        with suppress(OSError):
            for path in place.glob(f"{PREFIX}*"):
                _sweep_one(path)


def is_alive(pid: int) -> bool:
    """Whether a process with that id exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _sweep_one(path: Path) -> None:
    with suppress(OSError):
        status = path.lstat()
        # Root's servers may run as somebody else, who owns the folder then.
        if os.geteuid() not in (0, status.st_uid):
            return
        try:
            lock = _lock(path, create=False)
        except FileNotFoundError:
            if time.time() - status.st_mtime > ABANDONED_AFTER:
                shutil.rmtree(path, ignore_errors=True)
            return
        _stop_left_over(path / "data")
        RunFolder(path, lock).remove()


def _lock(path: Path, *, create: bool) -> int:
    flags = os.O_RDWR | os.O_NOFOLLOW | (os.O_CREAT if create else 0)
    lock = os.open(path / "lock", flags, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise
    return lock


def _stop_left_over(data: Path) -> None:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    if str(data) not in _command_line(pid):
        return
    for sent in (signal.SIGQUIT, signal.SIGKILL):
        with suppress(OSError):
            os.kill(pid, sent)
        for _ in range(200):
            if not is_alive(pid):
                return
            time.sleep(0.01)


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        pass
    try:
        command = ["ps", "-p", str(pid), "-o", "command="]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def _is_roomy(place: Path) -> bool:
    try:
        status = os.statvfs(place)
    except OSError:
        return False
    return os.access(place, os.W_OK | os.X_OK) and (
        status.f_bavail * status.f_frsize >= SPACE_NEEDED
    )


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        return Path(tempfile.gettempdir())
