"""From statements to understood queries: describe, analyse, infer and check on one connection."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from sqlward_codegen.allow import settled
from sqlward_codegen.analyse import Refusal, analyse
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.check import check
from sqlward_codegen.config import Config
from sqlward_codegen.database import connection_lost
from sqlward_codegen.describe import describe
from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.infer import infer
from sqlward_codegen.model import Description, Query, Statement
from sqlward_codegen.pipeline import ConnectionLost, ServerError
from sqlward_codegen.refusal import refusal

_UNSUPPORTED = "0A000"
_SYNTAX_ERROR = "42601"
_DEPTH = 10_000
"""Python frames; a quarter of what fits the usual stack of 8 MB."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of one statement; `query` is None where the diagnostics say why."""

    statement: Statement
    query: Query | None
    diagnostics: tuple[Diagnostic, ...]


def understand(
    connection: Connection[Any], statements: Sequence[Statement], catalog: Catalog, config: Config
) -> Iterator[Understood]:
    """Give what each statement means; the order is not the one given.

    Raises CompileError where the server goes away.
    """
    # A tree is as deep as the longest chain of operators, and passes call themselves per level.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))
    try:
        yield from _understand(connection, statements, catalog, config)
    except ConnectionLost as lost:
        raise connection_lost(lost) from lost


def _understand(
    connection: Connection[Any], statements: Sequence[Statement], catalog: Catalog, config: Config
) -> Iterator[Understood]:
    described: list[tuple[Statement, Description]] = []
    # Closed at once when we are interrupted, the conversations leave a connection that can end.
    with closing(describe(connection.pgconn, statements)) as answers:
        for statement, description in zip(statements, answers, strict=True):
            if isinstance(description, ServerError):
                said = refusal(statement, description, statement.sql_map, statement.sql, catalog)
                yield Understood(statement, None, (said,))
            else:
                described.append((statement, description))
    with closing(analyse(connection.pgconn, described)) as trees:
        for (statement, description), tree in zip(described, trees, strict=True):
            yield _infer(statement, description, tree, catalog, config)


def _infer(
    statement: Statement,
    description: Description,
    tree: str | Refusal,
    catalog: Catalog,
    config: Config,
) -> Understood:
    if isinstance(tree, Refusal) and not _is_utility(tree.error):
        said = refusal(statement, tree.error, statement.probe_map, statement.probe, catalog)
        return Understood(statement, None, (said,))
    text = None if isinstance(tree, Refusal) else tree
    try:
        query, found = infer(statement, description, text, catalog, config)
    except CompileError as failure:
        return Understood(statement, None, failure.diagnostics)
    except RecursionError:
        return Understood(statement, None, (_too_deep(statement),))
    everything = found + check(query, catalog, config)
    return Understood(statement, query, settled(statement, everything))


def _too_deep(statement: Statement) -> Diagnostic:
    name = statement.query.name
    return Diagnostic(
        "SW212",
        f"`{name}` is nested too deeply to be understood",
        (Label(statement.query.name_span),),
        help="split a long chain of operators with parentheses, or deep sub-queries with CTEs",
    )


def _is_utility(refused: ServerError) -> bool:
    # What PREPARE took and a function's body does not: "… is not yet supported in unquoted SQL
    # function body", or the grammar of bodies has no such statement.
    return refused.sqlstate in (_UNSUPPORTED, _SYNTAX_ERROR)
