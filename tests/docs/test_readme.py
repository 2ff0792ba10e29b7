"""What the README shows is what the project holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
EXCERPTS = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("path", "text"), EXCERPTS)
def test_excerpts_are_real(path: str, text: str) -> None:
    """A block that names a file stands in that file, to the letter."""
    assert text.rstrip() in (ROOT / path).read_text()


def test_there_are_excerpts() -> None:
    """The tour shows SQL, generated code and a whole message."""
    shown = dict(EXCERPTS)
    messages = [path for path in shown if path.startswith("tests/goldens/diagnostics/")]

    assert {"queries/chats.sql", "src/store/generated/chats.py"} <= shown.keys()
    assert messages
    for path in messages:
        assert shown[path].rstrip() == (ROOT / path).read_text().partition("\n\n")[0]


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of the README and of the pages under docs/ names a file that is there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert [] == [link for link in links if not (page.parent / link).exists()]


def test_commands_are_targets() -> None:
    """Each `make` command of the README is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    wanted = set(re.findall(r"^    make ([a-z-]+)", README, re.MULTILINE))

    assert wanted
    assert set() == {name for name in wanted if f"\n{name}:" not in makefile}
