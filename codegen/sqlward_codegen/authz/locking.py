"""Fetches with FOR UPDATE: asked of PostgreSQL together with the statements themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlward_codegen.model import Command, Query, Statement

_FETCHES = (Command.ONE, Command.OPT)


def locking_statements(statements: Iterable[Statement]) -> list[Statement]:
    """Give the locking variant of each statement that could be fetched by; nothing to analyse."""
    return [
        replace(statement, sql=f"{statement.sql}\nFOR UPDATE", probe="")
        for statement in statements
        if statement.query.command in _FETCHES and _only_reads(statement.sql)
    ]


def _only_reads(sql: str) -> bool:
    """Whether it looks so; what writes or cannot be locked is refused by PostgreSQL."""
    return sql.lstrip("( \n\t").upper().startswith(("SELECT", "WITH"))


def with_locking(
    queries: Sequence[Query], accepted: Mapping[tuple[str, int], str]
) -> tuple[Query, ...]:
    """Give the queries with those variants that PostgreSQL accepts, by where they start."""
    return tuple(
        replace(query, locking=accepted.get(_place(query)))
        if query.access is not None and query.access.can_lock
        else query
        for query in queries
    )


def _place(query: Query) -> tuple[str, int]:
    raw = query.statement.query
    return raw.path, raw.name_span.start
