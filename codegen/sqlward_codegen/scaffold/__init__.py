"""What `sqlward init` writes into a project: a first table, its queries, the commands."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

SETTINGS = """\
[tool.sqlward]
schema = "schema/migrations"
queries = "queries"
output = "src/store/generated"
"""

PROJECT = """\
[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["sqlward", "psycopg[binary,pool]"]

[project.optional-dependencies]
dev = ["sqlward[codegen]"]

"""


@dataclass(frozen=True, slots=True)
class ScaffoldFile:
    """A file to write if it is not there; `path` is relative to the project."""

    path: str
    text: str


def first_files() -> tuple[ScaffoldFile, ...]:
    """Give the files of a new project, the settings apart."""
    return (
        _file("schema/migrations/0001_notes.up.sql", "notes.up.sql"),
        _file("schema/migrations/0001_notes.down.sql", "notes.down.sql"),
        _file("queries/notes.sql", "notes.sql"),
        ScaffoldFile(
            "src/store/__init__.py", '"""The store: generated code and what is around it."""\n'
        ),
        _file("Makefile", "Makefile"),
    )


def _file(path: str, name: str) -> ScaffoldFile:
    return ScaffoldFile(path, files(__name__).joinpath(name).read_text())
