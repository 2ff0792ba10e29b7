"""The occurrences of tables that a query level takes its rows from."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.infer.access.occurrences import Occurrences
from sqlward_codegen.infer.access.paths import Paths
from sqlward_codegen.infer.from_clause import from_clause
from sqlward_codegen.infer.scope import Scope


def members(scope: Scope, paths: Paths, occurrences: Occurrences) -> tuple[int, ...]:
    """Give the numbers of the occurrences in FROM, those of sub-queries and views included."""
    return tuple(dict.fromkeys(_members(scope, paths, occurrences, frozenset())))


def _members(
    scope: Scope, paths: Paths, occurrences: Occurrences, above: frozenset[int]
) -> Iterator[int]:
    if id(scope.query) in above:
        return
    above |= {id(scope.query)}
    for arm in scope.branches():
        yield from _members(arm, paths, occurrences, above)
    for index in from_clause(scope).relations:
        entry = scope.entry(index)
        if entry is None:
            continue
        source = scope.subquery(entry)
        if source is not None:
            with paths.entered(entry, scope, source):
                yield from _members(source, paths, occurrences, above)
            continue
        found = occurrences.at(paths.to(entry, scope), entry, scope)
        if found is not None:
            yield found.number
