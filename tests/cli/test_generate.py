"""`sqlward generate`, run as a user would."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from project import Project, small_project

GET = "-- name: GetChat :one\nSELECT * FROM chats WHERE id = @id;\n"
LIST = "-- name: ListChats :many\nSELECT * FROM chats;\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small project that compiles."""
    return small_project(tmp_path, GET)


def test_compiles_and_is_quick_the_second_time(project: Project) -> None:
    """The first run writes the store, the second sees that there is nothing to do."""
    first = project.run("generate")
    before = project.files()
    second = project.run("generate")

    assert (0, 0) == (first.code, second.code), first.err + second.err
    assert "store/generated/__init__.py" in before
    assert "the store is current\n" == second.err
    assert before == project.files()


def test_output_is_the_same_from_run_to_run(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another checkout gives the same files, byte for byte."""
    other = small_project(tmp_path_factory.mktemp("other"), GET)
    project.run("generate")
    other.run("generate")

    assert project.files() == other.files()


def test_an_edit_changes_only_its_module(project: Project) -> None:
    """A changed query is compiled anew; modules that it does not concern stay untouched."""
    project.run("generate")
    models = project.folder / "store/generated/models.py"
    before = models.stat().st_mtime_ns
    project.write({"queries/chats.sql": GET + LIST})
    outcome = project.run("generate")

    assert 0 == outcome.code, outcome.err
    assert "def list_chats(" in (project.folder / "store/generated/chats.py").read_text()
    assert before == models.stat().st_mtime_ns


def test_check_shows_what_would_change(project: Project) -> None:
    """`--check` fails with a diff and writes nothing; afterwards it passes."""
    project.run("generate")
    project.write({"queries/chats.sql": GET + LIST})
    before = project.files()
    stale = project.run("generate", "--check")

    assert 1 == stale.code
    assert "+    def list_chats(self) -> list[Chat]:" in stale.out
    assert before == project.files()
    project.run("generate")
    assert 0 == project.run("generate", "--check").code


def test_a_damaged_cache_is_no_cache(project: Project) -> None:
    """Whatever is in the compiler's own folder, the run succeeds."""
    project.run("generate")
    for path in (project.folder / ".sqlward").iterdir():
        path.write_bytes(b"\xc1 nonsense\n")
    (project.folder / "store/generated/chats.py").unlink()
    outcome = project.run("generate")

    assert 0 == outcome.code, outcome.err
    assert (project.folder / "store/generated/chats.py").exists()


def test_an_error_changes_nothing(project: Project) -> None:
    """With an error anywhere nothing is written, and the error is shown again next time."""
    project.run("generate")
    before = project.files().keys()
    project.write({"queries/bad.sql": "-- name: Bad :many\nSELECT nope FROM chats;\n"})
    first, second = project.run("generate"), project.run("generate")

    assert (1, 1) == (first.code, second.code)
    assert first.err == second.err
    assert "SW201" in first.err
    assert before == project.files().keys() - {"queries/bad.sql"}


def test_says_everything_that_is_wrong(project: Project) -> None:
    """All diagnostics of a run are given, from all files and passes."""
    project.write(
        {
            "queries/a.sql": "-- name: A :many\nSELECT nope FROM chats;\n",
            "queries/b.sql": "-- name: B :on\nSELECT 1;\n-- name: C :one\nSELECT * FROM chats;\n",
        }
    )
    outcome = project.run("generate")

    assert 1 == outcome.code
    assert ["SW201", "SW112", "SW204"] == [
        line[6:11] for line in outcome.err.splitlines() if line.startswith("error[")
    ]


def test_no_settings(tmp_path: Path) -> None:
    """In a folder that is no project the way out is named."""
    outcome = Project(tmp_path).run("generate")

    assert 1 == outcome.code
    assert "sqlward init" in outcome.err


def test_a_server_that_cannot_be_reached(project: Project) -> None:
    """A database URL that leads nowhere is a diagnostic without the password."""
    url = "postgresql://me:hush@127.0.0.1:1/none"
    outcome = project.run("generate", "--database-url", url)

    assert 1 == outcome.code
    assert "SW707" in outcome.err
    assert "hush" not in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("words", [("generte",), ("generate", "--chek"), ()])
def test_usage(project: Project, words: tuple[str, ...]) -> None:
    """Wrong words exit with 2 and say how it is used."""
    outcome = project.run(*words)

    assert 2 == outcome.code
    assert "usage: sqlward" in outcome.err


def test_help_names_every_command(project: Project) -> None:
    """`--help` lists the commands in lines of at most 80 columns."""
    outcome = project.run("--help")

    assert 0 == outcome.code
    assert all(name in outcome.out for name in ("init", "generate", "query", "migrate"))
    assert max(len(line) for line in outcome.out.splitlines()) <= 80


def test_imports_little_when_there_is_nothing_to_do(project: Project) -> None:
    """A run with nothing to do loads neither psycopg nor the scanner nor the templates."""
    project.run("generate")
    script = (
        "import sys; from sqlward_codegen.cli import main; code = main(['generate']); "
        "print(code, sorted({'psycopg', 'postgast', 'google', 'jinja2', 'msgspec'} & set(sys.modules)))"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "0 []\n" == done.stdout


def test_more_parameters_than_a_function_takes(tmp_path: Path) -> None:
    """A statement of 300 parameters compiles, each with its own column's name and nullability."""
    columns = [f"c{n}" for n in range(300)]
    table = ", ".join(f"{c} int{' NOT NULL' if n % 2 else ''}" for n, c in enumerate(columns))
    values = ", ".join(f"@{c}" for c in columns)
    query = f"-- name: Wide :exec\nINSERT INTO wide VALUES ({values}) -- $1\n;\n"
    project = small_project(tmp_path, query, f"CREATE TABLE wide ({table});")
    outcome = project.run("generate")

    assert outcome.code == 0, outcome.err
    module = (tmp_path / "store/generated/chats.py").read_text()
    assert "c298: int | None" in module
    assert "c299: int\n" in module.replace(",", "\n")
