"""What of a script is left out when it is loaded elsewhere than where it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.model import Span
from sqlward_codegen.schema.statements import Piece, Script, hide

_FLAGS = re.IGNORECASE | re.DOTALL
_NAME = r'(?:"(?:[^"]|"")+"|[\w$]+)'
# Statements about the cluster, about other databases, or about nothing that stays.
_FOREIGN = re.compile(
    r"""(?:create|alter|drop)\s+(?:database|tablespace|subscription)\b
      | (?:create|alter|drop)\s+(?:role|group|user(?!\s+mapping))\b
      | comment\s+on\s+(?:database|tablespace|subscription|role|extension)\b
      | security\s+label\s+(?:for\s+\S+\s+)?on\s+(?:database|role|tablespace|subscription)\b
      | (?:grant|revoke)\b[^;]*\bon\s+(?:database|tablespace|parameter)\b
      | alter\s+system\b
      | (?:vacuum|reindex|checkpoint|cluster)\b
      | set\s+default_tablespace\s*(?:=|to)\s*(?!'')""",
    _FLAGS | re.VERBOSE,
)
_SETTING = re.compile(rf"set\s+(?:session\s+|local\s+)?({_NAME})\s*(?:=|to\b)", _FLAGS)
_SCHEMA = re.compile(rf"create\s+schema\s+({_NAME})(?!\s*\.)", _FLAGS)
_CONCURRENTLY = re.compile(
    r"(?:create\s+(?:unique\s+)?index|drop\s+index)\s+(?P<part>concurrently)\b"
    r"|alter\s+table\b.*\bdetach\s+partition\b.*\b(?P<tail>concurrently)\s*$",
    _FLAGS,
)
_NEW_LABEL = re.compile(r"alter\s+type\b.*\badd\s+value\b", _FLAGS)
_INCLUDE = re.compile(r"\\(?:i|ir|include|include_relative)\b\s*(.*)", re.DOTALL)
# Clauses that name roles: of the whole statement, or of a part that can be done without.
_ROLES = rf"(?P<roles>(?:group\s+)?{_NAME}(?:\s*,\s*(?:group\s+)?{_NAME})*)"
_WHOLE = (
    re.compile(rf"alter\b.*\bowner\s+to\s+{_ROLES}\s*$", _FLAGS),
    re.compile(rf"(?:grant|revoke)\b.*\b(?:to|from)\s+{_ROLES}(?!.*\b(?:to|from)\s)", _FLAGS),
    re.compile(rf"alter\s+default\s+privileges\s+for\s+(?:role|user)\s+{_ROLES}", _FLAGS),
    re.compile(rf"alter\s+default\s+privileges\b.*\b(?:to|from)\s+{_ROLES}", _FLAGS),
    re.compile(
        rf"set\s+(?:local\s+|session\s+)?(?:role|session\s+authorization)\s+{_ROLES}", _FLAGS
    ),
)
_PARTS = (
    re.compile(rf"create\s+schema\b.*?(?P<part>\bauthorization\s+{_ROLES})", _FLAGS),
    re.compile(rf"(?:create|alter)\s+policy\b[^()']*?(?P<part>\bto\s+{_ROLES})", _FLAGS),
)
_KNOWN_ROLES = frozenset(
    {"public", "current_user", "session_user", "current_role", "default", "none"}
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is on a server before the schema comes."""

    roles: frozenset[str]
    settings: frozenset[str]
    schemas: frozenset[str]

    @classmethod
    def of(cls, connection: Connection[Any]) -> Surroundings:
        """Ask the server."""
        row = connection.execute(
            "SELECT ARRAY(SELECT rolname::text FROM pg_roles),"
            " ARRAY(SELECT lower(name) FROM pg_settings),"
            " ARRAY(SELECT nspname::text FROM pg_namespace)"
        ).fetchone()
        roles, settings, schemas = row or ((), (), ())
        return cls(frozenset(roles) | _KNOWN_ROLES, frozenset(settings), frozenset(schemas))


def portable(
    path: str, script: Script, surroundings: Surroundings, *, is_migration: bool = False
) -> Iterator[str]:
    """Give the texts to run one after the other, with the offsets of the script.

    There are several where a new enum label must be committed before it can be used, unless
    it is a migration of ours, which is one transaction. Raises `CompileError` for a command
    that includes another file.
    """
    _refuse_includes(path, script)
    hidden: list[Piece] = []
    cuts: list[int] = []
    for piece in script.statements:
        text = script.text(piece)
        if not is_migration and _NEW_LABEL.match(text):
            cuts.append(piece.end)
        hidden += _left_out(text, piece, surroundings)
    yield from _cut(hide(script.sql, hidden), cuts)


def _left_out(text: str, piece: Piece, here: Surroundings) -> Iterator[Piece]:
    if _is_left_out(text, here):
        yield piece
        return
    if found := _CONCURRENTLY.match(text):
        group = "part" if found["part"] else "tail"
        yield Piece(piece.start + found.start(group), piece.start + found.end(group))
    for pattern in _PARTS:
        found = pattern.match(text)
        if found and _names_missing(found["roles"], here):
            yield Piece(piece.start + found.start("part"), piece.start + found.end("part"))


def _is_left_out(text: str, here: Surroundings) -> bool:
    if _FOREIGN.match(text):
        return True
    setting = _SETTING.match(text)
    if setting and "." not in setting[1]:
        return _name(setting[1]).lower() not in here.settings
    schema = _SCHEMA.match(text)
    if schema and _name(schema[1]) == "public":
        return "public" in here.schemas
    return any(
        (found := pattern.match(text)) is not None and _names_missing(found["roles"], here)
        for pattern in _WHOLE
    )


def _names_missing(roles: str, here: Surroundings) -> bool:
    names = re.findall(rf"(?:\bgroup\s+)?({_NAME})", roles, re.IGNORECASE)
    return any(_name(name) not in here.roles for name in names)


def _name(text: str) -> str:
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    return text.lower()


def _cut(sql: str, cuts: list[int]) -> Iterator[str]:
    start = 0
    for cut in [*cuts, len(sql)]:
        # The offsets of the script, so the part before is blank rather than gone.
        yield hide(sql[:cut], [Piece(0, start)])
        start = cut


def _refuse_includes(path: str, script: Script) -> None:
    found = [
        Diagnostic(
            "SW608",
            f"`{match[0].strip()}` is a command of psql, and includes are not followed",
            (Label(Span(path, piece.start, piece.end)),),
            help="name the files in `schema` in `[tool.sqlward]`, in their order",
        )
        for piece in script.commands
        if (match := _INCLUDE.match(script.source, piece.start, piece.end))
    ]
    if found:
        raise CompileError(found)
