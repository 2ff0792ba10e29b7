"""`docs/inference.md` says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from project import SETTINGS, Project

PAGE = (Path(__file__).parents[2] / "docs" / "inference.md").read_text()


def test_the_example_is_what_the_command_prints(tmp_path: Path) -> None:
    """The page's schema and query, given to the compiler, print what the page shows."""
    files = re.findall(r"^```sql (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shown = re.findall(r"^```console\n\$ sqlward (.*?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    project = Project(tmp_path).write({"sqlward.toml": SETTINGS, **dict(files)})
    outcomes = [project.run(*command.split()) for command, _ in shown]

    assert [printed for _, printed in shown] == [outcome.out for outcome in outcomes]
    assert ["schema.sql", "queries/chats.sql"] == [name for name, _ in files]
    assert shown
