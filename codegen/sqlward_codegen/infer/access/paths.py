"""Tell apart the places where a statement names the same table, view or CTE.

A path leads from the outermost query through sub-queries, views and CTEs to a range-table
entry. Two references to one view are two paths: their rows have nothing to do with each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from sqlward_codegen.infer.scope import Command, Entry, Scope

Step: TypeAlias = tuple[int, int]
"""The identity of a query's node and the position in its range table."""

Path: TypeAlias = tuple[Step, ...]


class Paths:
    """The path of each scope that is being looked at."""

    def __init__(self) -> None:
        self._paths: dict[int, Path] = {}

    def of(self, scope: Scope) -> Path:
        """Give the path of a scope; one that nobody entered is where its parent is."""
        at: Scope | None = scope
        while at is not None:
            found = self._paths.get(id(at.query))
            if found is not None:
                return found
            at = at.parent
        return ()

    def to(self, entry: Entry, scope: Scope) -> Path:
        """Give the path of a range-table entry."""
        return (*self.of(scope), (id(scope.query), entry.index))

    @contextmanager
    def entered(self, entry: Entry, scope: Scope, below: Scope) -> Iterator[None]:
        """Look at the query `below` that stands behind an entry."""
        key = id(below.query)
        before = self._paths.get(key)
        # What a WITH clause writes happens once, however often it is referred to.
        is_read = below.command is Command.SELECT
        self._paths[key] = self.to(entry, scope) if is_read else ((key, 0),)
        try:
            yield
        finally:
            if before is None:
                del self._paths[key]
            else:
                self._paths[key] = before
