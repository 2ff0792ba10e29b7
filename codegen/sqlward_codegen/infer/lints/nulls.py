"""Comparisons that NULL makes pointless."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.lints.finding import Subject, warning
from sqlward_codegen.infer.nullability import is_nullable
from sqlward_codegen.infer.places import clause_around, compared_null
from sqlward_codegen.infer.scope import output
from sqlward_codegen.tree import Node

_ALL, _ANY = 1, 2
_COMPARISONS = frozenset(("OPEXPR", "SCALARARRAYOPEXPR"))


def not_in_nullable(subject: Subject) -> Iterator[Diagnostic]:
    """`x NOT IN (SELECT y …)` is never true once one `y` is NULL."""
    for scope in subject.scopes():
        for node in own_nodes(scope.query):
            query = _excluded(node)
            if query is None:
                continue
            entries = output(query)
            value = entries[0].node("expr") if entries else None
            if value is None:
                continue
            below = scope.child(query)
            verdict = is_nullable(value, below, subject.options)
            if not verdict.nullable:
                continue
            name = entries[0].text("resname") or "?"
            yield warning(
                "SW221",
                f"`{subject.query.name}` has NOT IN over a sub-query that can give NULL",
                clause_around(subject.statement, ("NOT", "IN")) or subject.place("WHERE"),
                f"no row passes once a `{name}` is NULL",
                f"write NOT EXISTS, or add `WHERE {name} IS NOT NULL` to the sub-query",
            )


def comparison_with_null(subject: Subject) -> Iterator[Diagnostic]:
    """`x = NULL` is never true."""
    operators = subject.scope.catalog.operator_by_oid
    for scope in subject.scopes():
        for node in own_nodes(scope.query):
            if node.tag not in _COMPARISONS or node.number("opno") not in operators:
                continue
            if not any(_is_null(argument) for argument in node.nodes("args")):
                continue
            name = operators[node.number("opno")].name
            yield warning(
                "SW222",
                f"`{subject.query.name}` compares with NULL by `{name}`",
                compared_null(subject.statement) or subject.place("WHERE"),
                "neither true nor false",
                "write `IS NULL`, `IS NOT NULL` or `IS NOT DISTINCT FROM`",
            )


def own_nodes(query: Node) -> Iterator[Node]:
    """Give the nodes of a query level, without those of the queries inside it."""
    stack = list(query.children())
    while stack:
        node = stack.pop()
        if node.tag == "QUERY":
            continue
        yield node
        stack.extend(node.children())


def _excluded(node: Node) -> Node | None:
    """Give the sub-query of a NOT IN or `<> ALL`."""
    if node.tag == "BOOLEXPR" and node.text("boolop") == "not":
        inner = node.nodes("args")
        if inner and inner[0].tag == "SUBLINK" and inner[0].number("subLinkType") == _ANY:
            return inner[0].node("subselect")
    if node.tag == "SUBLINK" and node.number("subLinkType") == _ALL:
        return node.node("subselect") if node.items("operName") == ["<>"] else None
    return None


def _is_null(node: Node) -> bool:
    while node.tag in ("RELABELTYPE", "COERCEVIAIO", "COLLATEEXPR"):
        below = node.node("arg")
        if below is None:
            return False
        node = below
    if node.tag == "ARRAYEXPR":
        return any(_is_null(element) for element in node.nodes("elements"))
    return node.tag == "CONST" and node.flag("constisnull")
