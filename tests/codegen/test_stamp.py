"""The stamp that tells a run with nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlward_codegen.stamp import digests, last_words, write_stamp


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one source and one product, stamped."""
    (tmp_path / "a.sql").write_text("SELECT 1")
    (tmp_path / "a.py").write_text("1")
    read = digests([tmp_path / "a.sql"])
    write_stamp(tmp_path, "key", read, [tmp_path / "a.py"], "warning: two\n\n  words")
    return tmp_path


def said(project: Path, key: str = "key", *names: str) -> str | None:
    """Give what the last run said, for a run that reads these files."""
    return last_words(project, key, digests(project / name for name in names or ["a.sql"]))


def test_nothing_changed(project: Path) -> None:
    """With the same key and files, the last run stands, and what it said is said again."""
    assert said(project) == "warning: two\n\n  words"


@pytest.mark.parametrize("name", ["a.sql", "a.py"])
def test_a_changed_file(project: Path, name: str) -> None:
    """A changed source or product asks for a run."""
    (project / name).write_text("other")

    assert said(project) is None


def test_a_source_that_changed_during_the_run(tmp_path: Path) -> None:
    """What is saved while a run is under way is for the next one."""
    source = tmp_path / "a.sql"
    source.write_text("SELECT 1")
    read = digests([source])
    source.write_text("SELECT 2")
    write_stamp(tmp_path, "key", read, [])

    assert said(tmp_path) is None


def test_a_deleted_product(project: Path) -> None:
    """A product that was deleted asks for a run."""
    (project / "a.py").unlink()

    assert said(project) is None


def test_another_source(project: Path) -> None:
    """A source that came or went asks for a run."""
    assert said(project, "key", "a.sql", "b.sql") is None
    assert last_words(project, "key", {}) is None


def test_another_key(project: Path) -> None:
    """Another compiler or configuration asks for a run."""
    assert said(project, "other") is None


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"key\nnonsense", b"key\na b"])
def test_a_damaged_stamp(project: Path, data: bytes) -> None:
    """What cannot be read is no stamp."""
    (project / ".sqlward" / "stamp").write_bytes(data)

    assert said(project) is None
