"""The directives on `docs/authorization.md` compile, and give the code that stands there."""

from __future__ import annotations

import re
from pathlib import Path

from court import SCHEMA
from project import Project

PAGE = (Path(__file__).parents[2] / "docs" / "authorization.md").read_text()
SQL = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CODE = re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(TOML,) = re.findall(r"^```toml\n(\[chats\].*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(LOCK,) = re.findall(r"^```\n(AddMessage.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_is_what_the_compiler_does(tmp_path: Path) -> None:
    """The page's queries compile with its resources, to its code and its lock file."""
    queries = [block for block in SQL if "-- name:" in block]
    project = Project(tmp_path).write(
        {
            "sqlward.toml": 'schema = "schema.sql"\nqueries = "queries"\n'
            'output = "generated"\nlayers = ["authz"]\nresources = "resources.toml"\n'
            'policy = "policy"\n',
            "schema.sql": SCHEMA.replace("slug text NOT NULL UNIQUE", "slug text UNIQUE"),
            "resources.toml": TOML,
            "policy.py": "def move_messages(check, *, target, source): ...\n",
            "queries/all.sql": "\n".join(queries),
        }
    )
    outcome = project.run("generate")
    assert 0 == outcome.code, outcome.err + outcome.out
    written = (tmp_path / "generated/authz_store.py").read_text()
    locked = (tmp_path / "queries/authz.lock").read_text()

    assert [] == [block for block in CODE[1:] if block not in written]
    assert [] == [line for line in LOCK.splitlines() if line.rstrip() not in locked]
    assert 9 == len(queries)
