"""Applying and undoing migrations, and refusing when folder and database disagree."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlward_codegen.cli import main
from sqlward_codegen.diagnostics import CompileError, Diagnostic
from sqlward_codegen.schema import dump_schema
from sqlward_codegen.schema.migrate import (
    LOCK,
    Folder,
    State,
    migrate_down,
    migrate_up,
    standings,
)
from sqlward_codegen.server import Server

REPOSITORY = Path(__file__).parents[2]
MIGRATIONS = REPOSITORY / "schema" / "migrations"


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """An empty database."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three migrations: tables `a`, `b` and `c`."""
    path = tmp_path / "migrations"
    path.mkdir()
    for number, name in enumerate("abc", start=1):
        _add(path, number, name, f"CREATE TABLE {name} ();", f"DROP TABLE {name};")
    return path


def _add(folder: Path, number: int, name: str, up: str, down: str = "") -> None:
    for way, sql in (("up", up), ("down", down)):
        (folder / f"{number:04}_{name}.{way}.sql").write_text(sql, encoding="utf-8")


def _up(dsn: str, folder: Path) -> list[str]:
    lines: list[str] = []
    migrate_up(dsn, Folder.of(folder, folder.parent), lines.append)
    return lines


def _down(dsn: str, folder: Path, count: int = 1) -> list[str]:
    lines: list[str] = []
    migrate_down(dsn, Folder.of(folder, folder.parent), lines.append, count)
    return lines


def _refused(dsn: str, folder: Path) -> Diagnostic:
    with pytest.raises(CompileError) as raised:
        _up(dsn, folder)
    return raised.value.diagnostics[0]


