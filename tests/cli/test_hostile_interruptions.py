"""Runs that are cut short, servers that go away, several runs at once, and `--watch`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from goldens_support import assert_golden
from project import SCHEMA, SETTINGS, Project, small_project
from sqlward_codegen.server import Server

GET = "-- name: GetChat :one\nSELECT * FROM chats WHERE id = @id;\n"
FIND = GET.replace("GetChat", "FindChat")
SLOW = f"{SCHEMA}SELECT pg_sleep(60);\n"
PLACES = (Path("/dev/shm"), Path(tempfile.gettempdir()))
# Ends the session that asks for a query's tree.
DEADLY = f"""{SCHEMA}
CREATE FUNCTION die() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_query() LIKE '%BEGIN ATOMIC%' THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
END
$$;
CREATE EVENT TRIGGER die ON ddl_command_start EXECUTE FUNCTION die();
"""


@dataclass
class Running:
    """A command that runs; `said` is what it has written to its standard error so far."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What it wrote."""
        return "".join(self.lines)

    def end(self) -> int:
        """Wait for its end; gives the exit code, as a shell does."""
        code = self.process.wait(60)
        # An interpreter that was interrupted while it ran `exec` ends by the signal itself, even
        # when the interrupt was caught.
        return 128 - code if code < 0 else code


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start commands; none is left at the end of the test."""
    started: list[Running] = []

    def start_one(project: Project, *words: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-m", "sqlward_codegen", *words],
            cwd=project.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        running = Running(process)
        started.append(running)
        reader = threading.Thread(target=lambda: running.lines.extend(process.stderr or ()))
        reader.start()
        readers.append(reader)
        return running

    readers: list[threading.Thread] = []
    yield start_one
    for running in started:
        running.process.kill()
        running.process.wait()
    for reader in readers:
        reader.join(20)


def until(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Wait for something to become true; gives whether it did."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def processes(part: str) -> list[int]:
    """Give the ids of the processes, zombies apart, with that in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if part in entry.read_bytes().decode(errors="replace"):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def run_folders(running: Running) -> list[Path]:
    """Give the folders of the command's server, whichever of its processes made them."""
    session = running.process.pid
    owners = {session, *_members(session)}
    return [f for place in PLACES for owner in owners for f in place.glob(f"sqlward-{owner}-*")]


def _members(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(entry.name)) == session:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def sleeping(running: Running) -> Path:
    """Wait until the command's server runs `pg_sleep`; gives the server's folder."""
    assert until(lambda: run_folders(running)), running.said
    (folder,) = run_folders(running)

    def is_asleep() -> bool:
        try:
            with psycopg.connect(f"host={folder} user=postgres dbname=postgres") as connection:
                count = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                return connection.execute(count).rowcount == 1
        except psycopg.Error:
            return False

    assert until(is_asleep), running.said
    return folder


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, 130),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGKILL, 137),
    ],
)
def test_an_end_in_the_middle(
    number: signal.Signals, code: int, tmp_path: Path, start: Callable[..., Running]
) -> None:
    """However a run ends, the store is as it was, and no server, process or folder is left."""
    project = small_project(tmp_path, GET)
    project.run("generate")
    project.write({"schema.sql": SLOW, "queries/chats.sql": FIND})
    before = project.files()
    running = start(project, "generate")
    folder = sleeping(running)
    running.process.send_signal(number)

    assert code == running.end()
    assert before == project.files()
    assert until(lambda: not folder.exists() and not processes(str(folder)), 30)
    assert until(lambda: not _members(running.process.pid), 30)
    expected = "" if number == signal.SIGKILL else "interrupted: nothing was written\n"
    assert until(lambda: expected == running.said, 5), running.said


def test_ctrl_c_for_all_processes(tmp_path: Path, start: Callable[..., Running]) -> None:
    """The terminal sends Ctrl-C to every process of the command, and an impatient user twice."""
    running = start(small_project(tmp_path, GET, SLOW), "generate")
    folder = sleeping(running)
    os.killpg(running.process.pid, signal.SIGINT)
    os.killpg(running.process.pid, signal.SIGINT)

    assert 130 == running.end()
    assert until(lambda: not folder.exists() and not processes(str(folder)), 30)
    assert "Traceback" not in running.said


