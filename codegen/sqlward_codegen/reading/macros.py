"""The second pass: `@name` and `sqlc.*` to `$n`, with the way back to the user's file.

Mentions of parameters are found in the scanner's tokens, numbered, and written over; what
stands between them stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.model import (
    Authorized,
    Embed,
    ParameterSource,
    Pushdown,
    RawQuery,
    Segment,
    SourceMap,
    Span,
    Statement,
)
from sqlward_codegen.reading.lexer import LexError, scan
from sqlward_codegen.reading.mentions import (
    AuthorizedMention,
    EmbedMention,
    Mention,
    ParameterMention,
    find_mentions,
)

MAX_PARAMETERS: Final = 65535
"""The protocol counts a statement's parameters with 16 bits (PostgreSQL 54.7, Bind)."""


def expand_macros(query: RawQuery) -> Statement:
    """Give the statement that runs, and the one that is analysed, for a query.

    Raises CompileError with everything that is wrong with its macros and parameters.
    """
    mentions, diagnostics = _mentions(query)
    parameters = [m for m in mentions if isinstance(m, ParameterMention)]
    numbers = _numbers(parameters)
    diagnostics += _slices_and_values(query, parameters)
    diagnostics += _gaps(query, parameters, numbers)
    if diagnostics:
        raise CompileError(diagnostics)
    embeds = [m for m in mentions if isinstance(m, EmbedMention)]
    sql, sql_map = _written(query, _edits(mentions, numbers, probe=False))
    probe, probe_map = sql, sql_map
    if embeds:
        probe, probe_map = _written(query, _edits(mentions, numbers, probe=True))
    return Statement(
        query,
        sql,
        sql_map,
        probe,
        probe_map,
        _parameter_sources(query, parameters, numbers),
        tuple(Embed(e.relation, _alias(i), _span(query, e)) for i, e in enumerate(embeds)),
        _pushdown(query, mentions, sql, sql_map),
    )


def _mentions(query: RawQuery) -> tuple[list[Mention], list[Diagnostic]]:
    if not any(mark in query.sql for mark in ("@", "$", "sqlc", "SQLC", "sqlward", "SQLWARD")):
        return [], []
    try:
        tokens = scan(query.sql)
    except LexError as failure:
        place = query.sql_start + failure.position
        label = Label(Span(query.path, place, place + 1))
        return [], [Diagnostic("SW105", failure.message, (label,))]
    return find_mentions(tokens, query.path, query.sql_start)


# --- numbers ---------------------------------------------------------------------------


def _numbers(parameters: Sequence[ParameterMention]) -> dict[str, int]:
    """Give each named parameter the lowest number that is not written out, in order."""
    taken = {p.number for p in parameters if p.number is not None}
    names = dict.fromkeys(p.name for p in parameters if p.name is not None)
    free = (n for n in range(1, len(taken) + len(names) + 1) if n not in taken)
    return dict(zip(names, free, strict=False))


def _number(parameter: ParameterMention, numbers: dict[str, int]) -> int:
    return numbers[parameter.name] if parameter.name is not None else parameter.number or 0


def _gaps(
    query: RawQuery, parameters: Sequence[ParameterMention], numbers: dict[str, int]
) -> Iterator[Diagnostic]:
    used = {_number(p, numbers) for p in parameters}
    highest = max(used, default=0)
    extreme = next((p for p in parameters if _number(p, numbers) in (0, highest)), None)
    if extreme is None:
        return
    if 0 in used or highest > MAX_PARAMETERS:
        number = 0 if 0 in used else highest
        at = next(p for p in parameters if _number(p, numbers) == number)
        message = f"`${number}` is no parameter: they are numbered from 1 to {MAX_PARAMETERS}"
        yield Diagnostic("SW123", message, (Label(_span(query, at)),))
        return
    missing = next((n for n in range(1, highest) if n not in used), None)
    if missing is None:
        return
    message = f"`{query.name}` uses `${highest}` but not `${missing}`"
    way_out = "number the parameters without gaps, or name them: `@name`"
    yield Diagnostic("SW123", message, (Label(_span(query, extreme)),), way_out)


