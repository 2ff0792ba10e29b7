"""Which table columns and which parameters flow into a value, and whose value it is unchanged.

What counts is the flow of values: the arguments of functions, operators, aggregates and
windows, the results of CASE, the columns of sub-queries. What only decides (`WHERE`, `JOIN ON`,
the conditions of CASE, `FILTER`, `ORDER BY`, `EXISTS`) does not flow; the statement's
`RelationUse` lists those columns as read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlward_codegen.catalog import Catalog, Relation
from sqlward_codegen.infer.level import (
    COMMAND_DELETE,
    COMMAND_SELECT,
    Level,
    RteKind,
    output,
    uncoerced,
)
from sqlward_codegen.model import ColumnRef, Lineage
from sqlward_codegen.tree import Node, Value, queries, read_tree

PARAM_EXTERN = 0
"""`ParamKind`: a `$n` of the statement; the others are the server's own."""

_RETURNING_OLD = 1
_SUBLINK_EXISTS = 0


@lru_cache(maxsize=256)
def view_query(tree: str) -> Node | None:
    """Give the query of a view's rule."""
    found = queries(read_tree(tree))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Sources:
    columns: frozenset[ColumnRef] = frozenset()
    parameters: frozenset[int] = frozenset()

    def __or__(self, other: _Sources) -> _Sources:
        return _Sources(self.columns | other.columns, self.parameters | other.parameters)


_NOTHING = _Sources()


