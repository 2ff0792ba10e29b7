"""Whether an expression can be NULL: one small rule for each kind of node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlward_codegen.catalog import TypeKind
from sqlward_codegen.infer.aggregates import aggregate, window
from sqlward_codegen.infer.calls import call, is_total, operator
from sqlward_codegen.infer.cases import case
from sqlward_codegen.infer.columns import column
from sqlward_codegen.infer.constants import is_null
from sqlward_codegen.infer.facts import Alternative
from sqlward_codegen.infer.grouping import is_left_out
from sqlward_codegen.infer.json import JSON_RULES
from sqlward_codegen.infer.rows import yields_row
from sqlward_codegen.infer.standpoint import (
    Standpoint,
    all_of,
    any_of,
    is_refuted,
    maybe,
    never,
)
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

_Rule = Callable[[Node, Standpoint], Verdict]


def expression(node: Node, at: Standpoint) -> Verdict:
    """Judge an expression; what is not understood can be NULL."""
    rule = _RULES.get(node.tag, _not_understood)
    if at.is_grouped and node.tag != "VAR" and is_left_out(node, at.scope):
        known = at.knows(node)
        return never("HAVING excludes NULL") if known else maybe("a grouping set leaves it out")
    verdict = rule(node, at)
    if verdict.nullable and node.tag != "CONST" and at.knows(node):
        return never("a condition excludes NULL")
    return verdict


def _not_understood(node: Node, at: Standpoint) -> Verdict:
    return maybe("an expression that is not understood")


def _subscript(node: Node, at: Standpoint) -> Verdict:
    """A slice of an array is an array; one element may not be there."""
    container = node.node("refexpr")
    is_slice = node.get("reflowerindexpr") is not None
    if container is None or not is_slice or not _is_array(node, at) or node.node("refassgnexpr"):
        return maybe("a subscript may find nothing")
    bounds = (*node.nodes("refupperindexpr"), *node.nodes("reflowerindexpr"))
    return all_of((at.verdict(part) for part in (container, *bounds)), "a slice of an array")


def _is_array(node: Node, at: Standpoint) -> bool:
    container = at.scope.catalog.type_by_oid.get(node.number("refcontainertype"))
    return container is not None and container.kind == TypeKind.ARRAY


def _constant(node: Node, at: Standpoint) -> Verdict:
    return maybe("the constant NULL") if is_null(node) else never("a constant")


def _parameter(node: Node, at: Standpoint) -> Verdict:
    number = node.number("paramid")
    if node.number("paramkind") == 0:
        if number in at.judge.options.nullable_parameters:
            return maybe(f"the parameter `${number}` may be NULL")
        return never(f"the parameter `${number}` is not NULL")
    if 0 < number <= len(at.sub_link_columns):
        return at.sub_link_columns[number - 1]
    return maybe("an internal parameter")


def _boolean(node: Node, at: Standpoint) -> Verdict:
    return all_of((at.verdict(a) for a in node.nodes("args")), "all operands are not NULL")


def _never(reason: str) -> _Rule:
    def rule(node: Node, at: Standpoint) -> Verdict:
        return never(reason)

    return rule


def _same_as(field: str) -> _Rule:
    def rule(node: Node, at: Standpoint) -> Verdict:
        arguments = node.nodes(field)
        if not arguments:
            return maybe("an expression that is not understood")
        return all_of((at.verdict(a) for a in arguments), "its argument is not NULL")

    return rule


def _first_non_null(node: Node, at: Standpoint) -> Verdict:
    """COALESCE, GREATEST, LEAST: NULL only if all arguments are."""
    arguments = node.nodes("args")
    verdicts = [at.verdict(argument) for argument in arguments]
    verdict = any_of(verdicts, verdicts[-1].reason if verdicts else "no argument")
    return verdict if not verdict.nullable else _by_alternatives(node, at, verdict)


def _by_alternatives(node: Node, at: Standpoint, verdict: Verdict) -> Verdict:
    for alternative in at.facts.alternatives:
        if all(not _given(node, at, alternative, left).nullable for left in (True, False)):
            return never("one side of the FULL JOIN has a row")
    return verdict


def _given(node: Node, at: Standpoint, alternative: Alternative, left: bool) -> Verdict:
    others = tuple(a for a in at.facts.alternatives if a is not alternative)
    rest = replace(at.facts, alternatives=others)
    side = at.with_facts(rest.joined(alternative.left if left else alternative.right))
    return never("that side has no row") if is_refuted(side) else _first_non_null(node, side)


def _null_if(node: Node, at: Standpoint) -> Verdict:
    return maybe("NULLIF gives NULL when both are equal")


def _array_comparison(node: Node, at: Standpoint) -> Verdict:
    arguments = node.nodes("args")
    if len(arguments) != 2 or not is_total(node.number("opfuncid"), at):
        return maybe("an operator that can give NULL")
    verdicts = (at.verdict(arguments[0]), at.verdict(arguments[1]), at.elements(arguments[1]))
    return all_of(verdicts, "neither side nor an element is NULL")


def _row_comparison(node: Node, at: Standpoint) -> Verdict:
    arguments = (*node.nodes("largs"), *node.nodes("rargs"))
    return all_of((at.verdict(a) for a in arguments), "no part of either row is NULL")


def _to_domain(node: Node, at: Standpoint) -> Verdict:
    oid = node.number("resulttype")
    while domain := at.scope.catalog.type_by_oid.get(oid):
        if domain.is_not_null:
            return never(f"the domain `{domain.name}` is NOT NULL")
        oid = domain.element_oid if domain.kind == "d" else 0
    argument = node.node("arg")
    return at.verdict(argument) if argument else maybe("an expression that is not understood")


_CURRENT_SCHEMA = 14


def _sql_value(node: Node, at: Standpoint) -> Verdict:
    if node.number("op") == _CURRENT_SCHEMA:
        return maybe("`current_schema` is NULL when no schema of the search path exists")
    return never("the session's own value")


def _placeholder(node: Node, at: Standpoint) -> Verdict:
    return at.placeholder or maybe("an expression that is not understood")


_EXISTS, _ALL, _ANY, _ROW_COMPARE, _EXPR, _ARRAY = 0, 1, 2, 3, 4, 6


def _sub_link(node: Node, at: Standpoint) -> Verdict:
    kind, query = node.number("subLinkType"), node.node("subselect")
    if kind == _EXISTS:
        return never("EXISTS is never NULL")
    if kind == _ARRAY:
        return never("ARRAY(…) is never NULL")
    if query is None or kind not in (_ALL, _ANY, _ROW_COMPARE, _EXPR):
        return maybe("a sub-query that is not understood")
    level = at.below(at.scope.child(query))
    if kind in (_EXPR, _ROW_COMPARE) and not yields_row(level.scope):
        return maybe("the sub-query can give no row")
    if kind == _EXPR:
        return level.column(1)
    test = node.node("testexpr")
    if test is None:
        return maybe("a sub-query that is not understood")
    columns = tuple(level.column(n + 1) for n in range(len(_plain_columns(query))))
    return replace(at, sub_link_columns=columns, levels={}).verdict(test)


def _plain_columns(query: Node) -> list[Node]:
    return [entry for entry in query.nodes("targetList") if not entry.flag("resjunk")]


def _field(node: Node, at: Standpoint) -> Verdict:
    argument, number = node.node("arg"), node.number("fieldnum")
    fields = argument.nodes("args") if argument and argument.tag == "ROWEXPR" else []
    if 0 < number <= len(fields):
        return at.verdict(fields[number - 1])
    if argument and argument.tag == "VAR" and argument.number("varattno") == 0:
        return at.verdict(Node("VAR", {**argument.fields, "varattno": str(number)}))
    return maybe("a field of a composite value can be NULL")


_XML_CONCAT, _XML_ELEMENT, _XML_FOREST = 0, 1, 2


def _xml(node: Node, at: Standpoint) -> Verdict:
    arguments = (*node.nodes("named_args"), *node.nodes("args"))
    verdicts = [at.verdict(argument) for argument in arguments]
    kind = node.number("op")
    if kind == _XML_ELEMENT:
        return never("XMLELEMENT is never NULL")
    if kind in (_XML_CONCAT, _XML_FOREST):
        return any_of(verdicts, "all of its arguments may be NULL")
    return all_of(verdicts, "its arguments are not NULL")


_RULES: dict[str, _Rule] = {
    "VAR": column,
    "CONST": _constant,
    "PARAM": _parameter,
    "FUNCEXPR": call,
    "OPEXPR": operator,
    "BOOLEXPR": _boolean,
    "DISTINCTEXPR": _never("IS DISTINCT FROM is never NULL"),
    "NULLTEST": _never("IS NULL is never NULL"),
    "BOOLEANTEST": _never("a boolean test is never NULL"),
    "CURRENTOFEXPR": _never("WHERE CURRENT OF is never NULL"),
    "NEXTVALUEEXPR": _never("an identity's next value"),
    "GROUPINGFUNC": _never("GROUPING is never NULL"),
    "MERGESUPPORTFUNC": _never("`merge_action()` is never NULL"),
    "ARRAYEXPR": _never("an array constructor is never NULL"),
    "ROWEXPR": _never("a row constructor is never NULL"),
    "SQLVALUEFUNCTION": _sql_value,
    "NULLIFEXPR": _null_if,
    "SCALARARRAYOPEXPR": _array_comparison,
    "ROWCOMPAREEXPR": _row_comparison,
    "COALESCEEXPR": _first_non_null,
    "MINMAXEXPR": _first_non_null,
    "CASEEXPR": case,
    "CASETESTEXPR": _placeholder,
    "RELABELTYPE": _same_as("arg"),
    # An input or output function that gave NULL would be an error ("type I/O functions").
    "COERCEVIAIO": _same_as("arg"),
    "ARRAYCOERCEEXPR": _same_as("arg"),
    "CONVERTROWTYPEEXPR": _same_as("arg"),
    "COLLATEEXPR": _same_as("arg"),
    "COERCETODOMAIN": _to_domain,
    "NAMEDARGEXPR": _same_as("arg"),
    "TARGETENTRY": _same_as("expr"),
    "FIELDSELECT": _field,
    "SUBLINK": _sub_link,
    "SUBSCRIPTINGREF": _subscript,
    "AGGREF": aggregate,
    "WINDOWFUNC": window,
    "XMLEXPR": _xml,
    **JSON_RULES,
}
