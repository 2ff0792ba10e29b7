"""Put the predicate of the rule's resource in the place of `sqlward.authorized`.

The text that is described holds the predicate itself, so the server has checked it. The text
that is analysed holds a mark in its place (see `infer.access.filters`): what a statement proves
must not lean on a filter that a subject with every right runs without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from sqlward.authz.predicate import IdColumn, Predicate, ResourceColumns, predicate
from sqlward_codegen.authz.directives import Rule, Strategy, read_rule
from sqlward_codegen.authz.resources import Resource, Resources
from sqlward_codegen.model import Authorized, Segment, SourceMap, Statement


def with_predicate(statement: Statement, resources: Resources) -> Statement:
    """Give the statement with the predicate for each of its `sqlward.authorized`.

    Without a rule that says which resource it is about, it stays as it is: `true`.
    """
    pushdown = statement.pushdown
    resource = _resource(statement, resources) if pushdown else None
    if pushdown is None or resource is None or resource.id is None:
        return statement
    first = len(statement.parameters) + 1
    filters = [resource_predicate(resource, call.alias, first) for call in pushdown.calls]
    sql, sql_map = _rewritten(
        statement.sql, statement.sql_map, pushdown.calls, lambda i: f"({filters[i].sql})"
    )
    marks = _moved(pushdown.calls, statement)
    mark = _mark(resource, first)
    probe, probe_map = _rewritten(
        statement.probe, statement.probe_map, marks, lambda i: mark(pushdown.calls[i].alias, i)
    )
    types = tuple(parameter.type for parameter in filters[0].parameters)
    return replace(
        statement,
        sql=sql,
        sql_map=sql_map,
        probe=probe,
        probe_map=probe_map,
        pushdown=replace(pushdown, types=types),
    )


def resource_predicate(resource: Resource, alias: str, first: int = 1) -> Predicate:
    """Give the predicate of a resource whose table is called `alias`."""

    def column(name: str) -> IdColumn:
        sql, kind = id_column(resource, name)
        return IdColumn(f"{alias}.{sql}", kind)

    return predicate(
        ResourceColumns(
            id=column(resource.id or "id"),
            owner=column(resource.owner) if resource.owner else None,
            organization=column(resource.organization) if resource.organization else None,
            user_acl=f"{alias}.{quoted(resource.user_acl)}" if resource.user_acl else None,
            group_acl=f"{alias}.{quoted(resource.group_acl)}" if resource.group_acl else None,
        ),
        first,
    )


def id_column(resource: Resource, name: str) -> tuple[str, Literal["uuid", "text"]]:
    """Give the SQL of an id column, and how it is compared."""
    if name in resource.text_ids:
        return f"{quoted(name)}::text", "text"
    return quoted(name), "uuid"


def quoted(name: str) -> str:
    """Give a column's name as SQL, quoted: it may be any word."""
    return '"' + name.replace('"', '""') + '"'


def _mark(resource: Resource, first: int) -> Callable[[str, int], str]:
    column, kind = id_column(resource, resource.id or "id")

    def mark(alias: str, position: int) -> str:
        return f"({alias}.{column} = ANY ((${first}::{kind}[])[{position}:]))"

    return mark


def _resource(statement: Statement, resources: Resources) -> Resource | None:
    for directive in statement.query.directives:
        rule = read_rule(directive) if directive.name == "authz" else None
        if isinstance(rule, Rule) and rule.strategy in (Strategy.FILTER, Strategy.GUARD):
            return resources.by_name.get(rule.resource.text) if rule.resource else None
    return None


def _moved(calls: Sequence[Authorized], statement: Statement) -> tuple[Authorized, ...]:
    """Give the calls at their places in the probe, where embeds are written otherwise."""
    if statement.probe == statement.sql:
        return tuple(calls)
    places = {
        s.source_start: s
        for s in statement.probe_map.segments
        if s.is_rewritten and s.end > s.start
    }
    return tuple(
        replace(call, start=places[call.span.start].start, end=places[call.span.start].end)
        for call in calls
    )


def _rewritten(
    sql: str, sql_map: SourceMap, calls: Sequence[Authorized], text: Callable[[int], str]
) -> tuple[str, SourceMap]:
    pieces: list[str] = []
    segments: list[Segment] = []
    place = shift = 0
    by_start = {call.start: index for index, call in enumerate(calls)}
    for segment in sql_map.segments:
        index = by_start.get(segment.start) if segment.is_rewritten else None
        new = sql[segment.start : segment.end] if index is None else text(index)
        pieces.append(new)
        start = place + shift
        end = start + len(new)
        segments.append(replace(segment, start=start, end=end))
        shift += len(new) - (segment.end - segment.start)
        place = segment.end
    return "".join(pieces), SourceMap(sql_map.path, tuple(segments))