class Flow:
    """Answers questions about values of one statement; remembers nothing but the schema."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._active: set[tuple[int, int]] = set()

    def lineage(self, value: Value, level: Level) -> Lineage:
        """Give what flows into an expression of that level."""
        return _lineage(self._expression(value, level))

    def output_lineage(self, level: Level, position: int) -> Lineage:
        """Give what flows into the output column at that position (from 0) of a query."""
        return _lineage(self._output(level, position))

    def origin(self, value: Value, level: Level) -> ColumnRef | None:
        """Give the one table column whose value the expression hands on unchanged."""
        value = uncoerced(value)
        if not isinstance(value, Node):
            return None
        if value.tag == "SUBLINK" and value.number("subLinkType") == _SUBLINK_EXPRESSION:
            query = value.node("subselect")
            return self.output_origin(level.below(query), 0) if query else None
        if value.tag != "VAR":
            return None
        home = level.up(value.number("varlevelsup"))
        if home is None:
            return None
        found = home.unaliased(value)
        if found is not value:
            return self.origin(found, home)
        return self._var_origin(value, home)

    def output_origin(self, level: Level, position: int) -> ColumnRef | None:
        """Give the origin of an output column of a query; of a set operation, if all agree."""
        arms = list(set_operation_arms(level))
        if arms:
            origins = {self.output_origin(arm, position) for arm in arms}
            return origins.pop() if len(origins) == 1 else None
        entries = output(level.query)
        if position >= len(entries):
            return None
        key = (id(level.query), position)
        if key in self._active:
            return None
        self._active.add(key)
        try:
            return self.origin(entries[position].get("expr"), level)
        finally:
            self._active.discard(key)

    def _var_origin(self, var: Node, level: Level) -> ColumnRef | None:
        rte = level.rte(var.number("varno"))
        attribute = var.number("varattno")
        if rte is None or attribute <= 0:
            return None
        kind = rte.number("rtekind")
        if kind == RteKind.RELATION:
            return self.relation_origin(rte.number("relid"), attribute)
        source = _source_query(rte, level)
        return self.output_origin(source, attribute - 1) if source else None

    def relation_origin(self, relation_oid: int, attribute: int) -> ColumnRef | None:
        """Give the table column behind a relation's column: a view's is followed."""
        relation = self._catalog.relation_by_oid.get(relation_oid)
        if relation is None:
            return None
        query = self._view(relation)
        if query is not None:
            return self.output_origin(Level(query), attribute - 1)
        return column_ref(relation, attribute)

    def _view(self, relation: Relation) -> Node | None:
        view = self._catalog.view_by_oid.get(relation.oid)
        return view_query(view.tree) if view else None

    def _expression(self, value: Value, level: Level) -> _Sources:
        if isinstance(value, list):
            return _union(self._expression(item, level) for item in value)
        if not isinstance(value, Node):
            return _NOTHING
        if value.tag == "VAR":
            return self._var(value, level)
        if value.tag == "PARAM":
            return self._parameter(value)
        if value.tag == "SUBLINK":
            return self._sublink(value, level)
        if value.tag == "CASEEXPR":
            results = [when.get("result") for when in value.nodes("args")]
            return self._expression([*results, value.get("defresult")], level)
        fields = _CONTROL.get(value.tag, frozenset())
        return _union(
            self._expression(field, level)
            for name, field in value.fields.items()
            if name not in fields and isinstance(field, (Node, list))
        )

    def _parameter(self, param: Node) -> _Sources:
        if param.number("paramkind") != PARAM_EXTERN:
            return _NOTHING
        return _Sources(parameters=frozenset((param.number("paramid"),)))

    def _sublink(self, link: Node, level: Level) -> _Sources:
        query = link.node("subselect")
        if query is None or link.number("subLinkType") == _SUBLINK_EXISTS:
            return _NOTHING
        below = level.below(query)
        values = _union(self._output(below, i) for i in range(len(output(query))))
        return values | self._expression(link.get("testexpr"), level)

    def _var(self, var: Node, level: Level) -> _Sources:
        home = level.up(var.number("varlevelsup"))
        if home is None:
            return _NOTHING
        found = home.unaliased(var)
        if found is not var:
            return self._expression(found, home)
        rte = home.rte(var.number("varno"))
        if rte is None:
            return _NOTHING
        attribute = var.number("varattno")
        written = self._returned(var, home, attribute)
        return written | self._entry(rte, attribute, home)

    def _entry(self, rte: Node, attribute: int, level: Level) -> _Sources:
        if attribute == 0:
            width = len(_column_names(rte))
            return _union(self._entry(rte, n, level) for n in range(1, width + 1))
        kind = rte.number("rtekind")
        if kind == RteKind.RELATION:
            return self._relation(rte.number("relid"), attribute)
        if kind == RteKind.VALUES:
            return self._expression([_item(r, attribute) for r in _rows(rte)], level)
        if kind == RteKind.FUNCTION:
            return self._expression(list(rte.nodes("functions")), level)
        if kind == RteKind.TABLE_FUNCTION:
            return self._expression(rte.get("tablefunc"), level)
        if kind in (RteKind.JOIN, RteKind.GROUP):
            merged = rte.items("joinaliasvars" if kind == RteKind.JOIN else "groupexprs")
            found = merged[attribute - 1] if attribute <= len(merged) else None
            return self._expression(found, level)
        source = _source_query(rte, level)
        return self._output(source, attribute - 1) if source else _NOTHING

    def _relation(self, relation_oid: int, attribute: int) -> _Sources:
        relation = self._catalog.relation_by_oid.get(relation_oid)
        if relation is None:
            return _NOTHING
        query = self._view(relation)
        if query is not None:
            return self._output(Level(query), attribute - 1)
        column = column_ref(relation, attribute)
        return _Sources(columns=frozenset((column,))) if column else _NOTHING

    def _returned(self, var: Node, level: Level, attribute: int) -> _Sources:
        """Give what the statement itself writes into a column that it returns.

        `EXCLUDED` stands for the row that was to be inserted.
        """
        query = level.query
        conflict = query.node("onConflict")
        number = var.number("varno")
        if conflict is not None and number == conflict.number("exclRelIndex"):
            return self._written(query.nodes("targetList"), attribute, level)
        is_target = number == query.number("resultRelation")
        if not is_target or var.number("varreturningtype") == _RETURNING_OLD:
            return _NOTHING
        if query.number("commandType") in (COMMAND_SELECT, COMMAND_DELETE):
            return _NOTHING
        key = (id(query), -attribute)
        if key in self._active:
            return _NOTHING
        self._active.add(key)
        try:
            return _union(self._written(t, attribute, level) for t in target_lists(query))
        finally:
            self._active.discard(key)

    def _written(self, entries: list[Node], attribute: int, level: Level) -> _Sources:
        chosen = [e for e in entries if attribute in (0, e.number("resno"))]
        return self._expression([entry.get("expr") for entry in chosen], level)

    def _output(self, level: Level, position: int) -> _Sources:
        key = (id(level.query), position)
        if key in self._active:
            return _NOTHING
        self._active.add(key)
        try:
            arms = list(set_operation_arms(level))
            if arms:
                return _union(self._output(arm, position) for arm in arms)
            entries = output(level.query)
            if position >= len(entries):
                return _NOTHING
            return self._expression(entries[position].get("expr"), level)
        finally:
            self._active.discard(key)


_SUBLINK_EXPRESSION = 4

_CONTROL: dict[str, frozenset[str]] = {
    "AGGREF": frozenset(("aggfilter", "aggorder", "aggdistinct")),
    "WINDOWFUNC": frozenset(("aggfilter", "runCondition")),
    "NULLTEST": frozenset(("arg",)),
    "BOOLEANTEST": frozenset(("arg",)),
}
"""Fields of expressions that decide without handing a value on."""


def target_lists(query: Node) -> Iterator[list[Node]]:
    """Give the lists of assignments of an INSERT, UPDATE or MERGE, `ON CONFLICT` included."""
    if query.number("commandType") != COMMAND_SELECT:
        yield query.nodes("targetList")
    conflict = query.node("onConflict")
    if conflict is not None:
        yield conflict.nodes("onConflictSet")
    for action in query.nodes("mergeActionList"):
        yield action.nodes("targetList")


def set_operation_arms(level: Level) -> Iterator[Level]:
    """Give the queries that a set operation combines, in order; nothing for other queries."""
    operation = level.query.node("setOperations")
    if operation is None:
        return
    for node in operation.walk():
        if node.tag != "RANGETBLREF":
            continue
        rte = level.rte(node.number("rtindex"))
        query = rte.node("subquery") if rte else None
        if query is not None:
            yield level.below(query)


def column_ref(relation: Relation, attribute: int) -> ColumnRef | None:
    """Give the name of a relation's column; None for a system column."""
    column = relation.column(attribute)
    return ColumnRef(relation.schema, relation.name, column.name) if column else None


def _source_query(rte: Node, level: Level) -> Level | None:
    query = rte.node("subquery")
    if query is not None:
        return level.below(query)
    return level.cte(rte) if rte.number("rtekind") == RteKind.CTE else None


def _column_names(rte: Node) -> list[Value]:
    names = rte.node("eref")
    return names.items("colnames") if names else []


def _rows(rte: Node) -> list[list[Value]]:
    return [row for row in rte.items("values_lists") if isinstance(row, list)]


def _item(row: list[Value], attribute: int) -> Value:
    return row[attribute - 1] if attribute <= len(row) else None


def _union(found: Iterator[_Sources]) -> _Sources:
    total = _NOTHING
    for sources in found:
        total = total | sources
    return total


def _lineage(sources: _Sources) -> Lineage:
    return Lineage(tuple(sorted(sources.columns)), tuple(sorted(sources.parameters)))
