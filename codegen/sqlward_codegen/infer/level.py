"""One level of a query tree and the levels around it: what a Var or a CTE reference names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from sqlward_codegen.tree import Node, Value


class RteKind(IntEnum):
    """`RTEKind` of PostgreSQL's parsenodes.h."""

    RELATION = 0
    SUBQUERY = 1
    JOIN = 2
    FUNCTION = 3
    TABLE_FUNCTION = 4
    VALUES = 5
    CTE = 6
    NAMED_TUPLE_STORE = 7
    RESULT = 8
    GROUP = 9


@dataclass(frozen=True, slots=True)
class Level:
    """A QUERY node and the levels that enclose it, the nearest first."""

    query: Node
    outer: tuple[Level, ...] = ()

    def up(self, levels: int) -> Level | None:
        """Give the enclosing level that `varlevelsup` or `ctelevelsup` counts to."""
        if levels == 0:
            return self
        return self.outer[levels - 1] if levels <= len(self.outer) else None

    def below(self, query: Node) -> Level:
        """Give the level of a sub-query of this one."""
        return Level(query, (self, *self.outer))

    def rte(self, number: int) -> Node | None:
        """Give the range-table entry with that number (they count from 1)."""
        rtable = self.query.nodes("rtable")
        return rtable[number - 1] if 0 < number <= len(rtable) else None

    def cte(self, rte: Node) -> Level | None:
        """Give the level of the query that a CTE reference names."""
        home = self.up(rte.number("ctelevelsup"))
        if home is None:
            return None
        name = rte.text("ctename")
        for cte in home.query.nodes("cteList"):
            query = cte.node("ctequery")
            if cte.text("ctename") == name and query is not None:
                return home.below(query)
        return None

    def unaliased(self, var: Node) -> Value:
        """Give what a Var of this level stands for: itself, or what a join or a GROUP BY merges.

        Only Vars of a JOIN or GROUP entry (the latter from PostgreSQL 18 on) are followed.
        """
        rte = self.rte(var.number("varno"))
        if rte is None or var.number("varattno") <= 0:
            return var
        kind = rte.number("rtekind")
        if kind not in (RteKind.JOIN, RteKind.GROUP):
            return var
        merged = rte.items("joinaliasvars" if kind == RteKind.JOIN else "groupexprs")
        position = var.number("varattno") - 1
        found = merged[position] if position < len(merged) else None
        if isinstance(found, Node) and found.tag == "VAR" and not found.number("varlevelsup"):
            return self.unaliased(found)
        return found


def output(query: Node) -> list[Node]:
    """Give the target entries that a query hands out: RETURNING's, or the select list's."""
    entries = query.nodes("returningList")
    if not entries and query.number("commandType") == COMMAND_SELECT:
        entries = query.nodes("targetList")
    return [entry for entry in entries if not entry.flag("resjunk")]


COMMAND_SELECT = 1
COMMAND_UPDATE = 2
COMMAND_INSERT = 3
COMMAND_DELETE = 4
COMMAND_MERGE = 5

_COERCIONS = frozenset(("RELABELTYPE", "COERCETODOMAIN", "COLLATEEXPR"))


def uncoerced(node: Value) -> Value:
    """Give the expression below coercions that keep the value as it is."""
    while isinstance(node, Node) and node.tag in _COERCIONS:
        node = node.get("arg")
    return node
