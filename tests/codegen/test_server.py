"""A private PostgreSQL: started anywhere, shared by nobody, never left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.server import Server, Template, start_server
from sqlward_codegen.server import account as account_module
from sqlward_codegen.server import folders as folders_module
from sqlward_codegen.server.binaries import Binaries
from sqlward_codegen.server.cluster import SOCKET_PATH_LIMIT
from sqlward_codegen.server.folders import is_alive, sweep

WAIT = 20.0


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own; gives the folder of its images."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sqlward" / "clusters"


def _names(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def _run(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def _until(question: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _folder(server: Server) -> Path:
    return Path(re.findall(r"host=(\S+)", server.dsn())[0])


def _postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def test_each_installed_major_runs(each_postgres: Server) -> None:
    """Every PostgreSQL that is installed starts and answers, and says its version."""
    with psycopg.connect(each_postgres.dsn()) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')::int").fetchone()

    assert row == (each_postgres.version,)


def test_server_is_utf8_in_the_c_locale(postgres: Server) -> None:
    """A private server sorts and encodes alike on every machine."""
    query = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = %s"
    with psycopg.connect(postgres.dsn()) as connection:
        row = connection.execute(query, ("template1",)).fetchone()

    assert row == ("UTF8", "C")


def test_server_listens_on_no_port(postgres: Server) -> None:
    """A private server is reached through its socket only."""
    with psycopg.connect(postgres.dsn()) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()

    assert row == ("",)


def test_server_ends_with_its_block(default_binaries: Binaries) -> None:
    """After the block neither the process nor its folder is there."""
    with start_server(default_binaries.folder) as server:
        folder = _folder(server)
        pid = _postmaster(folder)

    assert (is_alive(pid), folder.exists()) == (False, False)


def test_server_ends_when_its_block_fails(default_binaries: Binaries) -> None:
    """An exception goes through, and the server is gone."""
    folders: list[Path] = []
    with pytest.raises(ZeroDivisionError), start_server(default_binaries.folder) as server:
        folders.append(_folder(server))
        raise ZeroDivisionError

    assert [folder.exists() for folder in folders] == [False]


def test_two_servers_do_not_meet(default_binaries: Binaries) -> None:
    """Two servers at once are two: what is made on one is not on the other."""
    with (
        start_server(default_binaries.folder) as one,
        start_server(default_binaries.folder) as other,
    ):
        _run(one.dsn(), "CREATE DATABASE only_here")

        assert ("only_here" in _names(one.dsn()), "only_here" in _names(other.dsn())) == (
            True,
            False,
        )


def test_scratch_database_is_dropped(postgres: Server) -> None:
    """A scratch database is there in its block only, even with a session left open in it."""
    before = _names(postgres.dsn())
    with postgres.database() as dsn:
        during = _names(postgres.dsn())
        left_open = psycopg.connect(dsn)
    after = _names(postgres.dsn())
    left_open.close()

    assert (len(during - before), after) == (1, before)


def test_template_is_loaded_once(postgres: Server) -> None:
    """A template is filled the first time its key is met, and each copy holds what it holds."""
    loaded: list[str] = []

    def load(dsn: str) -> None:
        loaded.append(dsn)
        _run(dsn, "CREATE TABLE kept (id int)")

    names = {postgres.create_template("loaded once", load) for _ in range(3)}
    counts = []
    for _ in range(2):
        with postgres.database(names.copy().pop()) as dsn, psycopg.connect(dsn) as connection:
            connection.execute("INSERT INTO kept VALUES (1)")
            counts.append(connection.execute("SELECT count(*) FROM kept").fetchone())

    assert (len(names), len(loaded), counts) == (1, 1, [(1,), (1,)])


def test_failing_load_leaves_no_template(postgres: Server) -> None:
    """What `load` raises is raised, and the next try starts from nothing."""
    before = _names(postgres.dsn())

    def fail(dsn: str) -> None:
        _run(dsn, "CREATE TABLE half (id int)")
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            postgres.create_template("fails", fail)

    assert _names(postgres.dsn()) == before


def test_environment_of_libpq_is_ignored(
    default_binaries: Binaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PGHOSTADDR and the like, meant for another server, change nothing."""
    for name, value in {
        "PGHOST": "192.0.2.1",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGOPTIONS": "-c search_path=nowhere",
        "PGSSLMODE": "verify-full",
        "PGDATA": "/nonexistent",
    }.items():
        monkeypatch.setenv(name, value)
    with (
        start_server(default_binaries.folder) as server,
        psycopg.connect(server.dsn()) as connection,
    ):
        row = connection.execute("SHOW search_path").fetchone()

    assert row == ('"$user", public',)


