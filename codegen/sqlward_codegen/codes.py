"""Every diagnostic code: what it is called, and what to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """A diagnostic's code with a title and a paragraph of explanation."""

    code: str
    title: str
    explanation: str


GROUPS: Final = {
    "SW0": "configuration and command line",
    "SW1": "query files and macros",
    "SW2": "SQL and its results",
    "SW3": "types",
    "SW4": "authorization",
    "SW5": "secrets",
    "SW6": "schema and migrations",
    "SW7": "server",
    "SW8": "output",
}
"""What the codes with the same first digit are about."""

_TABLE: Final = """
SW001 no configuration
    Neither the current folder nor one above it has a `sqlward.toml`, or a `pyproject.toml` with
    a `[tool.sqlward]` table. `sqlward init` writes one.

SW002 two configurations
    `sqlward.toml` and `[tool.sqlward]` in the `pyproject.toml` beside it both configure the
    project, and nothing says which one counts. Keep one.

SW003 unreadable configuration
    The configuration file cannot be opened, is not UTF-8, or is not TOML.

SW004 unknown key
    The configuration has a key that means nothing. It is an error, because a misspelt key would
    otherwise be an option that silently does not work.

SW005 wrong value
    A key of the configuration has a value of the wrong type, or one that cannot work, such as an
    output folder that also holds the query files.

SW006 unknown or missing layer
    `layers` names a layer that does not exist, or one that this version cannot generate.

SW007 the compiler is not installed
    A module that the compiler needs is missing. The run time alone needs little; the compiler's
    dependencies are the extra `sqlward[codegen]`.

SW008 unknown query
    The command line names a query that no query file holds.

SW009 set up already
    `sqlward init` found a configuration, and does not write over it.

SW010 no configuration of sqlc
    `sqlward init --from-sqlc` found no `sqlc.yaml` or `sqlc.json` to start from.

SW011 bad override
    A type override needs a `python_type` and exactly one selector: `db_type`, `column`,
    `query_column` or `parameter`. `json` already says how to decode and encode.

SW012 unusable configuration of sqlc
    The file given to `sqlward init --from-sqlc` cannot be read, or does not configure sqlc for
    PostgreSQL.

SW101 no query files
    A path of `queries` does not exist, or no `.sql` file is there.

SW102 not UTF-8
    A query file is not encoded as UTF-8. The message gives the first byte that is wrong.

SW103 unreadable query file
    A query file cannot be opened, or holds a NUL character, which PostgreSQL refuses.

SW104 unterminated
    A string, quoted identifier, dollar-quoted string or comment is never closed.

SW105 not SQL
    PostgreSQL's scanner cannot split the text into words, as with a malformed number.

SW110 malformed annotation
    A query's annotation is `-- name: GetChat :one`: a name, a command, and nothing else.

SW111 missing command
    The annotation names the query, but does not say what it gives back.

SW112 unknown command
    The word after the query's name is not a command.

SW113 bad query name
    A query's name becomes a Python method, so it must be an identifier.

SW114 duplicate query
    Two queries have one name. All query files together make one store, so names are unique
    across files.

SW115 several statements
    A query is one statement. Give each its own annotation.

SW116 statement without a name
    A statement stands above the first annotation of its file, so no method can be made of it.

SW117 name without a statement
    Nothing but comments follows the annotation.

SW118 unknown directive
    A comment looks like a misspelt directive. It was taken as documentation.

SW120 unknown macro
    The macros are `sqlc.arg`, `sqlc.narg`, `sqlc.slice` and `sqlc.embed`.

SW121 wrong macro argument
    A macro takes one name, bare or in quotes, and `sqlc.slice` stands alone in its `IN`.

SW122 slice and value
    One name is used both for a `sqlc.slice` and for a single value.

SW123 wrong parameter numbers
    Numbered parameters run from `$1` without a gap. Named parameters take the free numbers.

SW124 misplaced embed
    `sqlc.embed` stands for a whole row of a relation, so it is an item of its own in the
    outermost select list or in `RETURNING`.

SW201 refused by PostgreSQL
    PostgreSQL does not accept the statement; the message and the place are its own.

SW204 several rows
    A `:one`, `:opt` or `:batchone` query must be proved to return at most one row: by a unique
    key that is fixed by equality, an ungrouped aggregate, or `LIMIT 1`.
"""


def explain(code: str) -> Code | None:
    """Give what is known of a code, None for one that does not exist."""
    return next((entry for entry in all_codes() if entry.code == code), None)


def all_codes() -> tuple[Code, ...]:
    """Give every code, in order."""
    entries = []
    for paragraph in _TABLE.strip().split("\n\n"):
        head, *body = paragraph.splitlines()
        code, _, title = head.partition(" ")
        entries.append(Code(code, title, " ".join(line.strip() for line in body)))
    return tuple(entries)
