"""LIMIT and OFFSET over rows whose order is left to chance."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.cardinality import limit, sort_expression, without_limit
from sqlward_codegen.infer.lints.finding import Subject, warning
from sqlward_codegen.infer.order import is_totally_ordered
from sqlward_codegen.infer.scope import Command, EntryKind, Scope


def limit_without_total_order(subject: Subject) -> Iterator[Diagnostic]:
    """Which rows a LIMIT keeps has to follow from ORDER BY."""
    scope, query = subject.scope, subject.scope.query
    is_limited = query.node("limitCount") is not None or query.node("limitOffset") is not None
    if scope.command is not Command.SELECT or not is_limited or limit(query) == 0:
        return
    if without_limit(scope, {}) is not None or is_totally_ordered(scope):
        return
    by_one = limit(query) == 1 and query.node("limitOffset") is None
    name = subject.query.name
    word = "OFFSET" if query.node("limitOffset") is not None else "LIMIT"
    yield warning(
        "SW227" if by_one else "SW226",
        f"`{name}` picks one of several rows by chance"
        if by_one
        else f"`{name}` has {word} without a total order",
        subject.place("ORDER", "LIMIT", "OFFSET", "FETCH"),
        _reason(subject),
        _help(scope),
    )


def _reason(subject: Subject) -> str:
    if not subject.scope.query.items("sortClause"):
        return "there is no ORDER BY"
    return "rows can tie in it"


def _help(scope: Scope) -> str:
    word = "append" if scope.query.items("sortClause") else "add ORDER BY with"
    columns = _key_columns(scope)
    if columns:
        return f"{word} the key: `{', '.join(columns)}`"
    return f"{word} what tells the rows apart"


def _key_columns(scope: Scope) -> list[str]:
    """Give the primary key's columns that ORDER BY lacks, of the only relation."""
    tree = scope.query.node("jointree")
    items = tree.nodes("fromlist") if tree else []
    if len(items) != 1 or items[0].tag != "RANGETBLREF" or scope.query.items("groupClause"):
        return []
    entry = scope.entry(items[0].number("rtindex"))
    if entry is None or entry.kind is not EntryKind.RELATION:
        return []
    keys = scope.catalog.keys_by_relation.get(entry.relation_oid, ())
    primary = next((key for key in keys if key.is_primary), None)
    sorted_by = [sort_expression(c, scope.query) for c in scope.query.nodes("sortClause")]
    numbers = {getattr(e, "number", lambda _: 0)("varattno") for e in sorted_by}
    missing = [n for n in primary.columns if n not in numbers] if primary else []
    return [entry.column_name(n) for n in missing]
