"""CASE: each result is judged under what its condition, and those before it, say."""

from __future__ import annotations

from sqlward_codegen.infer.constants import is_false, is_null
from sqlward_codegen.infer.predicates import Outcome, proved_by
from sqlward_codegen.infer.standpoint import Standpoint, is_refuted, maybe, never
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node, Value


def case(node: Node, at: Standpoint) -> Verdict:
    """Judge a CASEEXPR."""
    for result, place in branches(node, at):
        if result is None or is_null(result):
            return maybe("a branch of CASE (or a missing ELSE) gives NULL")
        verdict = place.verdict(result)
        if verdict.nullable:
            return verdict
    return never("no branch of CASE gives NULL")


def branches(node: Node, at: Standpoint) -> list[tuple[Node | None, Standpoint]]:
    """Give the results that a CASE can give, each with what is known there.

    A result is None for a missing ELSE. Branches that cannot be reached are left out.
    """
    subject = node.node("arg")
    found: list[tuple[Node | None, Standpoint]] = []
    for when in node.nodes("args"):
        condition = when.node("expr")
        if condition is None:
            continue
        if subject:
            condition = _with_subject(condition, subject)
        taken = at.refined(proved_by(condition, Outcome.TRUE, at.scope))
        if not (is_false(condition) or is_null(condition) or is_refuted(taken)):
            found.append((when.node("result"), taken))
        at = at.refined(proved_by(condition, Outcome.NOT_TRUE, at.scope))
    if not is_refuted(at):
        found.append((node.node("defresult"), at))
    return found


def _with_subject(condition: Node, subject: Node) -> Node:
    """Put the CASE's subject where a WHEN refers to it."""
    if condition.tag == "CASETESTEXPR":
        return subject
    fields = dict(condition.fields)
    for name, value in fields.items():
        # Nodes with placeholders of their own.
        own = (condition.tag == "CASEEXPR" and condition.node("arg") and name != "arg") or (
            condition.tag == "ARRAYCOERCEEXPR" and name == "elemexpr"
        )
        if not own:
            fields[name] = _replaced(value, subject)
    return Node(condition.tag, fields)


def _replaced(value: Value, subject: Node) -> Value:
    if isinstance(value, Node):
        return value if value.tag == "QUERY" else _with_subject(value, subject)
    if isinstance(value, list):
        return [_replaced(item, subject) for item in value]
    return value
