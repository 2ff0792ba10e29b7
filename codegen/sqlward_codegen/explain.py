"""Say in plain text how one query was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.infer.places import joined
from sqlward_codegen.messages.lines import Lines
from sqlward_codegen.model import (
    Lineage,
    Parameter,
    Query,
    RelationUse,
    Verdict,
)
from sqlward_codegen.sql_types import type_name


def explain(query: Query, catalog: Catalog, text: str) -> str:
    """Give the page that `sqlward query NAME` prints; `text` is that of the query's file."""
    raw = query.statement.query
    lines = Lines(text)
    line, _ = lines.position(raw.name_span.start)
    sections = [
        [f"{raw.name} {raw.command}  {raw.path}:{line}"],
        [*raw.doc],
        [f"  {text}" for text in query.statement.sql.splitlines()],
        _section("parameters", [_parameter(p, catalog) for p in query.parameters]),
        _section("columns", list(_columns(query, catalog, lines))),
        _section("rows", [[_rows(query)]]),
        _section("lineage", list(_lineage(query))),
        _section("relations", [_relation(use) for use in query.relations]),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _section(title: str, rows: list[list[str]]) -> list[str]:
    return [title, *_aligned(rows)] if rows else []


def _aligned(rows: Iterable[list[str]]) -> Iterator[str]:
    """Align all cells but the last of each row."""
    table = list(rows)
    columns = max((len(row) for row in table), default=0) - 1
    widths = [max((len(r[i]) for r in table if i < len(r) - 1), default=0) for i in range(columns)]
    for row in table:
        cells = [cell.ljust(widths[i]) for i, cell in enumerate(row[:-1])]
        yield "  " + "  ".join([*cells, row[-1]]).rstrip()


def _parameter(parameter: Parameter, catalog: Catalog) -> list[str]:
    return [
        f"${parameter.number}",
        parameter.name,
        type_name(parameter.type_oid, catalog),
        _verdict(parameter.verdict.reason, parameter.verdict, parameter.elements),
    ]


def _columns(query: Query, catalog: Catalog, lines: Lines) -> Iterator[list[str]]:
    for index, column in enumerate(query.columns):
        embed = next((e for e in query.embeds if e.start == index), None)
        if embed:
            said = _verdict(_reason(embed.verdict, query, lines), embed.verdict, None)
            yield [embed.name, "embed", said]
        name = column.name if column.embed is None else f"  .{column.name}"
        reason = _reason(column.verdict, query, lines)
        said = _verdict(reason, column.verdict, column.elements)
        yield [name, type_name(column.type_oid, catalog), said]


def _reason(verdict: Verdict, query: Query, lines: Lines) -> str:
    """Give the reason with the line of the relation that it is about."""
    place = joined(query.statement, verdict.relation) if verdict.relation else None
    if place is None:
        return verdict.reason
    return f"{verdict.reason} (line {lines.position(place.start)[0]})"


def _verdict(reason: str, verdict: Verdict, elements: Verdict | None) -> str:
    said = f"{'nullable' if verdict.nullable else 'not null'}: {reason}"
    if elements is None:
        return said
    kind = "nullable" if elements.nullable else "not null"
    checked = ", which is checked when it is read" if elements.is_checked else ""
    return f"{said}; elements {kind}: {elements.reason}{checked}"


def _rows(query: Query) -> str:
    if not query.columns:
        return "none"
    found = query.cardinality
    return f"{'at most one' if found.at_most_one else 'any number'}: {found.reason}"


def _lineage(query: Query) -> Iterator[list[str]]:
    for column in query.columns:
        if _flows(column.lineage):
            yield [column.name, f"<- {_sources(column.lineage, query)}"]
    for write in query.writes:
        if _flows(write.lineage):
            yield [str(write.column), f"<- {_sources(write.lineage, query)}"]


def _flows(lineage: Lineage) -> bool:
    return bool(lineage.columns or lineage.parameters)


def _sources(lineage: Lineage, query: Query) -> str:
    names = {p.number: p.name for p in query.parameters}
    columns = [str(column) for column in lineage.columns]
    return ", ".join(columns + [f"@{names.get(n, n)}" for n in lineage.parameters])


def _relation(use: RelationUse) -> list[str]:
    name = use.table if use.schema == "public" else f"{use.schema}.{use.table}"
    done = []
    for verb, columns in (
        ("reads", use.reads),
        ("inserts", use.inserts),
        ("updates", use.updates),
    ):
        if columns:
            done.append(f"{verb} {', '.join(columns)}")
    if use.is_deleted:
        done.append("deletes rows")
    return [name, "; ".join(done) or "names it"]
