"""The authorization layer on the command line: the lock file, `--check`, words, and other files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from goldens_support import assert_golden
from guarded_project import guarded_project
from project import Project

REPOSITORY = Path(__file__).parent.parent.parent
LOCK = "queries/authz.lock"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The guarded project, generated; tests leave it as it is."""
    project = guarded_project(tmp_path_factory.mktemp("made"))
    outcome = project.run("generate")
    assert 0 == outcome.code, outcome.err + outcome.out
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The guarded project, generated, to be changed."""
    made = guarded_project(tmp_path)
    assert 0 == made.run("generate").code
    return made


def test_generated_layer(made: Project) -> None:
    """The layer is plain code that can be reviewed."""
    text = (made.folder / "src/guarded/generated/authz_store.py").read_text()

    assert_golden("emit/authz/authz_store.py.txt", text)
    assert_golden(
        "emit/authz/authz.py.txt", (made.folder / "src/guarded/generated/authz.py").read_text()
    )


def test_lock_file(made: Project) -> None:
    """The lock file has one line for each query."""
    assert_golden("emit/authz/authz.lock.txt", (made.folder / LOCK).read_text())


def test_rules_in_words(made: Project) -> None:
    """`sqlward query --authz` says who may run a query."""
    names = ("InsertChat", "GetChat", "ListChats", "PageChats", "RenameChat", "DeleteChat")
    outcome = made.run("query", *names, "FindChat", "SetSetting", "TitleLengths", "Ping", "--authz")

    assert 0 == outcome.code, outcome.err
    assert_golden("emit/authz/words.txt", outcome.out)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_generated_code_is_typed(made: Project, checker: str) -> None:
    """The generated package, and what uses it, passes type checkers in strict mode."""
    user = made.folder / "src" / "use.py"
    user.write_text(
        "import psycopg\n"
        "from sqlward.authz import Engine, Subject\n"
        "from guarded import policy\n"
        "from guarded.generated import Action, AuthzStore, Resource, SqlStore, Store\n\n\n"
        "def use(connection: psycopg.Connection[object], subject: Subject) -> Store:\n"
        "    store = AuthzStore(SqlStore(connection), Engine(), policy)\n"
        "    with store.acting_as(subject).transaction() as inside:\n"
        "        inside.count_chats()\n"
        "    return store if Action.READ and Resource.CHAT else SqlStore(connection)\n"
    )
    arguments = {
        "mypy": ["--strict", "--allow-untyped-defs", "--allow-untyped-calls", "src/use.py"],
        "pyright": ["--pythonpath", sys.executable, "src/use.py", "src/guarded/generated"],
    }
    (made.folder / "pyrightconfig.json").write_text(
        f'{{"extraPaths": ["src", "{REPOSITORY / "src"}"], "pythonVersion": "3.11"}}'
    )
    done = subprocess.run(
        [sys.executable, "-m", checker, *arguments[checker]],
        cwd=made.folder,
        env={**os.environ, "MYPYPATH": f"src:{REPOSITORY / 'src'}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout + done.stderr


def test_stale_lock_fails_the_check(project: Project) -> None:
    """A lock file that somebody edited, or forgot, fails `--check` with a diff."""
    lock = project.folder / LOCK
    good = lock.read_text()
    assert 0 == project.run("generate", "--check").code
    lock.write_text(good.replace("GetChat ", "GotChat "))
    stale = project.run("generate", "--check")

    assert 1 == stale.code
    assert f"--- {LOCK}" in stale.out
    assert 0 == project.run("generate").code
    assert good == lock.read_text()


def test_rules_are_judged_across_files(project: Project) -> None:
    """A fetch that changes fails the query of another file that leans on it."""
    project.write(
        {
            "queries/more.sql": "-- name: Wipe :exec\n-- authz: delete chat via FindOne(id=@id)\n"
            "DELETE FROM chats WHERE id = @id;\n",
            "queries/one.sql": "-- name: FindOne :one\n-- authz: read chat\n"
            "SELECT * FROM chats WHERE id = @id;\n",
        }
    )
    assert 0 == project.run("generate").code
    project.write(
        {
            "queries/one.sql": '-- name: FindOne :one\n-- authz: none "x"\n'
            "SELECT id, title FROM chats WHERE id = @id;\n"
        }
    )
    outcome = project.run("generate")

    assert 1 == outcome.code
    assert "error[SW425]: `FindOne` does not fetch a whole `chat`" in outcome.err + outcome.out
    again = project.run("generate")
    assert outcome.err == again.err


def test_policy_is_looked_at_again(project: Project) -> None:
    """A function that goes missing fails the build though no query changed."""
    policy = project.folder / "src/guarded/policy.py"
    policy.write_text(policy.read_text().replace("def title_lengths", "def title_length"))
    outcome = project.run("generate")

    assert 1 == outcome.code
    assert "has no function `title_lengths`" in outcome.err + outcome.out


def test_resources_are_looked_at_again(project: Project) -> None:
    """A declaration that changes is a reason to prove everything anew."""
    resources = project.folder / "schema/resources.toml"
    resources.write_text(resources.read_text().replace('"share"', '"lend"'))
    assert 0 == project.run("generate").code
    text = (project.folder / "src/guarded/generated/authz.py").read_text()

    assert 'LEND = "lend"' in text
    assert "SHARE" not in text


def test_no_rule_no_build(project: Project) -> None:
    """One query without a rule, and nothing is written."""
    before = project.files()
    project.write({"queries/more.sql": "-- name: Leak :many\nSELECT email FROM users;\n"})
    outcome = project.run("generate")

    assert 1 == outcome.code
    assert "error[SW410]: `Leak` has no `-- authz:` directive" in outcome.err + outcome.out
    after = project.files()
    after.pop("queries/more.sql")
    assert before == after


def test_macro_without_the_layer(project: Project) -> None:
    """A filter that nobody would fill in is an error, not `true`."""
    settings = project.folder / "sqlward.toml"
    settings.write_text(settings.read_text().replace('layers = ["authz"]\n', ""))
    outcome = project.run("generate")

    assert 1 == outcome.code
    said = outcome.err + outcome.out
    assert "error[SW434]: `sqlward.authorized` means nothing without" in said


def test_names_of_forms_are_taken(project: Project) -> None:
    """A query cannot be called like another form of a query."""
    project.write(
        {
            "queries/more.sql": '-- name: CountChatsAuthorized :one\n-- authz: none "x"\n'
            "SELECT 1 AS up;\n"
        }
    )
    outcome = project.run("generate")

    assert 1 == outcome.code
    assert "a form of `CountChats`" in outcome.err + outcome.out