def test_long_temporary_folder(
    default_binaries: Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a socket's path would be too long the socket has a short one, removed in the end."""
    place = tmp_path / ("long" * 30)
    place.mkdir()
    monkeypatch.setattr(folders_module, "SHARED_MEMORY", tmp_path / "absent")
    monkeypatch.setattr("tempfile.tempdir", str(place))
    with start_server(default_binaries.folder) as server:
        sockets = _folder(server)
        used = list(place.glob("sqlward-*/data/PG_VERSION"))

    assert len(os.fsencode(sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    assert (len(used), sockets.exists(), list(place.iterdir())) == (1, False, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_without_namespaces_uses_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where namespaces are refused, root runs PostgreSQL as an unprivileged user."""
    system = Path("/usr/lib/postgresql")
    found = sorted(system.glob("*/bin/postgres"))
    if not found:
        pytest.skip("the system has no PostgreSQL that another user can read")
    monkeypatch.setattr(account_module, "_namespace", lambda entries: None)
    with start_server(found[0].parent) as server:
        owner = (_folder(server) / "data").stat().st_uid
        version = server.version

    assert (owner != 0, version >= 140000) == (True, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
def test_root_without_any_account(
    default_binaries: Binaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root that can neither open a namespace nor become another user is told the ways out."""
    monkeypatch.setattr(account_module, "_unprivileged_entries", list)
    with pytest.raises(CompileError) as raised, start_server(default_binaries.folder):
        pass
    diagnostic = raised.value.diagnostics[0]

    assert (diagnostic.code, diagnostic.message) == (
        "SW706",
        "PostgreSQL refuses to run as root, and no other account could be used",
    )


# --- what is kept from run to run ------------------------------------------------------


def _template(calls: list[str]) -> Template:
    def load(dsn: str) -> None:
        calls.append(dsn)
        _run(dsn, "CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)")

    return Template("kept across runs", load)


def _kept_value(binaries: Binaries, template: Template) -> object:
    with start_server(binaries.folder, template=template) as server:
        name = server.create_template(template.key, template.load)
        with server.database(name) as dsn, psycopg.connect(dsn) as connection:
            return connection.execute("SELECT id FROM kept").fetchall()


def test_template_is_kept_for_the_next_run(default_binaries: Binaries, empty_cache: Path) -> None:
    """The next server with the same template starts with it, and loads nothing."""
    calls: list[str] = []
    values = [_kept_value(default_binaries, _template(calls)) for _ in range(2)]

    assert (values, len(calls)) == ([[(42,)], [(42,)]], 1)


def test_other_key_is_another_template(default_binaries: Binaries, empty_cache: Path) -> None:
    """A changed key does not get what was kept for the old one."""
    calls: list[str] = []
    _kept_value(default_binaries, _template(calls))
    changed = Template("another key", _template(calls).load)
    _kept_value(default_binaries, changed)

    assert len(calls) == 2


def _truncate(image: Path) -> None:
    image.write_bytes(image.read_bytes()[: 1 << 20])


def _garble(image: Path) -> None:
    content = bytearray(image.read_bytes())
    middle = slice(len(content) // 20, -len(content) // 20)
    content[middle] = b"\xa5" * len(content[middle])
    image.write_bytes(bytes(content))


def _empty(image: Path) -> None:
    image.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _garble, _empty, Path.unlink])
def test_damaged_images_are_made_again(
    default_binaries: Binaries, empty_cache: Path, damage: Callable[[Path], None]
) -> None:
    """Whatever happens to the cache, a server starts as if there had been none."""
    calls: list[str] = []
    _kept_value(default_binaries, _template(calls))
    for image in list(empty_cache.iterdir()):
        damage(image)
    values = [_kept_value(default_binaries, _template(calls)) for _ in range(2)]

    assert (values, len(calls)) == ([[(42,)], [(42,)]], 2)


def test_cache_that_cannot_be_written(
    default_binaries: Binaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a cache to write to, servers start all the same."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/self")
    calls: list[str] = []
    values = [_kept_value(default_binaries, _template(calls)) for _ in range(2)]

    assert (values, len(calls)) == ([[(42,)], [(42,)]], 2)


def test_old_images_are_pruned(default_binaries: Binaries, empty_cache: Path) -> None:
    """Of the schemas' images only the five that were used last are kept."""
    empty_cache.mkdir(parents=True)
    for number in range(7):
        old = empty_cache / f"old-{number}.schema"
        old.write_bytes(b"")
        os.utime(old, (number, number))
    _kept_value(default_binaries, _template([]))
    left = {path.name for path in empty_cache.glob("old-*")}

    assert left == {"old-3.schema", "old-4.schema", "old-5.schema", "old-6.schema"}


def test_others_databases_are_not_kept(default_binaries: Binaries, empty_cache: Path) -> None:
    """A run that leaves other databases on its server keeps nothing of it."""
    template = _template([])
    with start_server(default_binaries.folder, template=template) as server:
        _run(server.dsn(), "CREATE DATABASE stranger")

    assert list(empty_cache.glob("*.schema")) == []


def test_first_runs_at_once(default_binaries: Binaries, empty_cache: Path) -> None:
    """Several runs that find no cache do not get in each other's way, and leave one image."""
    script = (
        "import sys; from sqlward_codegen.server import Template, start_server\n"
        "with start_server(sys.argv[1], template=Template('k', lambda dsn: None)): print('ran')"
    )
    command = [sys.executable, "-c", script, str(default_binaries.folder)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [run.communicate()[0] for run in runs]
    left = sorted(path.suffix for path in empty_cache.iterdir())

    assert (said, left) == (["ran\n"] * 3, [".base", ".schema"])


# --- an owner that dies -----------------------------------------------------------------

OWNER = textwrap.dedent("""
    import subprocess, sys, time
    from sqlward_codegen.server import start_server
    with start_server(sys.argv[1]) as server:
        print(server.dsn(), flush=True)
        time.sleep(600)
""")


@pytest.fixture
def owner(default_binaries: Binaries) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that has started a server."""
    command = [sys.executable, "-c", OWNER, str(default_binaries.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def _owned(owner: subprocess.Popen[str]) -> tuple[Path, int]:
    assert owner.stdout
    folder = Path(re.findall(r"host=(\S+)", owner.stdout.readline())[0])
    return folder, _postmaster(folder)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_server_ends_with_its_owner(owner: subprocess.Popen[str], sent: signal.Signals) -> None:
    """However the owner ends, its server ends too and its folder goes."""
    folder, pid = _owned(owner)
    owner.send_signal(sent)
    owner.wait()

    assert _until(lambda: not is_alive(pid) and not folder.exists())


def _watchers(folder: Path) -> list[int]:
    listed = subprocess.run(
        ["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split(None, 1) for line in listed.splitlines()]
    return [int(pid) for pid, args in lines if "sqlward-watch" in args and str(folder) in args]


def test_left_over_server_is_swept(owner: subprocess.Popen[str]) -> None:
    """A server that outlived owner and watcher is stopped by the next start."""
    folder, pid = _owned(owner)
    for watcher in _watchers(folder):
        os.kill(watcher, signal.SIGKILL)
    owner.kill()
    owner.wait()
    survived = is_alive(pid) and folder.exists()
    sweep()

    assert (survived, _until(lambda: not is_alive(pid)), folder.exists()) == (True, True, False)


def test_running_server_is_not_swept(owner: subprocess.Popen[str]) -> None:
    """A sweep leaves alone what has an owner."""
    folder, pid = _owned(owner)
    sweep()

    assert (is_alive(pid), folder.exists()) == (True, True)
