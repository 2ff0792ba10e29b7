"""What a query may not be, said of the finished `Query`: its command against what it returns."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.infer.places import clause, statement_span
from sqlward_codegen.model import Command, Query, Span
from sqlward_codegen.timeout import check_timeout


def check(query: Query, catalog: Catalog, config: Config) -> tuple[Diagnostic, ...]:
    """Give what is wrong with a query; nothing for a sound one."""
    found = (_rows(query), _cardinality(query), check_timeout(query.statement.query))
    return tuple(diagnostic for diagnostic in found if diagnostic is not None)


def _rows(query: Query) -> Diagnostic | None:
    """`:one` and its like need result columns."""
    if not query.command.returns_rows or query.columns:
        return None
    raw = query.statement.query
    return Diagnostic(
        "SW202",
        f"`{query.name}` is `{query.command}` but returns no rows",
        (Label(raw.command_span, "the statement has no result columns"),),
        help="add `RETURNING`, or make it `:exec` or `:execrows`",
    )


def _cardinality(query: Query) -> Diagnostic | None:
    if not query.command.needs_one_row or not query.columns or query.cardinality.at_most_one:
        return None
    help = query.cardinality.help or f"make it `{Command.MANY}`"
    if query.command is Command.BATCHONE:
        help = help.replace(f"`{Command.MANY}`", f"`{Command.BATCHMANY}`")
    return Diagnostic(
        "SW204",
        f"`{query.name}` is `{query.command}` but can return several rows",
        (Label(_several_rows(query), query.cardinality.reason),),
        help=help,
    )


def _several_rows(query: Query) -> Span:
    """Give the place that lets several rows through: the WHERE clause, or all of it."""
    where = clause(query.statement, "WHERE")
    return where.body if where else statement_span(query.statement)
