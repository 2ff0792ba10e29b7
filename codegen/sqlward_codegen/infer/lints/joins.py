"""Joins that are not what they look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.cardinality import solved
from sqlward_codegen.infer.constancy import own_variables
from sqlward_codegen.infer.from_clause import from_clause
from sqlward_codegen.infer.jointree import row_facts
from sqlward_codegen.infer.lineage import unaliased
from sqlward_codegen.infer.lints.finding import Subject, warning
from sqlward_codegen.infer.places import stars, written
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, JoinKind, Scope, output
from sqlward_codegen.tree import Node


def outer_join_made_inner(subject: Subject) -> Iterator[Diagnostic]:
    """WHERE drops the rows that the outer join was written to keep."""
    for scope in subject.scopes():
        kinds = [(entry, _outer_join(entry, scope)) for entry in scope.entries]
        if not any(kind for _, kind in kinds):
            continue
        present = row_facts(scope).present
        for entry, kind in kinds:
            if kind is None or entry.index not in present:
                continue
            yield warning(
                "SW225",
                f"`{subject.query.name}` has a {kind} JOIN that its WHERE clause makes inner",
                written(subject.statement, entry.alias) or subject.place("WHERE"),
                f"WHERE drops the rows without `{entry.alias}`",
                f"move the condition on `{entry.alias}` into ON, or write JOIN",
            )
            break


def _outer_join(entry: Entry, scope: Scope) -> str | None:
    """Give the kind of the innermost LEFT or RIGHT JOIN that can leave an entry out."""
    if entry.kind is EntryKind.JOIN:
        return None
    kinds = [join.kind for join in scope.outer_joins(entry.index)]
    one_sided = [kind.name for kind in kinds if kind in (JoinKind.LEFT, JoinKind.RIGHT)]
    return one_sided[-1] if one_sided else None


def accidental_cross_join(subject: Subject) -> Iterator[Diagnostic]:
    """Relations in FROM, separated by commas, that no condition connects."""
    for scope in subject.scopes():
        tree = scope.query.node("jointree")
        items = tree.nodes("fromlist") if tree else []
        if len(items) < 2 or scope.command is not Command.SELECT:
            continue
        loose = _unconnected(scope, items)
        if loose is None:
            continue
        entry = scope.entry(loose)
        name = entry.alias if entry else "?"
        yield warning(
            "SW228",
            f"`{subject.query.name}` combines every row of `{name}` with every other row",
            written(subject.statement, name) or subject.place("FROM"),
            "no condition connects it",
            "add the condition, or write CROSS JOIN if it is meant",
        )


def star_with_duplicates(subject: Subject) -> Iterator[Diagnostic]:
    """`SELECT *` over a join gives two columns one name."""
    names = Counter(entry.text("resname") for entry in output(subject.scope.query))
    twice = sorted(name for name, times in names.items() if name and times > 1)
    is_join = len(from_clause(subject.scope).relations) > 1
    places = stars(subject.statement) if twice and is_join else ()
    if not places:
        return
    listed = ", ".join(f"`{name}`" for name in twice) + (" come" if twice[1:] else " comes")
    yield warning(
        "SW224",
        f"`{subject.query.name}` selects `*` over a join, and {listed} twice",
        places[0],
        f"the second one is called `{twice[0]}_2`",
        "name the columns, or use `sqlc.embed`",
    )


def _unconnected(scope: Scope, items: list[Node]) -> int | None:
    """Give a relation of the first item that nothing connects with the items before it."""
    groups = [_relations(item) for item in items]
    fixing = solved(scope, {})
    # One row more or less is no product; a LATERAL item is connected by what it takes.
    groups = [g for g in groups if not g <= fixing.single.keys() and not _is_lateral(g, scope)]
    if len(groups) < 2:
        return None
    reached = set(groups[0])
    links = [_mentioned(c.node, scope) for c in fixing.clause.conditions]
    grown = True
    while grown:
        grown = False
        for link in (*links, *groups[1:]):
            is_group = link in groups
            touches = bool(link & reached)
            if touches and not link <= reached and (len(link) > 1 or is_group):
                reached |= link
                grown = True
    return next((min(g) for g in groups[1:] if not g & reached), None)


def _relations(item: Node) -> frozenset[int]:
    return frozenset(n.number("rtindex") for n in item.walk() if n.tag == "RANGETBLREF")


def _is_lateral(relations: frozenset[int], scope: Scope) -> bool:
    for index in relations:
        entry = scope.entry(index)
        if entry is None or entry.kind is EntryKind.FUNCTION or entry.node.flag("lateral"):
            return True
    return False


def _mentioned(node: Node, scope: Scope) -> frozenset[int]:
    found: set[int] = set()
    for var in own_variables(node):
        below = unaliased(var, scope)
        if below is var:
            found.add(var.number("varno"))
        else:
            found |= {v.number("varno") for v in own_variables(below)}
    return frozenset(found)