def _tables(dsn: str) -> list[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with psycopg.connect(dsn) as connection:
        return sorted(name for (name,) in connection.execute(query.encode()))


def test_up_applies_what_is_pending(dsn: str, folder: Path) -> None:
    """Every pending migration is applied once, in order."""
    first = _up(dsn, folder)
    _add(folder, 4, "d", "CREATE TABLE d ();", "DROP TABLE d;")

    assert (first, _up(dsn, folder), _up(dsn, folder), _tables(dsn)) == (
        ["applied 0001_a", "applied 0002_b", "applied 0003_c"],
        ["applied 0004_d"],
        [],
        ["a", "b", "c", "d", "sqlward_migrations"],
    )


def test_down_undoes_the_newest(dsn: str, folder: Path) -> None:
    """One migration is undone, or as many as asked for, newest first, until none is left."""
    _up(dsn, folder)
    first = _down(dsn, folder)
    after = _tables(dsn)

    assert (first, after, _down(dsn, folder, 9), _down(dsn, folder), _tables(dsn)) == (
        ["undid 0003_c"],
        ["a", "b", "sqlward_migrations"],
        ["undid 0002_b", "undid 0001_a"],
        [],
        ["sqlward_migrations"],
    )


def test_up_down_up_leaves_the_same_schema(each_postgres: Server) -> None:
    """The reference store's migrations, each undone and applied again, change nothing."""
    with each_postgres.database() as dsn:
        _up(dsn, MIGRATIONS)
        first = dump_schema(dsn, each_postgres.binaries)
        undone = _down(dsn, MIGRATIONS, 9999)
        empty = dump_schema(dsn, each_postgres.binaries)
        _up(dsn, MIGRATIONS)

        assert (dump_schema(dsn, each_postgres.binaries) == first, empty) == (True, "")
        assert len(undone) == len(list(MIGRATIONS.glob("*.up.sql")))


def test_each_migration_undoes_itself(postgres: Server) -> None:
    """Each of the reference store's migrations leaves nothing behind when it is undone."""
    folder = Folder.of(MIGRATIONS, REPOSITORY)
    differing = []
    with postgres.database() as dsn:
        before = dump_schema(dsn, postgres.binaries)
        for count in range(1, len(folder.migrations) + 1):
            part = Folder(folder.root, folder.migrations[:count], folder.up, folder.down)
            migrate_up(dsn, part, lambda line: None)
            after = dump_schema(dsn, postgres.binaries)
            migrate_down(dsn, part, lambda line: None)
            if dump_schema(dsn, postgres.binaries) != before:
                differing.append(part.migrations[-1].title)
            migrate_up(dsn, part, lambda line: None)
            before = after

    assert differing == []


def test_failing_migration_leaves_nothing(dsn: str, folder: Path) -> None:
    """A migration that fails is rolled back; the ones before it stay, and it can be mended."""
    _add(folder, 4, "d", "CREATE TABLE d ();\nCREATE TABLE e (x intt);")
    diagnostic = _refused(dsn, folder)
    left = _tables(dsn)
    _add(folder, 4, "d", "CREATE TABLE d ();")

    assert (diagnostic.code, diagnostic.message, diagnostic.notes) == (
        "SW606",
        'PostgreSQL refuses the schema: type "intt" does not exist',
        ("nothing of `0004_d` was kept, what came before it was",),
    )
    assert diagnostic.labels[0].span.path == "migrations/0004_d.up.sql"
    assert (left, _up(dsn, folder)) == (["a", "b", "c", "sqlward_migrations"], ["applied 0004_d"])


def test_failure_at_the_commit(dsn: str, folder: Path) -> None:
    """A constraint that is checked at the commit fails its migration too."""
    sql = """
        ALTER TABLE a ADD id int PRIMARY KEY;
        ALTER TABLE b ADD a_id int REFERENCES a DEFERRABLE INITIALLY DEFERRED;
        INSERT INTO b VALUES (1);
    """
    _add(folder, 4, "d", sql)
    diagnostic = _refused(dsn, folder)

    assert ("foreign key" in diagnostic.message, _down(dsn, folder)) == (True, ["undid 0003_c"])


def test_migration_that_changes_role_and_settings(dsn: str, folder: Path) -> None:
    """What a migration sets for its session does not reach the ledger or the next migration."""
    sql = "SET search_path = ''; SET ROLE pg_monitor; SET default_transaction_read_only = on;"
    _add(folder, 4, "d", sql, "SELECT 1")
    _add(folder, 5, "e", "CREATE TABLE e ();", "DROP TABLE e;")

    assert _up(dsn, folder)[3:] == ["applied 0004_d", "applied 0005_e"]


def test_changed_migration(dsn: str, folder: Path) -> None:
    """A file that changed since it was applied is named, and nothing more is applied."""
    _up(dsn, folder)
    _add(folder, 2, "b", "CREATE TABLE other ();")
    _add(folder, 4, "d", "CREATE TABLE d ();")
    diagnostic = _refused(dsn, folder)

    assert (diagnostic.code, diagnostic.message, "d" in _tables(dsn)) == (
        "SW613",
        "migration `0002_b.up.sql` has changed since it was applied",
        False,
    )


def test_line_ends_are_no_change(dsn: str, folder: Path) -> None:
    """A checkout with other line ends is the same migration."""
    _add(folder, 4, "d", "CREATE TABLE d (\n);")
    _up(dsn, folder)
    (folder / "0004_d.up.sql").write_bytes(b"CREATE TABLE d (\r\n);")

    assert _up(dsn, folder) == []


def test_unknown_migration(dsn: str, folder: Path) -> None:
    """A migration that the database has and the folder has not is named."""
    _up(dsn, folder)
    for file in folder.glob("0003_*"):
        file.unlink()

    assert _refused(dsn, folder).message == (
        "migration `0003_c` is applied, but there is no file of it"
    )


def test_hole_in_the_ledger(dsn: str, folder: Path) -> None:
    """A ledger that skips a migration is not believed."""
    _up(dsn, folder)
    with psycopg.connect(dsn) as connection:
        connection.execute("DELETE FROM sqlward_migrations WHERE version = 2")

    assert _refused(dsn, folder).message == (
        "migration `0003_c` is applied, but `0002_b` before it is not"
    )


def test_index_built_concurrently(dsn: str, folder: Path) -> None:
    """A statement that no transaction may hold runs when it is its migration's only one."""
    _add(folder, 4, "d", "ALTER TABLE a ADD x int;")
    _add(folder, 5, "e", "CREATE INDEX CONCURRENTLY i ON a (x);", "DROP INDEX CONCURRENTLY i;")

    assert (_up(dsn, folder)[4:], _down(dsn, folder)) == (["applied 0005_e"], ["undid 0005_e"])


def test_concurrent_index_with_other_statements(dsn: str, folder: Path) -> None:
    """Beside other statements it is refused, before anything of the migration runs."""
    _add(folder, 4, "d", "ALTER TABLE a ADD x int;\nCREATE INDEX CONCURRENTLY i ON a (x);")
    diagnostic = _refused(dsn, folder)

    assert (diagnostic.code, diagnostic.message) == (
        "SW610",
        "`CREATE INDEX CONCURRENTLY` cannot run in a transaction with other statements",
    )


def test_new_label_used_at_once(dsn: str, folder: Path) -> None:
    """An enum label that is used in the migration that adds it gets the way out."""
    _add(folder, 4, "d", "CREATE TYPE m AS ENUM ('a'); CREATE TABLE d (m m);")
    _add(folder, 5, "e", "ALTER TYPE m ADD VALUE 'b';\nINSERT INTO d VALUES ('b');")

    assert _refused(dsn, folder).help == (
        "use the new value in the next migration: it exists only after this one's commit"
    )


def test_two_at_once(dsn: str, folder: Path) -> None:
    """Of two that migrate at once one waits, says so, and then finds nothing left to do."""
    lines: list[str] = []
    told = threading.Event()

    def report(line: str) -> None:
        lines.append(line)
        told.set()

    def migrate() -> None:
        migrate_up(dsn, Folder.of(folder, folder.parent), report)

    waiting = threading.Thread(target=migrate)
    with psycopg.connect(dsn, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        waiting.start()
        told.wait(20)
        before = _tables(dsn)
    waiting.join(20)

    assert (before, lines, _up(dsn, folder)) == (
        [],
        [
            "waiting for another migration of this database to end",
            *("applied 0001_a", "applied 0002_b", "applied 0003_c"),
        ],
        [],
    )


def test_standings(dsn: str, folder: Path) -> None:
    """Each migration is applied, pending, changed, or without a file."""
    _up(dsn, folder)
    for file in folder.glob("0003_*"):
        file.unlink()
    _add(folder, 2, "b", "CREATE TABLE other ();")
    found = standings(dsn, Folder.of(folder, folder.parent))
    fresh = [(line.title, line.state) for line in found]

    assert fresh == [
        ("0001_a", State.APPLIED),
        ("0002_b", State.CHANGED),
        ("0003_c", State.UNKNOWN),
    ]


def test_status_changes_nothing(dsn: str, folder: Path) -> None:
    """Asking for the status of a fresh database makes no table in it."""
    found = standings(dsn, Folder.of(folder, folder.parent))

    assert ({line.state for line in found}, _tables(dsn)) == ({State.PENDING}, [])


# --- the command --------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path, folder: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose schema is that folder and whose DATABASE_URL is that database."""
    (tmp_path / "sqlward.toml").write_text(
        'schema = "migrations"\nqueries = "queries"\noutput = "generated"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", dsn)
    return tmp_path


def test_command_up_status_down(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`migrate up`, `status` and `down` say what they did, one line a migration."""
    codes = [main(["migrate", *words]) for words in (["up"], ["down", "2"], ["status"])]
    lines = capsys.readouterr().out.splitlines()

    assert (codes, lines[:5], lines[5:6], lines[7:]) == (
        [0, 0, 0],
        ["applied 0001_a", "applied 0002_b", "applied 0003_c", "undid 0003_c", "undid 0002_b"],
        ["migration  state     applied at"],
        ["0002_b     pending", "0003_c     pending"],
    )
    assert lines[6].startswith("0001_a     applied   2")


def test_command_new(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`migrate new` writes the next pair of files, which can be applied as they are."""
    codes = [main(["migrate", "new", "Add chat-files"]), main(["migrate", "up"])]
    lines = capsys.readouterr().out.splitlines()

    assert (codes, lines[:2], lines[-1]) == (
        [0, 0],
        ["wrote migrations/0004_add_chat_files.up.sql",
         "wrote migrations/0004_add_chat_files.down.sql"],
        "applied 0004_add_chat_files",
    )  # fmt: skip


def test_command_new_with_a_bad_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name with a path in it is refused, and nothing is written."""
    before = sorted(project.rglob("*"))
    code = main(["migrate", "new", "../outside"])
    told = capsys.readouterr().err

    assert (code, "`../outside` cannot be the name of a migration" in told) == (1, True)
    assert sorted(project.rglob("*")) == before


def test_command_without_database(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a database to migrate the user is told how to name one."""
    monkeypatch.delenv("DATABASE_URL")
    code = main(["migrate", "up"])

    assert (code, "set `DATABASE_URL`, or give `--database-url`" in capsys.readouterr().err) == (
        1,
        True,
    )
