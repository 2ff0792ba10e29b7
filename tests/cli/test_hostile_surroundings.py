"""Surroundings that do not help: no rights, no space, no terminal, odd places and names."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from goldens_support import assert_golden
from project import Outcome, Project, small_project

GET = "-- name: GetChat :one\nSELECT * FROM chats WHERE id = @id;\n"
FIND = GET.replace("GetChat", "FindChat")
ERROR = "-- name: Bad :many\nSELECT nope FROM chats;\n"
NOBODY = 65534
COMMAND = (sys.executable, "-m", "sqlward_codegen")
CHATS = "store/generated/chats.py"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A small project that compiles."""
    return small_project(tmp_path, GET)


def run_as(project: Project, *words: str, **options: Any) -> Outcome:
    """Run the command with options of `subprocess.run`, and words in `before` it."""
    command = [*options.pop("before", ()), *COMMAND, *words]
    settings: dict[str, Any] = {"cwd": project.folder, "capture_output": True, "text": True}
    done = subprocess.run(command, **{**settings, **options}, timeout=120, check=False)
    return Outcome(done.returncode, done.stdout or "", done.stderr or "")


# --- rights ----------------------------------------------------------------------------


@pytest.fixture
def unprivileged(tmp_path: Path) -> dict[str, Any]:
    """Options for `run_as` under which file modes count; the home is the folder `home`."""
    before = ["unshare", "-U", f"--map-user={NOBODY}", "--"] if os.geteuid() == 0 else []
    try:
        subprocess.run([*before, "true"], check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        pytest.skip("root cannot give up its rights here")
    (tmp_path / "home").mkdir()
    environment = {k: v for k, v in os.environ.items() if k != "XDG_CACHE_HOME"}
    return {"before": before, "env": {**environment, "HOME": str(tmp_path / "home")}}


@pytest.fixture
def own_project(tmp_path: Path) -> Iterator[Project]:
    """A project whose folders can be protected."""
    yield small_project(tmp_path / "project", GET)
    for path in [tmp_path, *tmp_path.rglob("*")]:
        if path.is_dir():
            path.chmod(stat.S_IRWXU)


def protect(folder: Path) -> None:
    """Let nobody write into a folder and those in it."""
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        path.chmod(stat.S_IRUSR | stat.S_IXUSR)


def test_an_unprivileged_user(own_project: Project, unprivileged: dict[str, Any]) -> None:
    """Anyone can compile, in a home of their own."""
    outcome = run_as(own_project, "generate", **unprivileged)

    assert 0 == outcome.code, outcome.err
    assert CHATS in own_project.files()


def test_a_read_only_output(own_project: Project, unprivileged: dict[str, Any]) -> None:
    """What cannot be written is named, and the store is as it was."""
    run_as(own_project, "generate", **unprivileged)
    own_project.write({"queries/chats.sql": FIND})
    before = own_project.files()
    protect(own_project.folder / "store")
    outcome = run_as(own_project, "generate", **unprivileged)

    assert_golden("diagnostics/cli/output_read_only.txt", outcome.err.rstrip())
    assert 1 == outcome.code
    assert before == own_project.files()


def test_a_read_only_project(own_project: Project, unprivileged: dict[str, Any]) -> None:
    """Where nothing can be written, what only reads still works: a check, a question."""
    run_as(own_project, "generate", **unprivileged)
    own_project.write({"queries/chats.sql": FIND})
    shutil.rmtree(own_project.folder / ".sqlward")
    before = own_project.files()
    protect(own_project.folder)
    checked = run_as(own_project, "generate", "--check", **unprivileged)
    asked = run_as(own_project, "query", "FindChat", **unprivileged)

    assert (1, 0) == (checked.code, asked.code), checked.err + asked.err
    assert "+    def find_chat(" in checked.out
    assert "not current: " in checked.err
    assert asked.out.startswith("FindChat :one")
    assert before == own_project.files()


def test_no_home(own_project: Project, unprivileged: dict[str, Any]) -> None:
    """The cache in the home is a gain, not a need."""
    protect(own_project.folder.parent / "home")
    outcome = run_as(own_project, "generate", **unprivileged)

    assert 0 == outcome.code, outcome.err


@pytest.mark.parametrize("variable", ["HOME", "XDG_CACHE_HOME", "TMPDIR"])
@pytest.mark.parametrize("value", ["/dev/null", "/nonexistent/folder"])
def test_folders_that_are_none(project: Project, variable: str, value: str) -> None:
    """A home, cache or temporary folder that is no folder does no harm."""
    outcome = project.run("generate", **{variable: value})

    assert 0 == outcome.code, outcome.err


def test_a_file_of_the_users_in_the_output(project: Project) -> None:
    """Hand-written code in the output folder is neither lost nor overlooked."""
    project.run("generate")
    project.write({"store/generated/mine.py": "x = 1\n", "queries/chats.sql": FIND})
    before = project.files()
    outcome = project.run("generate")

    assert_golden("diagnostics/cli/output_not_ours.txt", outcome.err.rstrip())
    assert 1 == outcome.code
    assert before == project.files()


def test_a_file_in_the_place_of_the_output(project: Project) -> None:
    """A file where the output folder should be is said, and kept."""
    project.write({"store": "mine"})
    outcome = project.run("generate")

    assert_golden("diagnostics/cli/output_is_a_file.txt", outcome.err.rstrip())
    assert 1 == outcome.code
    assert b"mine" == project.files()["store"]


# --- space -----------------------------------------------------------------------------


def run_mounted(project: Project, *mounts: str, **environment: str) -> Outcome:
    """Run `generate` with these mounts, in a mount namespace of its own."""
    probe = subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True)
    if probe.returncode:
        pytest.skip("mounts of one's own need root")
    script = " && ".join([*(f"mount {m}" for m in mounts), f"exec {' '.join(COMMAND)} generate"])
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script],
        cwd=project.folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no /dev/shm")
