"""The stamp that tells a run with nothing to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlward_codegen.stamp import is_current, write_stamp


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one source and one product, stamped."""
    (tmp_path / "a.sql").write_text("SELECT 1")
    (tmp_path / "a.py").write_text("1")
    write_stamp(tmp_path, "key", [tmp_path / "a.sql"], [tmp_path / "a.py"])
    return tmp_path


def test_nothing_changed(project: Path) -> None:
    """With the same key and files, the last run stands."""
    assert is_current(project, "key", [project / "a.sql"])


@pytest.mark.parametrize("name", ["a.sql", "a.py"])
def test_a_changed_file(project: Path, name: str) -> None:
    """A changed source or product asks for a run."""
    (project / name).write_text("other")

    assert not is_current(project, "key", [project / "a.sql"])


def test_a_deleted_product(project: Path) -> None:
    """A product that was deleted asks for a run."""
    (project / "a.py").unlink()

    assert not is_current(project, "key", [project / "a.sql"])


def test_another_source(project: Path) -> None:
    """A source that came or went asks for a run."""
    assert not is_current(project, "key", [project / "a.sql", project / "b.sql"])
    assert not is_current(project, "key", [])


def test_another_key(project: Path) -> None:
    """Another compiler or configuration asks for a run."""
    assert not is_current(project, "other", [project / "a.sql"])


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"key\nnonsense", b"key\na b"])
def test_a_damaged_stamp(project: Path, data: bytes) -> None:
    """What cannot be read is no stamp."""
    (project / ".sqlward" / "stamp").write_bytes(data)

    assert not is_current(project, "key", [project / "a.sql"])
