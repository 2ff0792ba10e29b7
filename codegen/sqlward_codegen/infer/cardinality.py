"""Whether a statement returns at most one row, and what proves it or would.

The rules are PostgreSQL's semantics ("Queries" and "Unique Indexes" in the manual): LIMIT,
aggregates without GROUP BY, keys fixed by equality (`fixing`), groups and DISTINCT over fixed
expressions, set operations by their sides, and a target row that is written at most once.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlward_codegen.infer.builtin import function_name
from sqlward_codegen.infer.fixing import Fixing, Given
from sqlward_codegen.infer.from_clause import Condition, FromClause, from_clause
from sqlward_codegen.infer.scope import Command, Scope, output
from sqlward_codegen.infer.shapes import conjuncts
from sqlward_codegen.infer.unproved import unproved
from sqlward_codegen.model import Cardinality
from sqlward_codegen.tree import Node, Value

NO_LIMIT = -1

_WITH_TIES = 1
_INT4_TO_INT8 = 481
_UNION, _INTERSECT, _EXCEPT = 1, 2, 3
_EMPTY_GROUPING_SET = 0
_NOT_MATCHED_BY_SOURCE = 1


def cardinality(scope: Scope) -> Cardinality:
    """Say whether the statement returns at most one row."""
    if not output(scope.query):
        return Cardinality(True, "it returns no rows")
    reason = at_most_one(scope, {})
    if reason is not None:
        return Cardinality(True, reason)
    return unproved(scope, blamed(scope))


def at_most_one(scope: Scope, given: Given) -> str | None:
    """Give the reason why a query returns at most one row; None if nothing proves it.

    `given` says what is fixed of its output columns from outside.
    """
    if 0 <= limit(scope.query) <= 1:
        return f"LIMIT {limit(scope.query)}"
    return without_limit(scope, given)


def without_limit(scope: Scope, given: Given) -> str | None:
    """Give the same for the query without its LIMIT."""
    if scope.query.node("setOperations") is not None:
        return _set_operation(scope.query.node("setOperations"), scope, given)
    return _RULES.get(scope.command, _nothing)(scope, given)


def limit(query: Node) -> int:
    """Give the constant LIMIT of a query; `NO_LIMIT` without one, and for WITH TIES."""
    value = query.node("limitCount")
    if value is None or query.number("limitOption") == _WITH_TIES:
        return NO_LIMIT
    if value.tag == "FUNCEXPR" and value.number("funcid") == _INT4_TO_INT8:
        value = next(iter(value.nodes("args")), value)
    if value.tag != "CONST" or value.flag("constisnull"):
        return NO_LIMIT
    octets = [int(word) & 0xFF for word in (value.text("constvalue") or "").split()[1:]]
    # The datum is in the byte order of the server, which runs on this machine's architecture.
    return int.from_bytes(bytes(octets[: value.number("constlen")]), "little", signed=True)


def solved(scope: Scope, given: Given) -> Fixing:
    """Give what is fixed of one level by its own conditions and by what is given."""
    fixing = Fixing(scope, from_clause(scope), at_most_one)
    for position, entry in enumerate(output(scope.query), 1):
        if position in given:
            fixing.give(entry.get("expr"), given[position])
    fixing.solve()
    return fixing


def blamed(scope: Scope) -> Fixing:
    """Give the level whose relations keep a query from being proved."""
    return solved(scope, {})


def _nothing(scope: Scope, given: Given) -> str | None:
    return None


def _select(scope: Scope, given: Given) -> str | None:
    query = scope.query
    if query.flag("hasTargetSRFs"):
        return None
    if _is_one_group(query):
        return "an aggregate without GROUP BY gives one row"
    fixing = solved(scope, given)
    return one_result(fixing) or _one_of_partition(fixing, given)


def _one_of_partition(fixing: Fixing, given: Given) -> str | None:
    """`row_number()` is another one for each row of a partition: one row has the fixed number."""
    query = fixing.scope.query
    partitions = {
        c.number("winref"): c.nodes("partitionClause") for c in query.nodes("windowClause")
    }
    for position, entry in enumerate(output(query), 1):
        call = entry.node("expr")
        if position not in given or call is None or call.tag != "WINDOWFUNC":
            continue
        partition = partitions.get(call.number("winref"))
        is_number = function_name(call.number("winfnoid")) == "row_number"
        if is_number and partition is not None and _are_fixed(partition, fixing):
            return "one `row_number()` of one partition"
    return None


def one_result(fixing: Fixing) -> str | None:
    """Give the reason why a solved SELECT gives at most one row."""
    reason = _all_single(fixing)
    if reason is not None:
        return reason
    query = fixing.scope.query
    groups = [] if query.items("groupingSets") else query.nodes("groupClause")
    if groups and _are_fixed(groups, fixing):
        return "GROUP BY has one group: its expressions are fixed"
    distinct = query.nodes("distinctClause")
    if distinct and _are_fixed(distinct, fixing):
        return "DISTINCT leaves one row: its expressions are fixed"
    return None


def _is_one_group(query: Node) -> bool:
    sets = query.nodes("groupingSets")
    if sets:
        return len(sets) == 1 and sets[0].number("kind") == _EMPTY_GROUPING_SET
    if query.items("groupClause"):
        return False
    return query.flag("hasAggs") or query.node("havingQual") is not None


def _all_single(fixing: Fixing) -> str | None:
    relations = fixing.clause.relations
    if not relations:
        return "it has no FROM clause"
    if fixing.clause.has_full_join or not all(index in fixing.single for index in relations):
        return None
    return ", ".join(dict.fromkeys(fixing.single[index] for index in relations))


def _are_fixed(clauses: list[Node], fixing: Fixing) -> bool:
    return all(
        fixing.is_fixed(expression, clause.number("eqop"))
        for clause in clauses
        for expression in [sort_expression(clause, fixing.scope.query)]
    )


def sort_expression(clause: Node, query: Node) -> Value:
    """Give the expression that an item of GROUP BY, DISTINCT or ORDER BY stands for."""
    wanted = clause.number("tleSortGroupRef")
    entries = query.nodes("targetList")
    found = (e for e in entries if e.number("ressortgroupref") == wanted)
    entry = next(found, None)
    return entry.get("expr") if entry else None


def _write_target(scope: Scope, given: Given) -> str | None:
    """UPDATE and DELETE touch each row of their target at most once, whatever they join."""
    # What is given of RETURNING speaks of the new row, and WHERE of the old one: not one key.
    target = scope.query.number("resultRelation")
    return solved(scope, {}).single.get(target)


def _insert(scope: Scope, given: Given) -> str | None:
    fixing = Fixing(scope, from_clause(scope), at_most_one)
    fixing.solve()
    if not fixing.clause.relations:
        return "INSERT of one VALUES row"
    return _all_single(fixing)


def _merge(scope: Scope, given: Given) -> str | None:
    """One source row meets at most one target row, and nothing else is touched."""
    query = scope.query
    actions = query.nodes("mergeActionList")
    if any(action.number("matchKind") == _NOT_MATCHED_BY_SOURCE for action in actions):
        return None
    target = query.number("resultRelation")
    sources = from_clause(scope)
    on = tuple(
        Condition(condition, frozenset((target,)), False)
        for condition in conjuncts(query.get("mergeJoinCondition"))
    )
    clause = FromClause(
        (*sources.relations, target),
        sources.conditions + on,
        sources.nullable | {target},
        sources.has_full_join,
    )
    fixing = Fixing(scope, clause, at_most_one)
    fixing.solve()
    return _all_single(fixing)


def _set_operation(node: Node | None, scope: Scope, given: Given) -> str | None:
    if node is None:
        return None
    if node.tag == "RANGETBLREF":
        leaf = scope.leaf(node)
        return at_most_one(leaf, given) if leaf else None
    left = _set_operation(node.node("larg"), scope, given)
    kind = node.number("op")
    if left is not None and kind in (_INTERSECT, _EXCEPT):
        return left
    if kind == _INTERSECT:
        return _set_operation(node.node("rarg"), scope, given)
    return None


_RULES: dict[Command, Callable[[Scope, Given], str | None]] = {
    Command.SELECT: _select,
    Command.INSERT: _insert,
    Command.UPDATE: _write_target,
    Command.DELETE: _write_target,
    Command.MERGE: _merge,
}
