"""Reading, loading and dumping schemas of every origin."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlward_codegen.diagnostics import CompileError, Diagnostic
from sqlward_codegen.model import Span
from sqlward_codegen.schema import dump_schema, load_schema, read_schema
from sqlward_codegen.schema.sections import building_part
from sqlward_codegen.schema.statements import split
from sqlward_codegen.server import Server

SCHEMAS = Path(__file__).parent / "schemas"
REPOSITORY = Path(__file__).parents[2]


def _write(folder: Path, **files: str) -> Path:
    """Write SQL files: `_` before the ways of a pair stands for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem = name.removeprefix("n").replace("__up", ".up").replace("__down", ".down")
        (folder / f"{stem}.sql").write_text(text, encoding="utf-8")
    return folder


def _refused(path: Path, root: Path) -> list[tuple[str, str]]:
    with pytest.raises(CompileError) as raised:
        read_schema((path,), root)
    return [(d.code, d.message) for d in raised.value.diagnostics]


def _load(postgres: Server, path: Path) -> str:
    schema = read_schema((path,), path.parent)
    with postgres.database() as dsn:
        load_schema(schema, dsn)
        return dump_schema(dsn, postgres.binaries)


def _failure(postgres: Server, path: Path) -> Diagnostic:
    with pytest.raises(CompileError) as raised:
        _load(postgres, path)
    assert len(raised.value.diagnostics) == 1
    return raised.value.diagnostics[0]


def _text(path: Path, span: Span) -> str:
    return path.read_text(encoding="utf-8")[span.start : span.end]


# --- reading: our migrations -----------------------------------------------------------


def test_migrations_in_order(tmp_path: Path) -> None:
    """Our migrations are read by number, their up files only."""
    _write(tmp_path, n0002_b__up="B", n0002_b__down="b", n0001_a__up="A", n0001_a__down="a")
    steps = read_schema((tmp_path,), tmp_path).steps

    assert [(s.path, s.sql, s.version, s.name, s.is_migration) for s in steps] == [
        ("0001_a.up.sql", "A", 1, "a", True),
        ("0002_b.up.sql", "B", 2, "b", True),
    ]


def test_hash_is_of_content_and_order(tmp_path: Path) -> None:
    """The hash changes with a text and with the order, and with nothing else."""
    one = _write(tmp_path / "one", a="A", b="B")
    renamed = _write(tmp_path / "renamed", x="A", y="B")
    swapped = _write(tmp_path / "swapped", a="B", b="A")
    joined = _write(tmp_path / "joined", a="AB", b="")
    hashes = [read_schema((path,), tmp_path).hash for path in (one, renamed, swapped, joined)]

    assert (hashes[0] == hashes[1], len(set(hashes[1:]))) == (True, 3)


def test_gap(tmp_path: Path) -> None:
    """A missing number is named."""
    _write(tmp_path, n0001_a__up="", n0001_a__down="", n0004_b__up="", n0004_b__down="")

    assert _refused(tmp_path, tmp_path) == [
        ("SW601", "migration 0002 to 0003 is missing before `0004_b.up.sql`")
    ]


def test_duplicate_number(tmp_path: Path) -> None:
    """Two migrations of one number are both named."""
    _write(tmp_path, n0001_a__up="", n0001_a__down="", n0001_b__up="", n0001_b__down="")

    assert _refused(tmp_path, tmp_path) == [
        ("SW602", "two migrations have the number 0001: `0001_a.up.sql` and `0001_b.up.sql`")
    ]


def test_missing_down_file(tmp_path: Path) -> None:
    """A migration that cannot be undone is refused, and so is one that cannot be applied."""
    _write(tmp_path, n0001_a__up="", n0002_b__up="", n0002_b__down="", n0003_c__down="")

    assert _refused(tmp_path, tmp_path) == [
        ("SW603", "migration `0001_a.up.sql` has no `0001_a.down.sql`"),
        ("SW603", "migration `0003_c.down.sql` has no `0003_c.up.sql`"),
    ]


def test_misnamed_migration(tmp_path: Path) -> None:
    """A slip in a name among our migrations is reported, not read in some order."""
    _write(tmp_path, n0001_a__up="", n0001_a__down="", n002_b__up="")

    assert _refused(tmp_path, tmp_path) == [
        ("SW607", "`002_b.up.sql` is not named like the other migrations")
    ]


