"""Calls of functions whose bodies nobody looks into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlward_codegen.catalog import Catalog, Function
from sqlward_codegen.infer.scope import EntryKind, Scope
from sqlward_codegen.tree import Node

_CALLS: Final = ("funcid", "aggfnoid", "winfnoid", "opfuncid")


def opaque_calls(scope: Scope) -> tuple[str, ...]:
    """Name the functions of the schema itself that a statement calls, through views too.

    Immutable ones are left out: PostgreSQL's manual ("Function Volatility Categories") forbids
    them to look at tables. So are those of extensions.
    """
    found = {f.name for query in _queries(scope) for f in _called(query, scope.catalog)}
    return tuple(sorted(found))


def _queries(scope: Scope) -> Iterator[Node]:
    """Give the statement's tree, and those of the views that it names, once each."""
    seen: set[int] = set()
    waiting = [scope]
    while waiting:
        at = waiting.pop()
        if id(at.query) in seen:
            continue
        seen.add(id(at.query))
        yield at.query
        for level in _levels(at):
            for entry in level.entries:
                view = level.view(entry) if entry.kind is EntryKind.RELATION else None
                waiting += [view] if view is not None else []


def _levels(scope: Scope) -> Iterator[Scope]:
    yield scope
    for node in scope.query.walk():
        if node.tag == "QUERY" and node is not scope.query:
            yield scope.child(node)


def _called(query: Node, catalog: Catalog) -> Iterator[Function]:
    if not catalog.functions:
        return
    for node in query.walk():
        for name in _CALLS:
            function = catalog.function_by_oid.get(node.number(name))
            if function and not function.is_immutable and function.extension is None:
                yield function
