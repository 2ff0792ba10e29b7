"""What happens to a result after WHERE, and whether its rows are or can be locked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlward_codegen.infer.scope import Command, Scope

_FOR_NO_KEY_UPDATE: Final = 3
"""`LockClauseStrength`: from here on nobody else can change the row."""


def narrowed(scope: Scope) -> tuple[str, ...]:
    """Name what in the outermost level would come out otherwise if single rows were left out.

    A window function counts wherever it is: it carries values from one row to another.
    """
    query = scope.query
    has_windows = any(n.tag == "QUERY" and n.flag("hasWindowFuncs") for n in query.walk())
    found = {
        "LIMIT": query.node("limitCount") is not None,
        "OFFSET": query.node("limitOffset") is not None,
        "DISTINCT": bool(query.nodes("distinctClause")),
        "GROUP BY": bool(query.nodes("groupClause") or query.nodes("groupingSets")),
        "an aggregate": query.flag("hasAggs"),
        "a window function": has_windows,
    }
    return tuple(name for name, is_there in found.items() if is_there)


def can_lock(scope: Scope) -> bool:
    """Whether FOR UPDATE can be added to the statement."""
    query = scope.query
    if scope.command is not Command.SELECT or query.nodes("rowMarks"):
        return False
    kept = set(narrowed(scope)) <= {"LIMIT", "OFFSET"}
    return kept and query.node("setOperations") is None


def locked_entries(scope: Scope) -> Iterator[int]:
    """Give the range-table positions whose rows the level locks against change."""
    for mark in scope.query.nodes("rowMarks"):
        if mark.number("strength") >= _FOR_NO_KEY_UPDATE and not mark.flag("pushedDown"):
            yield mark.number("rti")