def test_missing_path(tmp_path: Path) -> None:
    """A path that does not exist is refused with the nearest that does."""
    _write(tmp_path / "migrations", a="")
    with pytest.raises(CompileError) as raised:
        read_schema((tmp_path / "migratons",), tmp_path)
    diagnostic = raised.value.diagnostics[0]

    assert (diagnostic.message, diagnostic.help) == (
        "schema path `migratons` does not exist",
        "did you mean `migrations`?",
    )


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without SQL is refused."""
    (tmp_path / "empty").mkdir()

    assert _refused(tmp_path / "empty", tmp_path) == [("SW604", "`empty` holds no .sql file")]


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is refused with the place of its first wrong byte."""
    (tmp_path / "latin.sql").write_bytes("-- caf\xe9".encode("latin-1"))

    assert _refused(tmp_path / "latin.sql", tmp_path) == [
        ("SW605", "`latin.sql` is not UTF-8 text")
    ]


def test_archive_of_pg_dump(tmp_path: Path) -> None:
    """An archive in pg_dump's own format is told from SQL."""
    (tmp_path / "dump.sql").write_bytes(b"PGDMP\x01\x0e")

    assert _refused(tmp_path / "dump.sql", tmp_path) == [
        ("SW605", "`dump.sql` is an archive of `pg_dump`, not SQL")
    ]


# --- reading: others' -------------------------------------------------------------------


def test_plain_files_count_like_people(tmp_path: Path) -> None:
    """Plain files are taken by name, numbers by their value."""
    _write(tmp_path, n10_c="", n2_b="", n1_a="")
    steps = read_schema((tmp_path,), tmp_path).steps

    assert [(s.path, s.version) for s in steps] == [
        ("1_a.sql", 1),
        ("2_b.sql", 2),
        ("10_c.sql", 10),
    ]


def test_golang_migrate_without_down(tmp_path: Path) -> None:
    """golang-migrate's files need no down file, and a down file is not run."""
    _write(tmp_path, n000001_a__up="A", n000002_b__up="B", n000002_b__down="DROP")

    assert [s.sql for s in read_schema((tmp_path,), tmp_path).steps] == ["A", "B"]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- migrate:up", "-- migrate:down"),
        ("-- migrate:up transaction:false", "-- migrate:down"),
        ("-- +goose Up\n-- +goose StatementBegin", "-- +goose StatementEnd\n-- +goose Down"),
        ("-- +migrate Up", "-- +migrate Down"),
        ("-- tern", "---- create above / drop below ----"),
    ],
)
def test_ways_in_one_file(up: str, down: str) -> None:
    """Of a file that holds both ways only the building one is left, at its place."""
    sql = f"{up}\nCREATE TABLE t ();\n{down}\nDROP TABLE t;\n"
    part = building_part(sql)

    assert (len(part), "CREATE TABLE t ();" in part, "DROP" in part) == (len(sql), True, False)
    assert part.index("CREATE") == sql.index("CREATE")


# --- taking scripts apart ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';'; SELECT 2;", ["SELECT ';'", "SELECT 2"]),
        ("SELECT E'\\';'; S", ["SELECT E'\\';'", "S"]),
        ('SELECT ";"; S', ['SELECT ";"', "S"]),
        ("DO $$ a; b $$; DO $x$ ; $$ ; $x$", ["DO $$ a; b $$", "DO $x$ ; $$ ; $x$"]),
        ("-- a;\nS /* ; /* ; */ ; */; /* x */ T", ["S /* ; /* ; */ ; */", "T"]),
        ("CREATE RULE r AS ON DELETE TO t DO (A; B); C", [
            "CREATE RULE r AS ON DELETE TO t DO (A; B)", "C",
        ]),
        (
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; SELECT 2; END; B",
            ["CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN a THEN b END; SELECT 2; END", "B"],
        ),
        ("BEGIN; A; END; B", ["BEGIN", "A", "END", "B"]),
        ("\\restrict abc\nA;\n\\unrestrict abc\n", ["A"]),
        ("COPY t FROM stdin;\n1\t;'\n\\.\nA;", ["A"]),
        ("COPY t FROM stdin WITH CSV;\nCOPY\n\\.\nA;", ["A"]),
        ("SELECT a$b$c; B", ["SELECT a$b$c", "B"]),
        ("SELECT 'open; B", ["SELECT 'open", "B"]),
        (";;", []),
        ("", []),
    ],
)  # fmt: skip
def test_statements(sql: str, expected: list[str]) -> None:
    """Statements end where psql ends them."""
    script = split(sql)

    assert [script.text(piece) for piece in script.statements] == expected


