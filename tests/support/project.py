"""A throw-away project and the real command line, run as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SETTINGS = """\
schema = "schema.sql"
queries = "queries"
output = "store/generated"
"""

SCHEMA = """\
CREATE TABLE chats (
    id       bigint PRIMARY KEY,
    provider text NOT NULL,
    title    text
);
"""


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit code and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A folder that holds a project."""

    folder: Path

    def write(self, files: dict[str, str | bytes]) -> Project:
        """Write files, by path relative to the folder."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self

    def run(self, *words: str, **environment: str) -> Outcome:
        """Run `sqlward` with these words; stdout and stderr are no terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "sqlward_codegen", *words],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "80", **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def files(self) -> dict[str, bytes]:
        """Give every file outside of the compiler's own folder."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and ".sqlward" not in path.parts and "__pycache__" not in path.parts
        }


def small_project(folder: Path, queries: str, schema: str = SCHEMA) -> Project:
    """Give a project of one schema file and one query file."""
    return Project(folder).write(
        {"sqlward.toml": SETTINGS, "schema.sql": schema, "queries/chats.sql": queries}
    )
