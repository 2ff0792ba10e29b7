"""Generated files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.emit.plan import GeneratedFile
from sqlward_codegen.emit.render import HEADER
from sqlward_codegen.write import write_files

OURS = f"{HEADER}. DO NOT EDIT.\n"


def generated(path: str, body: str = "") -> GeneratedFile:
    return GeneratedFile(path, OURS + body)


def contents(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): p.read_text()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_makes_the_folder_and_its_files(tmp_path: Path) -> None:
    """Into nothing, everything is written, and said to be changed."""
    output = tmp_path / "store" / "generated"

    result = write_files([generated("a.py", "é = 1\n"), generated("b.py")], output, check=False)

    assert (output / "a.py", output / "b.py") == result.changed == result.paths
    assert {"a.py": f"{OURS}é = 1\n", "b.py": OURS} == contents(output)


def test_leaves_what_is_current(tmp_path: Path) -> None:
    """A file that already has its text is not written again."""
    write_files([generated("a.py"), generated("b.py")], tmp_path, check=False)
    before = (tmp_path / "a.py").stat()

    result = write_files([generated("a.py"), generated("b.py", "x = 1\n")], tmp_path, check=False)

    assert (tmp_path / "a.py",) == result.unchanged
    assert (tmp_path / "b.py",) == result.changed
    after = (tmp_path / "a.py").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_removes_what_is_stale(tmp_path: Path) -> None:
    """A generated file that is no longer generated goes; what is not Python stays."""
    write_files([generated("a.py"), generated("old.py")], tmp_path, check=False)
    (tmp_path / "py.typed").touch()

    result = write_files([generated("a.py")], tmp_path, check=False)

    assert (tmp_path / "old.py",) == result.removed
    assert {"a.py": OURS, "py.typed": ""} == contents(tmp_path)


@pytest.mark.parametrize("name", ["mine.py", "a.py", "sub/mine.py"])
def test_never_touches_a_hand_written_file(tmp_path: Path, name: str) -> None:
    """A Python file that is not ours stops the run before anything changes."""
    (tmp_path / "sub").mkdir()
    (tmp_path / name).write_text("precious = True\n")

    with pytest.raises(CompileError) as raised:
        write_files([generated("a.py"), generated("b.py")], tmp_path, check=False)

    (diagnostic,) = raised.value.diagnostics
    assert "SW802" == diagnostic.code
    assert f"`{tmp_path / name}`" in diagnostic.message
    assert {name: "precious = True\n"} == contents(tmp_path)


def test_takes_over_an_empty_file(tmp_path: Path) -> None:
    """An `__init__.py` that holds nothing belongs to nobody."""
    (tmp_path / "__init__.py").write_text("\n")

    write_files([generated("__init__.py")], tmp_path, check=False)

    assert {"__init__.py": OURS} == contents(tmp_path)


def test_check_writes_nothing_and_shows_the_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `check` the folder stays; the diff leads from what is there to what should be."""
    monkeypatch.chdir(tmp_path)
    write_files([generated("a.py", "x = 1\n"), generated("old.py")], tmp_path / "out", check=False)
    before = contents(tmp_path)

    result = write_files(
        [generated("a.py", "x = 2\n"), generated("new.py")], tmp_path / "out", check=True
    )

    assert before == contents(tmp_path)
    assert (
        "--- out/a.py\n"
        "+++ out/a.py\n"
        "@@ -1,2 +1,2 @@\n"
        f" {OURS}"
        "-x = 1\n"
        "+x = 2\n"
        "--- /dev/null\n"
        "+++ out/new.py\n"
        "@@ -0,0 +1 @@\n"
        f"+{OURS}"
        "--- out/old.py\n"
        "+++ /dev/null\n"
        "@@ -1 +0,0 @@\n"
        f"-{OURS}"
    ) == result.diff


def test_check_of_a_current_folder_has_no_diff(tmp_path: Path) -> None:
    """Nothing to do is nothing to show."""
    write_files([generated("a.py")], tmp_path, check=False)

    result = write_files([generated("a.py")], tmp_path, check=True)

    assert ((), (), "") == (result.changed, result.removed, result.diff)


def test_a_failed_run_changes_nothing(tmp_path: Path) -> None:
    """When one file cannot be written, no other file is, and no temporary file is left."""
    write_files([generated("a.py", "x = 1\n"), generated("old.py")], tmp_path, check=False)
    (tmp_path / "blocked").write_text("a file where a folder should be\n")
    before = contents(tmp_path)

    with pytest.raises(CompileError) as raised:
        write_files(
            [generated("a.py", "x = 2\n"), generated("blocked/b.py")], tmp_path, check=False
        )

    assert ["SW801"] == [d.code for d in raised.value.diagnostics]
    assert before == contents(tmp_path)


def test_an_output_that_is_a_file_is_reported(tmp_path: Path) -> None:
    """A file in the place of the folder is a diagnostic that names it."""
    output = tmp_path / "store"
    output.write_text("")

    with pytest.raises(CompileError) as raised:
        write_files([generated("a.py")], output, check=False)

    (diagnostic,) = raised.value.diagnostics
    assert "SW801" == diagnostic.code
    assert f"`{output}" in diagnostic.message
