"""Whether each column of a statement's result can be NULL, and why.

Soundness comes first: what is not understood can be NULL. What is assumed is that a
parameter is not NULL unless `Options.nullable_parameters` names it, and that the schema at
run time is the one in the catalog.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlward_codegen.catalog import Catalog, TypeKind
from sqlward_codegen.infer.elements import elements
from sqlward_codegen.infer.expressions import expression
from sqlward_codegen.infer.facts import Proof
from sqlward_codegen.infer.keys import column_key
from sqlward_codegen.infer.levels import QueryLevel
from sqlward_codegen.infer.scope import Scope, output
from sqlward_codegen.infer.standpoint import Options, Standpoint, maybe
from sqlward_codegen.infer.types import type_oid
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of a whole row, judged for a row that is there."""

    number: int
    name: str
    verdict: Verdict
    elements: Verdict


@dataclass(frozen=True, slots=True)
class Column:
    """A result column. `elements` is None for what is no array.

    `attributes`: for a whole row (`t` of `FROM t`), its columns, given that it is there.
    """

    name: str
    verdict: Verdict
    elements: Verdict | None = None
    attributes: tuple[Attribute, ...] = ()


@dataclass(eq=False)
class _Judge:
    options: Options
    views: dict[int, QueryLevel] = field(default_factory=dict)
    assumptions: dict[int, list[tuple[Verdict, Verdict]]] = field(default_factory=dict)

    def verdict(self, node: Node, at: Standpoint) -> Verdict:
        return expression(node, at)

    def elements(self, node: Node, at: Standpoint) -> Verdict:
        return elements(node, at)

    def level(self, scope: Scope, outer: Standpoint | None) -> QueryLevel:
        if outer is not None:
            return QueryLevel(self, scope, outer)
        found = self.views.get(id(scope))
        if found is None:
            found = self.views[id(scope)] = QueryLevel(self, scope, None)
        return found


_NO_OPTIONS = Options()


def nullability(
    query: Node, catalog: Catalog, options: Options = _NO_OPTIONS
) -> tuple[Column, ...]:
    """Judge the result columns of a QUERY node, in order; none for a statement without result."""
    scope = Scope.of(query, catalog)
    level = QueryLevel(_Judge(options), scope, None)
    return tuple(
        _guarded(number, entry, level) for number, entry in enumerate(output(query), start=1)
    )


def is_nullable(
    expression: Node, scope: Scope, options: Options = _NO_OPTIONS, grouped: bool = True
) -> Verdict:
    """Judge an expression that stands in the target list of a scope.

    With `grouped` False it stands before grouping, as an aggregate's argument does. What it
    refers to above counts as it is in the target lists there.
    """
    level = _level(scope, _Judge(options))
    return (level.groups if grouped else level.rows).verdict(expression)


def _level(scope: Scope, judge: _Judge) -> QueryLevel:
    outer = _level(scope.parent, judge).rows if scope.parent else None
    return QueryLevel(judge, scope, outer)


def _guarded(number: int, entry: Node, level: QueryLevel) -> Column:
    try:
        return _column(number, entry, level)
    except RecursionError:
        too_deep = maybe("the expression is nested too deeply to be judged")
        return Column(entry.text("resname") or "?", too_deep, too_deep)


def _column(number: int, entry: Node, level: QueryLevel) -> Column:
    node = entry.node("expr")
    name = entry.text("resname") or "?"
    verdict = level.column(number)
    if node is None:
        return Column(name, verdict)
    if node.tag == "VAR" and node.number("varattno") == 0:
        return Column(name, verdict, attributes=_attributes(node, level))
    type_ = level.scope.catalog.type_by_oid.get(type_oid(node, level.scope.catalog))
    while type_ and type_.kind == TypeKind.DOMAIN:
        type_ = level.scope.catalog.type_by_oid.get(type_.element_oid)
    if type_ is None or type_.kind != TypeKind.ARRAY:
        return Column(name, verdict)
    return Column(name, verdict, level.elements(number))


def _attributes(var: Node, level: QueryLevel) -> tuple[Attribute, ...]:
    at = level.groups
    entry = at.scope.entry(var.number("varno"))
    if entry is None or var.number("varlevelsup"):
        return ()
    whole = column_key(0, entry.index, 0, var.number("varreturningtype"))
    there = at.refined(Proof(frozenset((whole,))))
    found = []
    for number, name in enumerate(entry.columns, start=1):
        part = Node("VAR", {**var.fields, "varattno": str(number)})
        if name:
            judged = there.verdict(part), there.elements(part)
            found.append(Attribute(number, name, *judged))
    return tuple(found)


__all__ = ["Attribute", "Column", "Options", "is_nullable", "nullability"]
