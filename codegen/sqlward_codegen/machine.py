"""Everything the compiler knows of a project's queries, in a stable, machine-readable form.

`docs/query-json.md` documents every key. A change that removes or renames one raises VERSION.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.model import (
    CopyTarget,
    EmbeddedRelation,
    Lineage,
    OutputColumn,
    Parameter,
    Query,
    RelationUse,
    Span,
    Verdict,
)
from sqlward_codegen.sql_types import type_name

VERSION = 1


def machine_form(queries: Iterable[Query], catalog: Catalog) -> dict[str, Any]:
    """Give the document that `sqlward query --json` prints."""
    return {
        "version": VERSION,
        "server_version": catalog.server_version,
        "queries": [_query(query, catalog) for query in queries],
    }


def _query(query: Query, catalog: Catalog) -> dict[str, Any]:
    raw = query.statement.query
    return {
        "name": raw.name,
        "command": raw.command.value,
        "path": raw.path,
        "span": _span(raw.name_span),
        "doc": list(raw.doc),
        "directives": [{"name": d.name, "value": d.value} for d in raw.directives],
        "sql": query.statement.sql,
        "parameters": [_parameter(p, catalog) for p in query.parameters],
        "columns": [_column(c, catalog) for c in query.columns],
        "embeds": [_embed(e) for e in query.embeds],
        "cardinality": {
            "at_most_one": query.cardinality.at_most_one,
            "reason": query.cardinality.reason,
        },
        "relations": [_relation(use) for use in query.relations],
        "writes": [{"column": str(w.column), **_lineage(w.lineage)} for w in query.writes],
        "copy": _copy(query.copy),
    }


def _parameter(parameter: Parameter, catalog: Catalog) -> dict[str, Any]:
    return {
        "number": parameter.number,
        "name": parameter.name,
        "type": type_name(parameter.type_oid, catalog),
        **_verdict(parameter.verdict, parameter.elements),
        "is_slice": parameter.is_slice,
        "column": str(parameter.column) if parameter.column else None,
        "written_to": [str(column) for column in parameter.written_to],
    }


def _column(column: OutputColumn, catalog: Catalog) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": type_name(column.type_oid, catalog),
        **_verdict(column.verdict, column.elements),
        "dimensions": column.dimensions,
        "origin": str(column.origin) if column.origin else None,
        "lineage": _lineage(column.lineage),
        "embed": column.embed,
    }


def _embed(embed: EmbeddedRelation) -> dict[str, Any]:
    return {
        "name": embed.name,
        "schema": embed.schema,
        "table": embed.table,
        "start": embed.start,
        "end": embed.end,
        **_verdict(embed.verdict, None),
        "discriminator": embed.discriminator,
    }


def _verdict(verdict: Verdict, elements: Verdict | None) -> dict[str, Any]:
    return {
        "nullable": verdict.nullable,
        "reason": verdict.reason,
        "elements_nullable": None if elements is None else elements.nullable,
        "elements_reason": None if elements is None else elements.reason,
    }


def _lineage(lineage: Lineage) -> dict[str, Any]:
    return {
        "columns": [str(column) for column in lineage.columns],
        "parameters": list(lineage.parameters),
    }


def _relation(use: RelationUse) -> dict[str, Any]:
    return {
        "schema": use.schema,
        "table": use.table,
        "reads": list(use.reads),
        "inserts": list(use.inserts),
        "updates": list(use.updates),
        "deletes": use.is_deleted,
        "writes": use.is_written,
    }


def _copy(target: CopyTarget | None) -> dict[str, Any] | None:
    if target is None:
        return None
    return {"schema": target.schema, "table": target.table, "columns": list(target.columns)}


def _span(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
