"""`docs/diagnostics.md` is what the compiler's table of codes and the goldens give."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from sqlward_codegen.messages.codes import all_codes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "diagnostics.md").read_text()
SCRIPT = ROOT / "scripts" / "document_diagnostics.py"


def test_the_page_is_current() -> None:
    """The page is what its script writes; `make docs` brings it up to date."""
    done = subprocess.run(
        [sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_every_code_has_its_section() -> None:
    """Each code stands on the page once, in order."""
    headings = re.findall(r"^### (SW\d{3}) ", PAGE, re.MULTILINE)

    assert [code.code for code in all_codes()] == headings


def test_every_example_is_of_its_code() -> None:
    """An example shows the code under whose heading it stands, and most codes of SQL have one."""
    sections = re.findall(
        r"^### (SW\d{3}) [^#]*?```text\n(?:error|warning)\[(SW\d{3})\]", PAGE, re.M
    )

    assert [] == [(code, shown) for code, shown in sections if code != shown]
    assert 60 <= len(sections)
