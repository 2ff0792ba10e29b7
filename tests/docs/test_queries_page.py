"""`docs/queries.md` says what is so."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

from sqlward_codegen.model import Command
from sqlward_codegen.reading.annotation import DIRECTIVES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "queries.md").read_text()


def _blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```", PAGE, re.MULTILINE | re.DOTALL)
    return [dedent(text).strip() for _, text in found]


def _first_cells(heading: str) -> list[str]:
    table = PAGE.partition(heading)[2]
    return re.findall(r"^\| `([^`]+)`", table.partition("\n\n#")[0], re.MULTILINE)


def test_every_query_of_the_page_is_a_query_of_the_store() -> None:
    """The examples are the real ones, comments and all."""
    queries = "\n".join(path.read_text() for path in sorted((ROOT / "queries").glob("*.sql")))
    blocks = _blocks("sql")

    assert [] == [block for block in blocks if block not in queries]
    assert len(blocks) == sum(block.startswith("-- name: ") for block in blocks)
    assert 10 <= len(blocks)


def test_every_line_of_python_of_the_page_is_generated() -> None:
    """What the page says that a query becomes is in the generated store."""
    folder = ROOT / "src" / "store" / "generated"
    generated = "\n".join(path.read_text() for path in sorted(folder.glob("*.py")))
    lines = {line.strip() for line in generated.splitlines()}
    shown = [line.strip() for block in _blocks("python") for line in block.splitlines()]

    assert [] == [line for line in shown if line not in lines]
    assert shown


def test_the_table_of_commands_is_complete() -> None:
    """Every command has its row, in the order of the compiler's own list."""
    assert [command.value for command in Command] == _first_cells("## Commands")


def test_the_table_of_directives_is_complete() -> None:
    """Every directive has its row."""
    words = [cell.removeprefix("-- ").partition(":")[0] for cell in _first_cells("## Directives")]

    assert sorted(DIRECTIVES) == sorted(words)
