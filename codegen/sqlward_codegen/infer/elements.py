"""Whether the elements of an array can be NULL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlward_codegen.infer.aggregates import aggregate_elements
from sqlward_codegen.infer.builtin import builtin
from sqlward_codegen.infer.cases import branches
from sqlward_codegen.infer.checks import is_checked_without_null
from sqlward_codegen.infer.columns import declaring
from sqlward_codegen.infer.constants import holds_null_elements, is_null
from sqlward_codegen.infer.grouping import sure_groups
from sqlward_codegen.infer.recursion import recursive_column
from sqlward_codegen.infer.scope import Entry, EntryKind, output
from sqlward_codegen.infer.standpoint import Standpoint, all_of, maybe, never
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

_Rule = Callable[[Node, Standpoint], Verdict]
_UNPROVED = maybe("nothing excludes NULL elements")


def elements(node: Node, at: Standpoint) -> Verdict:
    """Judge the elements of an array expression (when the array itself is there)."""
    rule = _RULES.get(node.tag)
    return rule(node, at) if rule else _UNPROVED


def _constant(node: Node, at: Standpoint) -> Verdict:
    if is_null(node) or not holds_null_elements(node):
        return never("a constant without NULL elements")
    return _UNPROVED


def _parameter(node: Node, at: Standpoint) -> Verdict:
    known = at.judge.options.non_null_element_parameters
    if node.number("paramkind") == 0 and node.number("paramid") in known:
        return never("the parameter holds no NULL")
    return _UNPROVED


def _array(node: Node, at: Standpoint) -> Verdict:
    items = node.nodes("elements")
    judge = at.elements if node.flag("multidims") else at.verdict
    return all_of((judge(item) for item in items), "no element of the constructor is NULL")


def _each(field: str) -> _Rule:
    def rule(node: Node, at: Standpoint) -> Verdict:
        items = node.nodes(field)
        return (
            all_of((at.elements(item) for item in items), "no array holds NULL")
            if items
            else (_UNPROVED)
        )

    return rule


def _case(node: Node, at: Standpoint) -> Verdict:
    verdicts = [place.elements(result) for result, place in branches(node, at) if result]
    return all_of(verdicts, "no branch holds NULL elements")


def _coerced(node: Node, at: Standpoint) -> Verdict:
    argument, element = node.node("arg"), node.node("elemexpr")
    if argument is None or element is None:
        return _UNPROVED
    given = at.elements(argument)
    return given if given.nullable else replace(at, placeholder=given, levels={}).verdict(element)


def _call(node: Node, at: Standpoint) -> Verdict:
    known = builtin(node.number("opfuncid" if node.tag == "OPEXPR" else "funcid"))
    arguments = node.nodes("args")
    if known is None or node.flag("funcretset"):
        return _UNPROVED
    if known.name == "array_cat":
        return all_of((at.elements(a) for a in arguments), "neither array holds NULL")
    if known.name == "array_append":
        return all_of((at.elements(arguments[0]), at.verdict(arguments[1])), "no NULL is added")
    if known.name == "array_prepend":
        return all_of((at.verdict(arguments[0]), at.elements(arguments[1])), "no NULL is added")
    if known.name in ("array_remove", "trim_array", "array_reverse", "array_sort", "array_shuffle"):
        return at.elements(arguments[0])
    splits = ("regexp_split_to_array", "string_to_array")
    if known.name in splits and (len(arguments) == 2 or known.name == splits[0]):
        return never(f"`{known.name}()` makes no NULL element")
    return _UNPROVED


def _subscript(node: Node, at: Standpoint) -> Verdict:
    container = node.node("refexpr")
    is_slice = node.get("reflowerindexpr") is not None
    return at.elements(container) if container and is_slice else _UNPROVED


_ARRAY_SUB_LINK, _EXPR_SUB_LINK = 6, 4


def _sub_link(node: Node, at: Standpoint) -> Verdict:
    query = node.node("subselect")
    if query is None:
        return _UNPROVED
    level = at.below(at.scope.child(query))
    if node.number("subLinkType") == _ARRAY_SUB_LINK:
        return level.column(1)
    return level.elements(1) if node.number("subLinkType") == _EXPR_SUB_LINK else _UNPROVED


def _column(var: Node, at: Standpoint) -> Verdict:
    place: Standpoint | None = at
    for _ in range(var.number("varlevelsup")):
        place = place.outer if place else None
    entry = place.scope.entry(var.number("varno")) if place else None
    if place is None or entry is None:
        return _UNPROVED
    return _entry_column(entry, var.number("varattno"), place)


def entry_output(entry: Entry, at: Standpoint) -> list[Node]:
    """Give the target entries of the query behind an entry."""
    scope = at.scope.subquery(entry)
    return output(scope.query) if scope else []


def _entry_column(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    if entry.kind in (EntryKind.JOIN, EntryKind.GROUP, EntryKind.VALUES):
        if entry.kind == EntryKind.GROUP and not sure_groups(at.scope.query):
            return _UNPROVED
        var = Node("VAR", {"varno": str(entry.index), "varattno": str(attribute)})
        found = at.scope.meaning(var)
        verdicts = [at.elements(meaning.expression) for meaning in found]
        return all_of(verdicts, "no array holds NULL") if found else _UNPROVED
    if (entry.relation_oid, attribute) in at.judge.options.non_null_elements:
        return never("declared to hold no NULL")
    if entry.kind == EntryKind.RELATION and not at.scope.view(entry):
        relation = at.scope.relation(entry)
        if relation and is_checked_without_null(relation, attribute, at.scope.catalog):
            return never("a CHECK excludes NULL elements")
        return maybe(f"elements of `{entry.alias}.{entry.column_name(attribute)}` can be NULL")
    if entry.kind == EntryKind.CTE and attribute > len(entry_output(entry, at)):
        return never("SEARCH and CYCLE collect rows")
    scope = at.scope.subquery(entry)
    outer = declaring(entry, at) if entry.kind == EntryKind.CTE else at
    if scope is None or outer is None:
        return _UNPROVED
    cte = at.scope.cte(entry)
    if cte and cte.is_recursive:
        return recursive_column(scope, attribute, outer)[1]
    level = at.judge.level(scope, None) if at.scope.view(entry) else outer.below(scope)
    return level.elements(attribute)


_RULES: dict[str, _Rule] = {
    "VAR": _column,
    "CONST": _constant,
    "PARAM": _parameter,
    "ARRAYEXPR": _array,
    "COALESCEEXPR": _each("args"),
    "MINMAXEXPR": _each("args"),
    "NULLIFEXPR": lambda node, at: at.elements(node.nodes("args")[0]),
    "CASEEXPR": _case,
    "RELABELTYPE": _each("arg"),
    "COLLATEEXPR": _each("arg"),
    "COERCETODOMAIN": _each("arg"),
    "ARRAYCOERCEEXPR": _coerced,
    "FUNCEXPR": _call,
    "OPEXPR": _call,
    "SUBLINK": _sub_link,
    "SUBSCRIPTINGREF": _subscript,
    "AGGREF": aggregate_elements,
}
