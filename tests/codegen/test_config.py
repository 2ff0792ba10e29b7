"""Reading `[tool.sqlward]` and `sqlward.toml`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from goldens_support import assert_golden
from sqlward_codegen.config import Config, Override, find_root, load_config
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.messages.render import render
from sqlward_codegen.reading.sources import text_reader

FULL = """\
[tool.sqlward]
schema = ["schema/dump.sql", "schema/more"]
queries = "sql"
output = "src/app/db"
database_url = "postgresql:///scratch"
frozen_rows = true
non_null_elements = ["chats.labels", "*.tags"]
total_functions = ["public.slug"]
pg_bin = "/opt/postgresql/bin"

[tool.sqlward.rename]
chat = "Conversation"
"odd name" = "odd"

[[tool.sqlward.overrides]]
db_type = "citext"
python_type = "app.Name"
decode = "app.Name"
encode = "str"

[[tool.sqlward.overrides]]
column = "*.metadata"
python_type = "app.Metadata"
json = true
"""

CASES: dict[str, str] = {
    "unknown_keys": '[tool.sqlward]\nquerys = "a"\nschemas = "b"\nwhatever = 1\n',
    "wrong_types": (
        "[tool.sqlward]\nqueries = 3\noutput = []\nfrozen_rows = 'yes'\n"
        "schema = ['a', 1]\nnon_null_elements = 'a'\nrename = 1\noverrides = {}\n"
        "database_url = 1979-05-27\n"
    ),
    "wrong_rename": "[tool.sqlward.rename]\nchat = true\n",
    "empty_paths": "[tool.sqlward]\nqueries = []\nschema = ''\n",
    "layers": '[tool.sqlward]\nlayers = ["authz", "metrix", "cache"]\n',
    "output_is_root": '[tool.sqlward]\noutput = "."\n',
    "output_holds_queries": '[tool.sqlward]\nqueries = "db/queries"\noutput = "db"\n',
    "override_without_type": '[[tool.sqlward.overrides]]\ncolumn = "a.b"\n',
    "override_without_selector": '[[tool.sqlward.overrides]]\npython_type = "int"\n',
    "override_with_two_selectors": (
        '[[tool.sqlward.overrides]]\ndb_type = "uuid"\npython_type = "str"\n\n'
        '[[tool.sqlward.overrides]]\npython_type = "int"\ncolumn = "a.b"\ndb_type = "uuid"\n'
    ),
    "override_with_json_and_decode": (
        '[[tool.sqlward.overrides]]\ncolumn = "a.b"\npython_type = "m.T"\n'
        'json = true\ndecode = "m.f"\n'
    ),
    "override_unknown_key": (
        '[[tool.sqlward.overrides]]\ncolumn = "a.b"\npython_type = "m.T"\nencoder = "m.f"\n'
    ),
    "not_a_table": "[tool]\nsqlward = 1\n",
    "not_toml": '[tool.sqlward]\r\nqueries = "a\r\n',
    "not_toml_at_the_end": '[tool.sqlward]\nqueries = ["a"',
    "nothing": "[project]\nname = 'x'\n",
    "tool_is_no_table": "tool = 3\n",
}


def project(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    """Write a configuration; gives its folder."""
    (folder / name).write_bytes(text.encode())
    return folder


def rendered(root: Path) -> str:
    """Give what the user sees of a wrong configuration."""
    with pytest.raises(CompileError) as caught:
        load_config(root)
    return render(caught.value.diagnostics, text_reader(root))


@pytest.fixture(autouse=True)
def _no_database_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.parametrize("case", CASES)
def test_message(tmp_path: Path, case: str) -> None:
    """Each mistake in the configuration gives the message of its golden file."""
    assert_golden(f"diagnostics/config/{case}.txt", rendered(project(tmp_path, CASES[case])))


def test_two_files(tmp_path: Path) -> None:
    """Configuring twice is an error."""
    project(tmp_path, 'queries = "a"\n', "sqlward.toml")

    assert_golden(
        "diagnostics/config/two_files.txt", rendered(project(tmp_path, "[tool.sqlward]\n"))
    )


def test_not_utf8(tmp_path: Path) -> None:
    """A file in another encoding is an error, not a traceback."""
    (tmp_path / "sqlward.toml").write_bytes(b"queries = 'a'\noutput = '\xe9'\n")

    assert_golden("diagnostics/config/not_utf8.txt", rendered(tmp_path))


def test_message_in_own_file(tmp_path: Path) -> None:
    """Places are found in `sqlward.toml`, too, where the keys are at the top."""
    text = 'querys = "a"\n\n[[overrides]]\ncolumn = "a.b"\npython_tipe = "int"\n'

    assert_golden(
        "diagnostics/config/own_file.txt", rendered(project(tmp_path, text, "sqlward.toml"))
    )


def test_defaults(tmp_path: Path) -> None:
    """An empty table is a whole configuration."""
    root = project(tmp_path, "[tool.sqlward]\n")
    expected = Config(
        root=root,
        source=root / "pyproject.toml",
        schema=(root / "schema/migrations",),
        queries=(root / "queries",),
        output=root / "src/store/generated",
        resources=root / "schema/resources.toml",
    )

    assert expected == load_config(root)


def test_every_key(tmp_path: Path) -> None:
    """Every key of the configuration arrives, with paths made absolute."""
    root = project(tmp_path, FULL)
    expected = Config(
        root=root,
        source=root / "pyproject.toml",
        schema=(root / "schema/dump.sql", root / "schema/more"),
        queries=(root / "sql",),
        output=root / "src/app/db",
        database_url="postgresql:///scratch",
        overrides=(
            Override("app.Name", db_type="citext", decode="app.Name", encode="str"),
            Override("app.Metadata", column="*.metadata", json=True),
        ),
        renames=(("chat", "Conversation"), ("odd name", "odd")),
        non_null_elements=("chats.labels", "*.tags"),
        total_functions=("public.slug",),
        frozen_rows=True,
        pg_bin=Path("/opt/postgresql/bin"),
        resources=root / "schema/resources.toml",
    )

    assert expected == load_config(root)


def test_own_file_is_the_same(tmp_path: Path) -> None:
    """`sqlward.toml` holds the same keys at its top level."""
    own = FULL.replace("[tool.sqlward]\n", "").replace("tool.sqlward.", "")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = load_config(project(tmp_path / "a", FULL))
    two = load_config(project(tmp_path / "b", own, "sqlward.toml"))

    assert (one.overrides, one.renames) == (two.overrides, two.renames)
    assert tmp_path / "b" / "sql" == two.queries[0]


def test_root_is_found_upwards(tmp_path: Path) -> None:
    """The nearest folder at or above with a configuration counts; other projects' files do not."""
    project(tmp_path, "[tool.sqlward]\n")
    inner = tmp_path / "packages" / "api" / "src"
    inner.mkdir(parents=True)
    project(inner.parent, "[project]\nname = 'api'\n")

    assert tmp_path == find_root(inner) == load_config(inner).root


@pytest.mark.parametrize(
    ("given", "environment", "expected"),
    [
        ("postgresql:///given", "postgresql:///environment", "postgresql:///given"),
        (None, "postgresql:///environment", "postgresql:///environment"),
        (None, "", "postgresql:///file"),
    ],
)
def test_database_url(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: str | None,
    environment: str,
    expected: str,
) -> None:
    """The command line wins over the environment, and that over the file."""
    monkeypatch.setenv("DATABASE_URL", environment)
    root = project(tmp_path, 'database_url = "postgresql:///file"\n', "sqlward.toml")

    assert expected == load_config(root, database_url=given).database_url


def test_importing_is_light() -> None:
    """Reading the configuration imports neither the scanner nor psycopg nor YAML."""
    program = (
        "import sys; from pathlib import Path; from sqlward_codegen.config import find_root; "
        "find_root(Path.cwd()); "
        "print([m for m in ('psycopg', 'postgast', 'ctypes', 'yaml', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert "[]\n" == done.stdout