@pytest.mark.parametrize("pause", [0.05, 0.15, 0.3, 0.5])
def test_ctrl_c_at_any_moment(pause: float, tmp_path: Path, start: Callable[..., Running]) -> None:
    """Ctrl-C in any phase is no traceback of ours and leaves no half of a store."""
    project = small_project(tmp_path, GET)
    running = start(project, "generate")
    time.sleep(pause)
    os.killpg(running.process.pid, signal.SIGINT)
    running.end()
    written = [path for path in project.files() if path.startswith("store")]

    assert written == [] or len(written) >= 8
    assert "sqlward_codegen/cli/generate.py" not in running.said


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGQUIT])
def test_a_server_that_ends(
    number: signal.Signals, tmp_path: Path, start: Callable[..., Running]
) -> None:
    """A server that is killed while it loads the schema is a diagnostic."""
    project = small_project(tmp_path, GET, SLOW)
    running = start(project, "generate")
    folder = sleeping(running)
    postmaster = int((folder / "data/postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, number)

    assert 1 == running.end()
    assert until(lambda: "1 error" in running.said, 5)
    assert_golden("diagnostics/cli/server_lost_in_schema.txt", running.said.rstrip())
    assert until(lambda: not folder.exists() and not processes(str(folder)), 30)


@pytest.mark.parametrize("count", [1, 60, 200])
def test_a_session_that_ends(count: int, tmp_path: Path) -> None:
    """A session that ends while queries are analysed is a diagnostic, however many there are."""
    queries = "".join(GET.replace("GetChat", f"GetChat{i}") for i in range(count))
    project = small_project(tmp_path, queries, DEADLY)
    outcome = project.run("generate")

    assert 1 == outcome.code
    assert outcome.err.startswith("error[SW709]: the connection to PostgreSQL was lost: ")
    assert "Traceback" not in outcome.err
    assert "pipeline mode" not in outcome.err
    assert [] == [path for path in project.files() if path.startswith("store")]


def test_interrupted_on_the_users_server(
    tmp_path: Path, postgres: Server, start: Callable[..., Running]
) -> None:
    """On the user's own server, too, an interrupted run leaves no database behind."""

    def databases() -> list[str]:
        with psycopg.connect(postgres.dsn()) as connection:
            found = connection.execute(
                "SELECT datname FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            )
            return [str(name) for (name,) in found]

    def exists(name: str) -> bool:
        with psycopg.connect(postgres.dsn()) as connection:
            question = "SELECT FROM pg_database WHERE datname = %s"
            return connection.execute(question, [name]).rowcount == 1

    running = start(
        small_project(tmp_path, GET, SLOW), "generate", "--database-url", postgres.dsn()
    )
    assert until(databases), running.said
    (name,) = databases()
    running.process.terminate()

    assert 143 == running.end()
    assert not exists(name)


def test_several_at_once(tmp_path: Path, start: Callable[..., Running]) -> None:
    """Runs at the same time in one project all succeed, and the store is whole."""
    queries = "".join(GET.replace("GetChat", f"GetChat{i}") for i in range(60))
    project = small_project(tmp_path, queries)
    running = [start(project, "generate") for _ in range(4)]

    assert [0, 0, 0, 0] == [one.end() for one in running], "".join(one.said for one in running)
    assert 0 == project.run("generate", "--check").code
    assert [] == [path for path in project.files() if Path(path).name.startswith(".")]


# --- watch -----------------------------------------------------------------------------


class Watched:
    """A project under `generate --watch`."""

    def __init__(self, project: Project, running: Running) -> None:
        self.project = project
        self.running = running

    def holds(self, name: str, part: str) -> bool:
        """Wait until a generated file has that text in it."""
        path = self.project.folder / "store/generated" / name
        return until(lambda: path.exists() and part in path.read_text(), 30)

    def says(self, part: str) -> bool:
        """Wait until the command has said that."""
        return until(lambda: part in self.running.said, 30)


def watched(project: Project, start: Callable[..., Running]) -> Watched:
    """Start watching a project."""
    running = start(project, "generate", "--watch")
    assert until(lambda: "watching for changes" in running.said), running.said
    # The line comes a moment before the folders are watched.
    time.sleep(0.5)
    return Watched(project, running)


def test_watch(tmp_path: Path, start: Callable[..., Running]) -> None:
    """Edits, new files, errors and removals are all compiled; Ctrl-C ends it with 0."""
    project = small_project(tmp_path, GET)
    watch = watched(project, start)

    project.write({"queries/chats.sql": FIND})
    assert watch.holds("chats.py", "def find_chat(")
    project.write({"queries/sub/users.sql": GET})
    assert watch.holds("users.py", "def get_chat(")
    # As most editors save: another file takes the old one's place.
    (tmp_path / "new").write_text(GET.replace("GetChat", "LoadChat"))
    (tmp_path / "new").replace(tmp_path / "queries/chats.sql")
    assert watch.holds("chats.py", "def load_chat(")
    project.write({"queries/sub/users.sql": "-- name: Bad :many\nSELECT nope FROM chats;\n"})
    assert watch.says(" --> queries/sub/users.sql:2:8")
    (tmp_path / "queries/sub/users.sql").unlink()
    assert until(lambda: not (tmp_path / "store/generated/users.py").exists())
    project.write({"schema.sql": SCHEMA.replace("title    text", "title    text NOT NULL")})
    assert watch.holds("models.py", "title: str\n")

    os.killpg(watch.running.process.pid, signal.SIGINT)
    assert 0 == watch.running.end()
    assert "Traceback" not in watch.running.said


def test_watch_follows_the_settings(tmp_path: Path, start: Callable[..., Running]) -> None:
    """A mistake in the settings ends nothing, and folders that they name are watched."""
    project = small_project(tmp_path, GET)
    watch = watched(project, start)

    project.write({"sqlward.toml": "nonsense"})
    assert watch.says("error[SW003]")
    settings = SETTINGS.replace('"queries"', '"sql"')
    project.write({"sqlward.toml": settings})
    assert watch.says("error[SW101]: `sql` does not exist")
    time.sleep(0.5)
    project.write({"sql/chats.sql": FIND})
    assert watch.holds("chats.py", "def find_chat(")
    time.sleep(0.5)
    project.write({"sql/chats.sql": GET})
    assert watch.holds("chats.py", "def get_chat(")

    watch.running.process.terminate()
    assert 0 == watch.running.end()
