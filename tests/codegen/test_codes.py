"""The table of codes."""

from __future__ import annotations

import re
from pathlib import Path

import sqlward_codegen
from goldens_support import FOLDER
from sqlward_codegen.messages.codes import GROUPS, all_codes, explain

SOURCE = Path(sqlward_codegen.__file__).parent
CODE = re.compile(r"[\"']SW\d{3}[\"']")


def test_every_code_is_documented() -> None:
    """The codes in the compiler's source are those in the table, none more and none less."""
    sources = (p for p in SOURCE.rglob("*.py") if p.name != "codes.py")
    used = {code.strip("\"'") for p in sources for code in CODE.findall(_without_docstrings(p))}

    assert sorted(used) == [entry.code for entry in all_codes()]


def _without_docstrings(path: Path) -> str:
    return re.sub(r'"""(?:.|\n)*?"""', "", path.read_text())


def test_table_is_sound() -> None:
    """Codes are unique and in order, belong to a group, and each has a title and a paragraph."""
    codes = [entry.code for entry in all_codes()]

    assert sorted(set(codes)) == codes
    for entry in all_codes():
        assert entry.code[:3] in GROUPS
        assert entry.title
        assert entry.explanation.endswith(".")


def test_every_code_of_query_files_and_configuration_has_a_golden() -> None:
    """Each mistake that can be made in a query file or the configuration is shown in a golden."""
    written = " ".join(p.read_text() for p in (FOLDER / "diagnostics").rglob("*.txt"))
    own = [e.code for e in all_codes() if e.code.startswith("SW1")]
    missing = [code for code in own if f"[{code}]" not in written]

    assert [] == missing


def test_explain() -> None:
    """A code is explained, and one that does not exist is not."""
    entry = explain("SW104")

    assert entry is not None
    assert "unterminated" == entry.title
    assert explain("SW999") is None