@pytest.mark.parametrize("options", ["size=1m", "ro"])
def test_no_shared_memory(project: Project, options: str) -> None:
    """Without room in `/dev/shm` the server lives in the temporary folder."""
    outcome = run_mounted(project, f"-t tmpfs -o {options} none /dev/shm")

    assert 0 == outcome.code, outcome.err


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no /dev/shm")
def test_no_room_anywhere(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Without any room the message says where some is needed."""
    full = tmp_path_factory.mktemp("full")
    outcome = run_mounted(
        project,
        "-t tmpfs -o size=1m none /dev/shm",
        f"-t tmpfs -o size=5m none {full}",
        TMPDIR=str(full),
        XDG_CACHE_HOME=str(full / "cache"),
    )

    assert 1 == outcome.code
    assert "error[SW7" in outcome.err
    assert "no space left on device" in outcome.err.lower()
    assert "set `TMPDIR`" in outcome.err
    assert "Traceback" not in outcome.err


# --- streams ---------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [("generate", "--check"), ("query", "--all", "--json")])
def test_a_full_disk_behind_the_output(project: Project, words: tuple[str, ...]) -> None:
    """Output that cannot be written is an error, not a traceback."""
    with open("/dev/full", "w") as full:
        outcome = run_as(project, *words, capture_output=False, stdout=full, stderr=subprocess.PIPE)

    assert 1 == outcome.code
    assert "error[SW013]: the output cannot be used: no space left on device" in outcome.err
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize("words", ["generate --check", "query --all --json", "query --all"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams(project: Project, words: str, closed: str) -> None:
    """A closed output changes neither what is done nor the exit code."""
    script = f"{' '.join(COMMAND)} {words} {closed}; echo $? >&9"
    read, write = os.pipe()
    subprocess.run(
        ["bash", "-c", f"exec 9>&{write}; {script}"],
        cwd=project.folder,
        pass_fds=[write],
        capture_output=True,
        check=False,
    )
    os.close(write)
    with os.fdopen(read) as code:
        expected = "1\n" if "check" in words else "0\n"

        assert expected == code.read()


def test_a_reader_that_leaves(tmp_path: Path) -> None:
    """`| head -1` ends the command in silence, as it does any other."""
    queries = "\n".join(GET.replace("GetChat", f"GetChat{i}") for i in range(60))
    project = small_project(tmp_path, queries)
    script = f"{' '.join(COMMAND)} query --all --json | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert "{\n141\n" == done.stdout
    assert "" == done.stderr
    assert project.run("query", "GetChat1").code == 0


@pytest.mark.parametrize("variable", ["NO_COLOR", "COLUMNS"])
def test_colour_only_where_it_is_welcome(project: Project, variable: str) -> None:
    """A terminal gets colour unless NO_COLOR is set; a pipe never does."""
    import pty

    project.write({"queries/chats.sql": ERROR})
    parent, child = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    run_as(
        project,
        "generate",
        env={**environment, variable: "80"},
        capture_output=False,
        stdout=subprocess.DEVNULL,
        stderr=child,
    )
    os.close(child)
    shown = os.read(parent, 65536).decode()
    os.close(parent)

    assert "SW201" in shown
    assert (variable != "NO_COLOR") == ("\033[" in shown)
    assert "\033[" not in project.run("generate").err


def test_a_terminal_that_knows_only_ascii(project: Project) -> None:
    """What it cannot show is written in an escaped form."""
    project.write({"queries/chats.sql": "-- name: Größe :one\n-- Größe.\nSELECT 1 AS größe;\n"})
    environment = {"PYTHONIOENCODING": "ascii"}
    checked = project.run("generate", "--check", **environment)
    asked = project.run("query", "--all", **environment)

    assert (1, 0) == (checked.code, asked.code), checked.err + asked.err
    assert "gr\\xf6\\xdfe" in checked.out
    assert asked.out.startswith("Gr\\xf6\\xdfe :one")


# --- places ----------------------------------------------------------------------------


def test_a_folder_with_spaces_quotes_and_umlauts(tmp_path: Path) -> None:
    """The project's own path can be anything; a symbolic link to it will do as well."""
    project = small_project(tmp_path / 'it\'s a "größe"', GET)
    link = Project(tmp_path / "link")
    link.folder.symlink_to(project.folder)
    first, second = project.run("generate"), link.run("generate")

    assert (0, 0) == (first.code, second.code), first.err + second.err
    assert CHATS in project.files()


def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    """Not even the bytes of the project's path need be UTF-8."""
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    project = small_project(folder, GET)
    first, second = project.run("generate"), project.run("generate")

    assert (0, 0) == (first.code, second.code), first.err + second.err
    assert "the store is current\n" == second.err


def test_from_a_folder_below(project: Project) -> None:
    """From any folder of the project it is the same project, with the same paths in messages."""
    project.write({"queries/sub/bad.sql": ERROR})
    outcome = Project(project.folder / "queries" / "sub").run("generate")

    assert 1 == outcome.code
    assert " --> queries/sub/bad.sql:2:8\n" in outcome.err


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-W", "error", "-X", "dev"]])
def test_options_of_the_interpreter(project: Project, options: list[str]) -> None:
    """Nothing hangs on assertions or docstrings, and nothing warns."""
    done = subprocess.run(
        [sys.executable, *options, "-m", "sqlward_codegen", "generate"],
        cwd=project.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert done.stderr.startswith("1 queries compiled: ")


def test_things_that_are_no_query_files(project: Project) -> None:
    """Pipes, folders, loops and dangling links among the query files are passed over."""
    queries = project.folder / "queries"
    os.mkfifo(queries / "pipe.sql")
    (queries / "folder.sql").mkdir()
    (queries / "loop").symlink_to("..")
    (queries / "dangling.sql").symlink_to("nowhere")
    outcome = project.run("generate")

    assert 0 == outcome.code, outcome.err
    assert outcome.err.startswith("1 queries compiled: ")


# --- from run to run -------------------------------------------------------------------


def test_a_query_file_that_goes_away(project: Project) -> None:
    """Its module goes with it."""
    project.write({"queries/users.sql": FIND})
    project.run("generate")
    before = project.files()
    (project.folder / "queries/users.sql").unlink()
    outcome = project.run("generate")

    assert 0 == outcome.code, outcome.err
    assert outcome.err.endswith(", 1 removed\n")
    gone = {"queries/users.sql", "store/generated/users.py"}
    assert before.keys() - gone == project.files().keys()
    assert b"find_chat" not in b"".join(project.files().values())


def test_a_query_that_is_renamed(project: Project) -> None:
    """Its old name is nowhere any more."""
    project.run("generate")
    project.write({"queries/chats.sql": FIND})
    outcome = project.run("generate")

    assert 0 == outcome.code, outcome.err
    text = b"".join(project.files().values())
    assert (False, True) == (b"get_chat" in text, b"find_chat" in text)


def test_check_of_a_store_that_was_never_generated(project: Project) -> None:
    """All of it is missing, and stays so."""
    before = project.files()
    outcome = project.run("generate", "--check")

    assert 1 == outcome.code
    assert f"--- /dev/null\n+++ {CHATS}\n" in outcome.out
    assert "run `sqlward generate`" in outcome.err
    assert before == project.files()


def test_warnings_do_not_fail(project: Project) -> None:
    """A run with nothing but warnings writes the store, exits with 0, and warns again."""
    project.write({"queries/chats.sql": "-- name: Clear :exec\nDELETE FROM chats;\n"})
    outcomes = [
        project.run("generate"),
        project.run("generate"),
        project.run("generate", "--check"),
    ]

    assert [0, 0, 0] == [outcome.code for outcome in outcomes]
    assert all("warning[SW220]" in outcome.err for outcome in outcomes)
    assert CHATS in project.files()
