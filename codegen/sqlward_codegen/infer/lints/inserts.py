"""Inserts that lose a race, and bulk inserts that are slow."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.catalog import Column, Relation
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.cardinality import solved
from sqlward_codegen.infer.lints.finding import Subject, warning
from sqlward_codegen.infer.places import statement_span, written
from sqlward_codegen.infer.relations import scopes
from sqlward_codegen.infer.scope import Command, EntryKind, Scope
from sqlward_codegen.model import Command as Word


def check_then_insert(subject: Subject) -> Iterator[Diagnostic]:
    """`INSERT … WHERE NOT EXISTS (…)` inserts twice when two run at once and no key forbids it."""
    for scope in subject.scopes():
        target = scope.entry(scope.query.number("resultRelation"))
        relation = scope.relation(target) if target else None
        if scope.command is not Command.INSERT or relation is None:
            continue
        if scope.query.node("onConflict") is not None:
            continue
        looked_up = _looked_up(scope, relation)
        if not looked_up:
            continue
        names = ", ".join(column.name for column in looked_up)
        yield warning(
            "SW229",
            f"`{subject.query.name}` looks before it inserts, and no key keeps others out",
            written(subject.statement, relation.name) or statement_span(subject.statement),
            f"`{names}` is not unique: two of these at once insert two rows",
            f"add a unique constraint on `{relation.name} ({names})` and write ON CONFLICT",
        )


def _looked_up(scope: Scope, relation: Relation) -> list[Column]:
    """Give the columns by which an INSERT's own sub-query looks its table up, without a key."""
    for below in scopes(scope):
        if below is scope or below.command is not Command.SELECT or not _is_tested(below, scope):
            continue
        for entry in below.entries:
            if entry.kind is not EntryKind.RELATION or entry.relation_oid != relation.oid:
                continue
            fixing = solved(below, {})
            fixed = fixing.fixed_columns(entry.index)
            if not fixed or entry.index in fixing.single:
                return []
            return [c for number in fixed for c in [relation.column(number)] if c is not None]
    return []


def _is_tested(below: Scope, scope: Scope) -> bool:
    """Whether a query stands in a condition (EXISTS, count(*)) and not in FROM."""
    parent = below.parent
    while parent is not None:
        tree = parent.query.node("jointree")
        if tree is not None and any(node is below.query for node in tree.walk()):
            return True
        if parent is scope:
            return False
        below, parent = parent, parent.parent
    return False


def slow_copy(subject: Subject) -> Iterator[Diagnostic]:
    """COPY cannot write rows in batches where a column's default is volatile."""
    if subject.query.command is not Word.COPYFROM or subject.query.copy is None:
        return
    target = subject.scope.entry(subject.scope.query.number("resultRelation"))
    relation = subject.scope.relation(target) if target else None
    given = subject.query.copy.columns
    for column in relation.columns if relation else ():
        if column.has_volatile_default and column.name not in given:
            yield warning(
                "SW232",
                f"`{subject.query.name}` copies row by row: the default of `{column.name}` is"
                " volatile",
                subject.place("INSERT"),
                f"`{column.name}` is left to its default",
                f"give `{column.name}` a value, so that COPY can write many rows at once",
            )
            return
