"""From PostgreSQL's answer to an understood query: refuse, infer and check."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from sqlward_codegen.allow import settled
from sqlward_codegen.asking.answer import Answer, is_utility
from sqlward_codegen.asking.refusal import refusal
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.check import check
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.infer import infer
from sqlward_codegen.model import Description, Query, Statement

_DEPTH = 10_000
"""Python frames; a quarter of what fits the usual stack of 8 MB."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What became of one statement; `query` is None where the diagnostics say why."""

    query: Query | None
    diagnostics: tuple[Diagnostic, ...]


def understand(
    statement: Statement, answer: Answer, catalog: Catalog, config: Config
) -> Understood:
    """Give what the statement means, or what is wrong with it."""
    if answer.refused:
        said = refusal(statement, answer.refused, statement.sql_map, statement.sql, catalog)
        return Understood(None, (said,))
    if answer.not_analysed and not is_utility(answer.not_analysed):
        reason = answer.not_analysed
        said = refusal(statement, reason, statement.probe_map, statement.probe, catalog)
        return Understood(None, (said,))
    description = answer.description or Description((), ())
    # A tree is as deep as the longest chain of operators, and passes call themselves per level.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEPTH))
    try:
        query, found = infer(statement, description, answer.tree, catalog, config)
    except CompileError as failure:
        return Understood(None, failure.diagnostics)
    except RecursionError:
        return Understood(None, (_too_deep(statement),))
    everything = found + check(query, catalog, config)
    return Understood(query, settled(statement, everything))


def _too_deep(statement: Statement) -> Diagnostic:
    name = statement.query.name
    return Diagnostic(
        "SW212",
        f"`{name}` is nested too deeply to be understood",
        (Label(statement.query.name_span),),
        help="split a long chain of operators with parentheses, or deep sub-queries with CTEs",
    )