def _slices_and_values(
    query: RawQuery, parameters: Sequence[ParameterMention]
) -> Iterator[Diagnostic]:
    first: dict[str, ParameterMention] = {}
    for parameter in parameters:
        if parameter.name is None:
            continue
        other = first.setdefault(parameter.name, parameter)
        if other.is_slice == parameter.is_slice:
            continue
        message = f"`{parameter.name}` is both a slice and a single value"
        labels = (
            Label(_span(query, parameter), _kind(parameter)),
            Label(_span(query, other), _kind(other)),
        )
        yield Diagnostic("SW122", message, labels, "give them two names")


def _kind(parameter: ParameterMention) -> str:
    return "a slice here" if parameter.is_slice else "a single value here"


def _parameter_sources(
    query: RawQuery, parameters: Sequence[ParameterMention], numbers: dict[str, int]
) -> tuple[ParameterSource, ...]:
    found: dict[int, list[ParameterMention]] = {}
    for parameter in parameters:
        found.setdefault(_number(parameter, numbers), []).append(parameter)
    return tuple(
        ParameterSource(
            number,
            mentions[0].name,
            True if any(m.is_nullable for m in mentions) else None,
            mentions[0].is_slice,
            tuple(_span(query, m) for m in mentions),
        )
        for number, mentions in sorted(found.items())
    )


# --- writing ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Edit:
    """Characters `[start, end)` of the query's SQL become `text`."""

    start: int
    end: int
    text: str


def _edits(mentions: Iterable[Mention], numbers: dict[str, int], *, probe: bool) -> Iterator[_Edit]:
    embeds = 0
    for mention in mentions:
        if isinstance(mention, AuthorizedMention):
            yield _Edit(mention.start, mention.end, _UNRESTRICTED)
            continue
        if isinstance(mention, EmbedMention):
            text = f'{mention.sql} AS "{_alias(embeds)}"' if probe else f"{mention.sql}.*"
            embeds += 1
            yield _Edit(mention.start, mention.end, text)
            continue
        if mention.operator is not None:
            start, end, text = mention.operator
            yield _Edit(start, end, text)
        yield _Edit(mention.start, mention.end, f"${_number(mention, numbers)}")


_UNRESTRICTED: Final = "true"
"""What stands for `sqlward.authorized` where everything is allowed, and nothing is to be asked."""


def _pushdown(
    query: RawQuery, mentions: Iterable[Mention], sql: str, sql_map: SourceMap
) -> Pushdown | None:
    calls = []
    for mention in mentions:
        if not isinstance(mention, AuthorizedMention):
            continue
        source = query.sql_start + mention.start
        place = next(s for s in sql_map.segments if s.is_rewritten and s.source_start == source)
        span = Span(query.path, source, query.sql_start + mention.end)
        calls.append(Authorized(mention.alias, place.start, place.end, span))
    return Pushdown(tuple(calls), sql) if calls else None


def _alias(position: int) -> str:
    return f"sqlward.embed.{position}"


def _written(query: RawQuery, edits: Iterator[_Edit]) -> tuple[str, SourceMap]:
    pieces: list[str] = []
    segments: list[Segment] = []
    length = place = 0

    def add(text: str, end: int, *, is_rewritten: bool) -> None:
        nonlocal length, place
        if text or end > place:
            source = query.sql_start + place, query.sql_start + end
            segments.append(Segment(length, length + len(text), *source, is_rewritten))
        pieces.append(text)
        length, place = length + len(text), end

    for edit in edits:
        add(query.sql[place : edit.start], edit.start, is_rewritten=False)
        add(edit.text, edit.end, is_rewritten=True)
    add(query.sql[place:], len(query.sql), is_rewritten=False)
    return "".join(pieces), SourceMap(query.path, tuple(segments))


def _span(query: RawQuery, mention: Mention) -> Span:
    return Span(query.path, query.sql_start + mention.start, query.sql_start + mention.end)
