"""Statements for tests of single passes, without files or macros."""

from __future__ import annotations

from sqlward_codegen.model import Command, RawQuery, Segment, SourceMap, Span, Statement


def statement(sql: str, name: str = "Probe", command: Command = Command.MANY) -> Statement:
    """Give the statement for SQL that is written with `$n` and has no embeds."""
    path = "queries/probe.sql"
    raw = RawQuery(name, command, path, sql, 0, Span(path, 0, 1), Span(path, 0, 1))
    whole = SourceMap(path, (Segment(0, len(sql), 0, len(sql)),))
    return Statement(raw, sql, whole, sql, whole, (), ())
