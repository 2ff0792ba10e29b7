"""Whether ORDER BY leaves no choice: no two rows that differ can stand in either order."""

from __future__ import annotations

from sqlward_codegen.infer.cardinality import at_most_one, one_result, sort_expression
from sqlward_codegen.infer.constancy import Fixed, equality
from sqlward_codegen.infer.fixing import Fixing
from sqlward_codegen.infer.from_clause import from_clause
from sqlward_codegen.infer.scope import Scope, output
from sqlward_codegen.tree import Node


def is_totally_ordered(scope: Scope) -> bool:
    """Whether the rows of a SELECT come in one possible order.

    Rows that tie in ORDER BY are rows for which all its expressions are equal: the order is
    total if, with these fixed, there is at most one row, or only rows that look the same.
    """
    query = scope.query
    if scope.branches():
        return _covers_outputs(query)
    fixing = Fixing(scope, from_clause(scope), at_most_one)
    for clause in query.nodes("sortClause"):
        _give(clause, fixing)
    fixing.solve()
    if not query.flag("hasTargetSRFs") and one_result(fixing) is not None:
        return True
    return _covers_outputs(query, fixing)


def _give(clause: Node, fixing: Fixing) -> None:
    expression = sort_expression(clause, fixing.scope.query)
    collation = _collation(expression) if isinstance(expression, Node) else 0
    found = equality(clause.number("eqop"), collation, fixing.scope.catalog)
    if found is not None:
        # NULLs tie, whatever a unique key says of them.
        way = Fixed(found.families, found.collation, may_be_null=True)
        fixing.give(expression, frozenset((way,)))


def _collation(node: Node) -> int:
    for name in ("varcollid", "collOid", "resultcollid", "funccollid", "opcollid", "inputcollid"):
        if node.number(name):
            return node.number(name)
    return 0


def _covers_outputs(query: Node, fixing: Fixing | None = None) -> bool:
    """Whether each result column is sorted by, or the same for all rows."""
    sorted_by = {c.number("tleSortGroupRef") for c in query.nodes("sortClause")}
    return all(
        entry.number("ressortgroupref") in sorted_by
        or (fixing is not None and fixing.is_fixed(entry.get("expr"), 0))
        for entry in output(query)
    )