# --- loading ----------------------------------------------------------------------------


@pytest.mark.parametrize("dump", ["pg_dump_15.sql", "pg_dump_18.sql"])
def test_dump_loads_on_each_major(each_postgres: Server, dump: str) -> None:
    """What one major's pg_dump wrote loads on every other, and is the same schema."""
    loaded = _load(each_postgres, SCHEMAS / dump)
    ours = _load(each_postgres, SCHEMAS / "same.sql")

    assert loaded == ours


def test_dump_of_a_dump_is_the_same(each_postgres: Server, tmp_path: Path) -> None:
    """Our own dump, loaded and dumped again, is itself."""
    first = _load(each_postgres, SCHEMAS / "same.sql")
    (tmp_path / "dump.sql").write_text(first, encoding="utf-8")

    assert _load(each_postgres, tmp_path / "dump.sql") == first


def test_dump_has_no_noise(postgres: Server) -> None:
    """The dump holds nothing of the session, the versions, or the moment it was taken."""
    dump = _load(postgres, SCHEMAS / "same.sql")
    noise = ["restrict ", "Dumped", "SET ", "set_config", "Owner", "OWNER", "GRANT", "PostgreSQL"]

    assert [word for word in noise if word in dump.replace("\\restrict in", "")] == []


def test_own_schema_loads_on_each_major(each_postgres: Server) -> None:
    """The reference store's migrations load everywhere."""
    assert "CREATE TABLE public.chats" in _load(each_postgres, REPOSITORY / "schema/migrations")


def test_loading_makes_no_roles(postgres: Server, tmp_path: Path) -> None:
    """Roles belong to the cluster: they are not made, and what names them is left out."""
    sql = """
        CREATE ROLE sqlward_test_role; CREATE USER sqlward_test_user IN ROLE sqlward_test_role;
        CREATE TABLE t (id int); ALTER TABLE t OWNER TO sqlward_test_role;
        GRANT SELECT ON t TO sqlward_test_user, PUBLIC;
        CREATE POLICY p ON t TO sqlward_test_role USING (id > 0);
        CREATE SCHEMA s AUTHORIZATION sqlward_test_role;
        ALTER SYSTEM SET work_mem = '1MB'; CREATE DATABASE other; VACUUM;
        SET no_such_setting_here = 1; SET ROLE sqlward_test_role;
    """
    dump = _load(postgres, _write(tmp_path, a=sql) / "a.sql")
    with psycopg.connect(postgres.dsn()) as connection:
        roles = connection.execute("SELECT 1 FROM pg_roles WHERE rolname ~ 'sqlward_test_r'")

        assert (roles.fetchall(), "CREATE POLICY p" in dump, "SCHEMA s" in dump) == ([], True, True)


def test_statements_that_need_their_own_transaction(postgres: Server, tmp_path: Path) -> None:
    """Concurrent indexes load, and a new label can be used in the file that adds it."""
    sql = """
        CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood);
        CREATE UNIQUE INDEX CONCURRENTLY i ON t (m);
        ALTER TYPE mood ADD VALUE 'b';
        ALTER TABLE t ALTER m SET DEFAULT 'b';
    """
    dump = _load(postgres, _write(tmp_path, a=sql) / "a.sql")

    assert ("CREATE UNIQUE INDEX i" in dump, "DEFAULT 'b'" in dump) == (True, True)


def test_settings_do_not_outlive_their_file(postgres: Server, tmp_path: Path) -> None:
    """An empty search path, or a transaction left open, ends with its file."""
    first = "BEGIN; CREATE TABLE t (); SELECT pg_catalog.set_config('search_path', '', false);"
    _write(tmp_path / "s", a=first, b="CREATE TABLE u (); ALTER TABLE t ADD x int;")

    assert "x integer" in _load(postgres, tmp_path / "s")


