"""Whether a migration can run in one transaction, and what stands in the way."""

from __future__ import annotations

import re

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.model import Span
from sqlward_codegen.schema.statements import Piece, Script

_CONTROL = re.compile(
    r"(begin|start\s+transaction|commit|end|rollback(?!\s+to\b)|abort|prepare\s+transaction)\b",
    re.IGNORECASE,
)
# Statements for which PostgreSQL calls `PreventInTransactionBlock`.
_OUTSIDE = re.compile(
    r"""(?P<what>create\s+(?:unique\s+)?index\s+concurrently
      | drop\s+index\s+concurrently
      | reindex\b.*?\bconcurrently | reindex\s+(?:\([^)]*\)\s*)?(?:database|system)
      | vacuum | alter\s+system
      | (?:create|drop)\s+(?:database|tablespace)
      | (?:create|drop)\s+subscription
      | alter\s+table\b.*\bdetach\s+partition\b.*\bconcurrently)\b""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def check_transaction(path: str, script: Script) -> bool:
    """Whether the script runs in one transaction; False when its only statement cannot.

    Raises `CompileError` when it opens or ends transactions itself, or when a statement that
    cannot run in a transaction is not alone.
    """
    found = [
        _control(path, piece, match[1])
        for piece in script.statements
        if (match := _CONTROL.match(script.sql, piece.start, piece.end))
    ]
    outside = [
        (piece, match["what"])
        for piece in script.statements
        if (match := _OUTSIDE.match(script.sql, piece.start, piece.end))
    ]
    if outside and len(script.statements) > 1:
        found += [_not_alone(path, piece, what) for piece, what in outside]
    if found:
        raise CompileError(found)
    return not outside


def _control(path: str, piece: Piece, word: str) -> Diagnostic:
    return Diagnostic(
        "SW609",
        f"`{_words(word)}` in a migration, which is one transaction already",
        (Label(Span(path, piece.start, piece.end)),),
        help="remove it, or split the migration in two",
    )


def _not_alone(path: str, piece: Piece, what: str) -> Diagnostic:
    return Diagnostic(
        "SW610",
        f"`{_words(what)}` cannot run in a transaction with other statements",
        (Label(Span(path, piece.start, piece.start + len(what))),),
        help="move it into a migration of its own, as the only statement",
    )


def _words(text: str) -> str:
    return " ".join(text.split())
