"""`docs/configuration.md` says what is so: its examples load, compile and run."""

from __future__ import annotations

import asyncio
import importlib
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints
from uuid import uuid4

import psycopg
import pytest
from sqlward_codegen.config import Config, Override, load_config
from sqlward_codegen.server import Server
from sqlward_codegen.settings.config_file import BUILT_LAYERS, LAYERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configuration.md").read_text()
BLOCKS = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = [text for language, _, text in BLOCKS if language == "toml"]
NOT_WRITTEN = {"root", "source"}
"""Fields that the file's own place gives."""


def block(name: str) -> str:
    """Give the block of that name."""
    (text,) = [str(text) for _, named, text in BLOCKS if named == name]
    return text


def keys_of(heading: str, end: str) -> list[str]:
    """Give the first cells of the tables between two texts."""
    part = PAGE.partition(heading)[2].partition(end)[0] if end else PAGE.partition(heading)[2]
    return re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_load(text: str, tmp_path: Path) -> None:
    """Every example is a configuration without a mistake."""
    (tmp_path / "sqlward.toml").write_text(text)

    assert load_config(tmp_path).root == tmp_path


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_load_from_the_project_file(text: str, tmp_path: Path) -> None:
    """In `pyproject.toml` the same keys say the same."""
    tables = re.sub(r"^(\[+)(\w+)", r"\1tool.sqlward.\2", text, flags=re.MULTILINE)
    (tmp_path / "pyproject.toml").write_text(f"[tool.sqlward]\n{tables}")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/sqlward.toml").write_text(text)
    ours, theirs = load_config(tmp_path), load_config(tmp_path / "other")

    assert (ours.overrides, ours.renames) == (theirs.overrides, theirs.renames)
    assert ours.frozen_rows == theirs.frozen_rows


def test_the_defaults_are_the_defaults(tmp_path: Path) -> None:
    """What the page calls the defaults is what an empty file gives."""
    for name, text in (("empty", ""), ("first", EXAMPLES[0])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sqlward.toml").write_text(text)
    empty, first = (load_config(tmp_path / name) for name in ("empty", "first"))

    def relative(config: Config) -> list[Path]:
        paths = (*config.schema, *config.queries, config.output)
        return [path.relative_to(config.root) for path in paths]

    assert relative(empty) == relative(first)


def test_every_key_is_documented() -> None:
    """Every field that a user sets has its row, and every row is a field."""
    documented = {*keys_of("## Where things are", "## Overrides"), "overrides"}
    names = {field.name for field in fields(Config)} - NOT_WRITTEN
    written = {"renames": "rename"}

    assert {written.get(name, name) for name in names} == documented


def test_every_key_of_an_override_is_documented() -> None:
    """Every field of an override has its row, and every row is a field."""
    documented = keys_of("## Overrides", "")

    assert sorted(field.name for field in fields(Override)) == sorted(documented)


def test_every_key_has_an_example() -> None:
    """Each key stands in one of the examples."""
    text = "\n".join(EXAMPLES)
    names = {field.name for field in (*fields(Config), *fields(Override))} - NOT_WRITTEN
    written = {"renames": "rename", "overrides": "overrides"}

    assert [] == [n for n in sorted(names) if not re.search(rf"\b{written.get(n, n)}\b", text)]


def test_every_layer_is_named() -> None:
    """The page names every layer, and shows one that can be generated."""
    assert [] == [layer for layer in LAYERS if f'`"{layer}"`' not in PAGE]
    assert set(BUILT_LAYERS) >= set(re.findall(r'layers = \["(\w+)"\]', PAGE))


# --- the worked example ----------------------------------------------------------------


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The store that the page's example gives."""
    files = {
        "sqlward.toml": 'schema = "notes.sql"\nqueries = "queries.sql"\noutput = "noted"\n'
        + block("overrides"),
        "notes.sql": block("notes.sql"),
        "queries.sql": block("queries.sql"),
        "app_types.py": block("app_types.py"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "sqlward_codegen", "generate"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    # Neither an error nor an override that applies to nothing.
    assert (0, 0) == (done.returncode, done.stderr.count("[SW")), done.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("noted")
    for name in [n for n in sys.modules if n.partition(".")[0] in ("noted", "app_types")]:
        del sys.modules[name]


def test_the_example_generates_what_is_shown(generated: Any) -> None:
    """The row class is the one on the page, and its types are the application's."""
    models = Path(generated.__file__).with_name("models.py").read_text()
    app = importlib.import_module("app_types")

    assert block("models.py") in models
    assert get_type_hints(generated.SqlStore.insert_note)["author"] == app.Author | None


def test_the_example_runs(generated: Any, postgres: Server) -> None:
    """Values of the application's types go in and come out, sync and async, NULL as None."""
    app = importlib.import_module("app_types")
    given = {
        "email": app.Email("ada@example.org"),
        "settings": app.Settings("dark", [1, 2]),
        "place": app.Place(latitude=51.5, longitude=-0.1),
    }
    authors = [app.Author("Ada", {"en", "fr"}), None]

    def expected(id: str, author: object) -> object:
        return generated.Note(id=id, author=author, **given)

    async def again(dsn: str) -> None:
        async with await psycopg.AsyncConnection.connect(dsn) as connection:
            store = generated.AsyncSqlStore(connection)
            for author in authors:
                id = str(uuid4())
                note = await store.insert_note(id=id, author=author, **given)

                assert expected(id, author) == note
            (row,) = await store.count_by_domain(False)

            assert ("example.org", 4) == (row.domain, row.notes)

    with postgres.database() as dsn:
        with psycopg.connect(dsn) as connection:
            connection.execute(block("notes.sql").encode())
            store = generated.SqlStore(connection)
            for author in authors:
                id = str(uuid4())

                assert expected(id, author) == store.insert_note(id=id, author=author, **given)
            (row,) = store.count_by_domain(True)

            assert ("example.org", 2) == (row.domain, row.notes)
            connection.commit()
        asyncio.run(again(dsn))
