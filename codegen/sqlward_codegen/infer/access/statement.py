"""Walk through a statement, level by level, and note what is certain of each table's rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlward_codegen.infer.access.conditions import Conditions
from sqlward_codegen.infer.access.filters import misplaced
from sqlward_codegen.infer.access.flow import PlacedFlow
from sqlward_codegen.infer.access.inserted import conflict_columns, written_values
from sqlward_codegen.infer.access.members import members
from sqlward_codegen.infer.access.narrowing import can_lock, locked_entries, narrowed
from sqlward_codegen.infer.access.occurrences import Found, Occurrences
from sqlward_codegen.infer.access.opaque import opaque_calls
from sqlward_codegen.infer.access.paths import Paths
from sqlward_codegen.infer.from_clause import from_clause
from sqlward_codegen.infer.lineage import target_lists
from sqlward_codegen.infer.outputs import whole_row
from sqlward_codegen.infer.scope import Command, Entry, Scope, output
from sqlward_codegen.model import (
    Access,
    OccurrenceColumn,
    OutputColumn,
    OutputSource,
    Write,
)
from sqlward_codegen.tree import Node


def access(scope: Scope, columns: tuple[OutputColumn, ...], first_hidden: int) -> Access:
    """Give what the statement does to which rows.

    `columns` are its result columns; parameters from the number `first_hidden` on are those of
    `sqlward.authorized`.
    """
    walk = _Walk(first_hidden)
    walk.visit(scope, is_optional=False)
    outputs = walk.outputs(scope, columns)
    written = walk.written(scope)
    top = members(scope, walk.paths, walk.occurrences)
    counted = dict.fromkeys((*([top] if columns else ()), *walk.flow.counted))
    return Access(
        occurrences=tuple(found.settled() for found in walk.occurrences.all),
        outputs=outputs,
        written=written,
        counted=tuple(group for group in counted if group),
        narrowed=narrowed(scope),
        misplaced=misplaced(scope, first_hidden, walk.conditions.accepted),
        locked=tuple(sorted(walk.locked)),
        can_lock=can_lock(scope),
        opaque=opaque_calls(scope),
    )


_WRITES: Final = {
    Command.INSERT: Write.INSERT,
    Command.UPDATE: Write.UPDATE,
    Command.DELETE: Write.DELETE,
    Command.MERGE: Write.MERGE,
}


class _Walk:
    def __init__(self, first_hidden: int) -> None:
        self.paths = Paths()
        self.occurrences = Occurrences()
        self.flow = PlacedFlow(self.paths, self.occurrences)
        self.conditions = Conditions(self.paths, self.occurrences, self.flow, first_hidden)
        self.locked: set[int] = set()
        self._active: set[int] = set()
        self._once: set[int] = set()

    def visit(self, scope: Scope, *, is_optional: bool) -> None:
        """Register a level's tables, then learn from its conditions."""
        query = scope.query
        if id(query) in self._active or id(query) in self._once:
            return
        self._active.add(id(query))
        if scope.command is not Command.SELECT:
            self._once.add(id(query))
        for arm in scope.branches():
            self.visit(arm, is_optional=is_optional)
        clause = from_clause(scope)
        for index in clause.relations:
            entry = scope.entry(index)
            if entry is not None:
                self._from(entry, scope, is_optional or index in clause.nullable)
        self._target(scope)
        for below in _written_below(scope):
            self.visit(below, is_optional=False)
        for link in sublinks(scope):
            self.visit(scope.child(link), is_optional=False)
        self.conditions.learn(scope, clause)
        self._note_locks(scope)
        self._active.discard(id(query))

    def outputs(self, scope: Scope, columns: tuple[OutputColumn, ...]) -> tuple[OutputSource, ...]:
        """Give the source of each result column; those of an embed stand for its columns."""
        sources: list[OutputSource] = []
        for position, entry in enumerate(output(scope.query)):
            at = len(sources)
            embed = columns[at].embed if at < len(columns) else None
            if embed is None:
                flows = self.flow.into_output(scope, position)
                is_one = not scope.branches()
                origin = self.flow.unchanged(entry.get("expr"), scope) if is_one else None
                sources.append(OutputSource(origin, flows))
                continue
            count = sum(1 for column in columns if column.embed == embed)
            sources += self._embedded(entry, scope, count)
        return tuple(sources)

    def written(self, scope: Scope) -> tuple[OccurrenceColumn, ...]:
        """Give the columns that flow into what is written, by any part of the statement."""
        found: set[OccurrenceColumn] = set()
        for level in (scope, *_all_written_below(scope)):
            targets = target_lists(level.query) if level.command is not Command.SELECT else ()
            for entry in (entry for entries in targets for entry in entries):
                found.update(self.flow.into(entry.get("expr"), level))
        return tuple(sorted(found))

    def _from(self, entry: Entry, scope: Scope, is_optional: bool) -> None:
        source = scope.subquery(entry)
        if source is not None:
            with self.paths.entered(entry, scope, source):
                self.visit(source, is_optional=is_optional)
            return
        found = self.occurrences.at(self.paths.to(entry, scope), entry, scope)
        if found is not None:
            found.is_optional = found.is_optional or is_optional

    def _target(self, scope: Scope) -> None:
        write = _WRITES.get(scope.command)
        entry = scope.entry(scope.query.number("resultRelation"))
        if write is None or entry is None:
            return
        found = self._target_table(entry, scope)
        if found is None:
            return
        found.write = write
        conflict = scope.query.node("onConflict")
        if conflict is not None and conflict.nodes("onConflictSet"):
            found.upserts = True
            found.conflict = conflict_columns(conflict, scope, entry)
        if scope.view(entry) is None:
            found.values = written_values(scope, entry)
            if write is Write.INSERT:
                self.conditions.learn_inserted(scope, entry)

    def _target_table(self, entry: Entry, scope: Scope) -> Found | None:
        """Give the table that is written, through a view too (its rows count as the view's)."""
        view = scope.view(entry)
        if view is None:
            return self.occurrences.at(self.paths.to(entry, scope), entry, scope)
        with self.paths.entered(entry, scope, view):
            self.visit(view, is_optional=False)
            found = members(view, self.paths, self.occurrences)
        return self.occurrences.all[found[0]] if len(found) == 1 else None

    def _embedded(self, entry: Node, scope: Scope, count: int) -> Iterator[OutputSource]:
        place = whole_row(entry, scope)
        numbers = [
            number for number, name in enumerate(place.entry.columns if place else (), 1) if name
        ]
        for number in (numbers + [0] * count)[:count]:
            if place is None or not number:
                yield OutputSource(None, ())
                continue
            fields = {
                "varno": str(place.entry.index),
                "varattno": str(number),
                "varlevelsup": "0",
            }
            var = Node("VAR", dict(fields))
            yield OutputSource(
                self.flow.unchanged(var, place.scope), self.flow.into(var, place.scope)
            )

    def _note_locks(self, scope: Scope) -> None:
        for index in locked_entries(scope):
            entry = scope.entry(index)
            found = entry and self.occurrences.at(self.paths.to(entry, scope), entry, scope)
            if found:
                self.locked.add(found.number)


def _written_below(scope: Scope) -> Iterator[Scope]:
    """Give the queries of WITH that write, which run whether something refers to them or not."""
    for node in scope.query.nodes("cteList"):
        query = node.node("ctequery")
        below = scope.child(query) if query else None
        if below is not None and below.command is not Command.SELECT:
            yield below


def _all_written_below(scope: Scope) -> Iterator[Scope]:
    for below in _written_below(scope):
        yield below
        yield from _all_written_below(below)


def sublinks(scope: Scope) -> Iterator[Node]:
    """Give the queries that stand in a level's expressions."""
    query = scope.query
    for name, value in query.fields.items():
        if name not in ("rtable", "cteList") and not isinstance(value, str):
            yield from _queries(query.nodes(name))
    for entry in query.nodes("rtable"):
        for name in ("functions", "values_lists", "tablefunc"):
            yield from _queries(entry.nodes(name))
            for row in entry.items(name):
                if isinstance(row, list):
                    yield from _queries([node for node in row if isinstance(node, Node)])


def _queries(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.tag == "QUERY":
            yield node
        else:
            yield from _queries(node.children())