def test_failing_statement_has_its_place(postgres: Server, tmp_path: Path) -> None:
    """PostgreSQL's message comes with the word it speaks of, after other characters than ASCII."""
    path = _write(tmp_path, a="-- größer 🐘\nCREATE TABLE é (id int);\nALTER TABLE é ADD x intt;")
    diagnostic = _failure(postgres, path / "a.sql")

    assert (diagnostic.code, diagnostic.message) == (
        "SW606",
        'PostgreSQL refuses the schema: type "intt" does not exist',
    )
    assert _text(path / "a.sql", diagnostic.labels[0].span) == "intt"


def test_place_in_a_file_with_hidden_parts(postgres: Server, tmp_path: Path) -> None:
    """What is left out before does not move the place."""
    path = _write(tmp_path, a="\\restrict é\nCOPY t FROM stdin;\né\n\\.\nSELECT nothing;")
    diagnostic = _failure(postgres, path / "a.sql")

    assert _text(path / "a.sql", diagnostic.labels[0].span) == "nothing"


def test_failing_statement_without_position(postgres: Server, tmp_path: Path) -> None:
    """Where PostgreSQL gives no position the statement is shown, with its hint and detail."""
    sql = "CREATE TABLE t (id int);\nCREATE VIEW v AS TABLE t;\nDROP TABLE t;"
    path = _write(tmp_path, a=sql)
    diagnostic = _failure(postgres, path / "a.sql")

    assert (
        _text(path / "a.sql", diagnostic.labels[0].span),
        diagnostic.help,
        diagnostic.notes,
    ) == (
        "DROP TABLE t",
        "use DROP ... CASCADE to drop the dependent objects too",
        ("view v depends on table t",),
    )


def test_unterminated_string(postgres: Server, tmp_path: Path) -> None:
    """A string that does not end is PostgreSQL's error at its place."""
    path = _write(tmp_path, a="SELECT 1;\nSELECT 'open;")
    diagnostic = _failure(postgres, path / "a.sql")

    assert "unterminated quoted string" in diagnostic.message
    assert _text(path / "a.sql", diagnostic.labels[0].span) == "'"


def test_missing_extension(each_postgres: Server, tmp_path: Path) -> None:
    """An extension that this PostgreSQL lacks is named, with the ways to get it."""
    path = _write(tmp_path, a='CREATE EXTENSION "no_such_extension";')
    diagnostic = _failure(each_postgres, path / "a.sql")

    assert (diagnostic.code, diagnostic.message) == (
        "SW711",
        "the schema needs the extension `no_such_extension`, which this PostgreSQL does not have",
    )


def test_include_is_refused(postgres: Server, tmp_path: Path) -> None:
    """Including another file is refused rather than passed over."""
    path = _write(tmp_path, a="\\i other.sql\nSELECT 1;")

    assert _failure(postgres, path / "a.sql").message == (
        "`\\i other.sql` is a command of psql, and includes are not followed"
    )


def test_transaction_control_in_a_migration(postgres: Server, tmp_path: Path) -> None:
    """A migration of ours is one transaction: it cannot end it."""
    _write(tmp_path / "m", n0001_a__up="BEGIN; CREATE TABLE t (); COMMIT;", n0001_a__down="")
    with pytest.raises(CompileError) as raised:
        _load(postgres, tmp_path / "m")

    assert [d.message for d in raised.value.diagnostics] == [
        "`BEGIN` in a migration, which is one transaction already",
        "`COMMIT` in a migration, which is one transaction already",
    ]


def test_server_that_is_not_there(tmp_path: Path) -> None:
    """A server that went away gives a diagnostic."""
    schema = read_schema((_write(tmp_path, a="SELECT 1"),), tmp_path)
    with pytest.raises(CompileError) as raised:
        load_schema(schema, f"host={tmp_path}")

    assert raised.value.diagnostics[0].code == "SW707"


def test_dump_without_pg_dump(postgres: Server, tmp_path: Path) -> None:
    """Without a pg_dump that is new enough the user is told what to install."""
    assert postgres.binaries
    for name in ("initdb", "postgres"):
        (tmp_path / name).symlink_to(postgres.binaries / name)
    with pytest.raises(CompileError) as raised, postgres.database() as dsn:
        dump_schema(dsn, tmp_path)

    assert raised.value.diagnostics[0].message == (
        f"no `pg_dump` for PostgreSQL {postgres.version // 10000} was found"
    )
