"""Which table columns and which parameters flow into a value, and whose value it is unchanged.

What counts is the flow of values: the arguments of functions, operators, aggregates and
windows, the results of CASE, the columns of sub-queries. What only decides (`WHERE`, `JOIN ON`,
the conditions of CASE, `FILTER`, `ORDER BY`, `EXISTS`) does not flow; the statement's
`RelationUse` lists those columns as read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlward_codegen.catalog import Relation
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, Place, Scope, output
from sqlward_codegen.model import ColumnRef, Lineage
from sqlward_codegen.tree import Node, Value

PARAM_EXTERN = 0
"""`ParamKind`: a `$n` of the statement; the others are the server's own."""

PARAM_MULTIPLE = 3
"""`ParamKind`: a column of the sub-query in `SET (a, b) = (SELECT …)`."""

_RETURNING_OLD = 1
_SUBLINK_EXISTS = 0


@dataclass(frozen=True, slots=True)
class _Sources:
    columns: frozenset[ColumnRef] = frozenset()
    parameters: frozenset[int] = frozenset()

    def __or__(self, other: _Sources) -> _Sources:
        return _Sources(self.columns | other.columns, self.parameters | other.parameters)


_NOTHING = _Sources()


class Flow:
    """Answers questions about the values of one statement."""

    def __init__(self) -> None:
        self._active: set[tuple[int, int]] = set()

    def lineage(self, value: Value, scope: Scope) -> Lineage:
        """Give what flows into an expression of that scope."""
        return _lineage(self._expression(value, scope))

    def output_lineage(self, scope: Scope, position: int) -> Lineage:
        """Give what flows into the output column at that position (from 0) of a query."""
        return _lineage(self._output(scope, position))

    def origin(self, value: Value, scope: Scope) -> ColumnRef | None:
        """Give the one table column whose value the expression hands on unchanged."""
        value = uncoerced(value)
        if not isinstance(value, Node):
            return None
        if value.tag == "SUBLINK" and value.number("subLinkType") == _SUBLINK_EXPRESSION:
            query = value.node("subselect")
            return self.output_origin(scope.child(query), 0) if query else None
        if value.tag != "VAR":
            return None
        home = scope.outer(value.number("varlevelsup"))
        if home is None:
            return None
        found = unaliased(value, home)
        if found is not value:
            return self.origin(found, home)
        place = scope.resolve(value)
        return self.place_origin(place) if place else None

    def output_origin(self, scope: Scope, position: int) -> ColumnRef | None:
        """Give the origin of an output column of a query; of a set operation, if all agree."""
        arms = scope.branches()
        if arms:
            origins = {self.output_origin(arm, position) for arm in arms}
            return origins.pop() if len(origins) == 1 else None
        entries = output(scope.query)
        if position >= len(entries):
            return None
        key = (id(scope.query), position)
        if key in self._active:
            return None
        self._active.add(key)
        try:
            return self.origin(entries[position].get("expr"), scope)
        finally:
            self._active.discard(key)

    def place_origin(self, place: Place) -> ColumnRef | None:
        """Give the origin of a column of a range-table entry."""
        if place.attribute <= 0:
            return None
        if place.entry.kind is EntryKind.RELATION:
            return self.entry_origin(place.entry, place.scope, place.attribute)
        source = place.scope.subquery(place.entry)
        return self.output_origin(source, place.attribute - 1) if source else None

    def place_lineage(self, place: Place) -> Lineage:
        """Give what flows into a column of a range-table entry."""
        return _lineage(self._entry(place.entry, place.attribute, place.scope))

    def entry_origin(self, entry: Entry, scope: Scope, attribute: int) -> ColumnRef | None:
        """Give the table column behind a relation's column: a view's is followed."""
        view = scope.view(entry)
        if view is not None:
            return self.output_origin(view, attribute - 1)
        relation = scope.relation(entry)
        return column_ref(relation, attribute) if relation else None

    def _expression(self, value: Value, scope: Scope) -> _Sources:
        if isinstance(value, list):
            return _union(self._expression(item, scope) for item in value)
        if not isinstance(value, Node):
            return _NOTHING
        if value.tag == "VAR":
            return self._var(value, scope)
        if value.tag == "PARAM":
            return self._parameter(value, scope)
        if value.tag == "TARGETENTRY" and value.flag("resjunk"):
            return _NOTHING
        if value.tag == "SUBLINK":
            return self._sublink(value, scope)
        if value.tag == "CASEEXPR":
            results = [when.get("result") for when in value.nodes("args")]
            return self._expression([*results, value.get("defresult")], scope)
        fields = _CONTROL.get(value.tag, frozenset())
        return _union(
            self._expression(field, scope)
            for name, field in value.fields.items()
            if name not in fields and isinstance(field, (Node, list))
        )

    def _parameter(self, param: Node, scope: Scope) -> _Sources:
        kind = param.number("paramkind")
        if kind == PARAM_EXTERN:
            return _Sources(parameters=frozenset((param.number("paramid"),)))
        query = assigned_query(param, scope) if kind == PARAM_MULTIPLE else None
        if query is None:
            return _NOTHING
        return self._output(scope.child(query), assigned_column(param) - 1)

    def _sublink(self, link: Node, scope: Scope) -> _Sources:
        query = link.node("subselect")
        if query is None or link.number("subLinkType") == _SUBLINK_EXISTS:
            return _NOTHING
        below = scope.child(query)
        values = _union(self._output(below, i) for i in range(len(output(query))))
        return values | self._expression(link.get("testexpr"), scope)

    def _var(self, var: Node, scope: Scope) -> _Sources:
        home = scope.outer(var.number("varlevelsup"))
        if home is None:
            return _NOTHING
        found = unaliased(var, home)
        if found is not var:
            return self._expression(found, home)
        entry = home.entry(var.number("varno"))
        if entry is None:
            return _NOTHING
        attribute = var.number("varattno")
        return self._returned(var, home, attribute) | self._entry(entry, attribute, home)

    def _entry(self, entry: Entry, attribute: int, scope: Scope) -> _Sources:
        if attribute == 0:
            numbers = range(1, len(entry.columns) + 1)
            return _union(self._entry(entry, n, scope) for n in numbers)
        if entry.kind is EntryKind.VALUES:
            return self._expression([_item(r, attribute) for r in _rows(entry.node)], scope)
        if entry.kind is EntryKind.FUNCTION:
            return self._expression(list(entry.node.nodes("functions")), scope)
        if entry.kind is EntryKind.TABLE_FUNCTION:
            return self._expression(entry.node.get("tablefunc"), scope)
        if entry.kind in _MERGED:
            merged = entry.node.items(_MERGED[entry.kind])
            found = merged[attribute - 1] if 0 < attribute <= len(merged) else None
            return self._expression(found, scope)
        source = scope.subquery(entry)
        if source is not None:
            return self._behind(entry, scope, source, attribute)
        column = self._column(entry, scope, attribute)
        return _Sources(columns=frozenset((column,))) if column else _NOTHING

    def _behind(self, entry: Entry, scope: Scope, source: Scope, attribute: int) -> _Sources:
        return self._output(source, attribute - 1)

    def _column(self, entry: Entry, scope: Scope, attribute: int) -> ColumnRef | None:
        relation = scope.relation(entry)
        return column_ref(relation, attribute) if relation else None

    def _returned(self, var: Node, scope: Scope, attribute: int) -> _Sources:
        """Give what the statement itself writes into a column that it returns.

        `EXCLUDED` stands for the row that was to be inserted.
        """
        query = scope.query
        conflict = query.node("onConflict")
        number = var.number("varno")
        if conflict is not None and number == conflict.number("exclRelIndex"):
            return self._written(query.nodes("targetList"), attribute, scope)
        is_target = number == query.number("resultRelation")
        if not is_target or var.number("varreturningtype") == _RETURNING_OLD:
            return _NOTHING
        if scope.command in (Command.SELECT, Command.DELETE):
            return _NOTHING
        key = (id(query), -attribute)
        if key in self._active:
            return _NOTHING
        self._active.add(key)
        try:
            return _union(self._written(t, attribute, scope) for t in target_lists(query))
        finally:
            self._active.discard(key)

    def _written(self, entries: list[Node], attribute: int, scope: Scope) -> _Sources:
        chosen = [e for e in entries if attribute in (0, e.number("resno"))]
        return self._expression([entry.get("expr") for entry in chosen], scope)

    def _output(self, scope: Scope, position: int) -> _Sources:
        key = (id(scope.query), position)
        if key in self._active:
            return _NOTHING
        self._active.add(key)
        try:
            arms = scope.branches()
            if arms:
                return _union(self._output(arm, position) for arm in arms)
            entries = output(scope.query)
            if position >= len(entries):
                return _NOTHING
            return self._expression(entries[position].get("expr"), scope)
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
    if query.number("commandType") != Command.SELECT:
        yield query.nodes("targetList")
    conflict = query.node("onConflict")
    if conflict is not None:
        yield conflict.nodes("onConflictSet")
    for action in query.nodes("mergeActionList"):
        yield action.nodes("targetList")


def assigned_query(param: Node, scope: Scope) -> Node | None:
    """Give the sub-query of `SET (a, b) = (SELECT …)` that a parameter is a column of."""
    wanted = param.number("paramid") >> 16
    for entries in target_lists(scope.query):
        for entry in entries:
            link = entry.node("expr")
            is_link = link is not None and link.tag == "SUBLINK"
            if link is not None and is_link and link.number("subLinkId") == wanted:
                return link.node("subselect")
    return None


def assigned_column(param: Node) -> int:
    """Give which column of that sub-query it is, from 1."""
    return param.number("paramid") & 0xFFFF


_MERGED = {EntryKind.JOIN: "joinaliasvars", EntryKind.GROUP: "groupexprs"}

_COERCIONS = frozenset(("RELABELTYPE", "COERCETODOMAIN", "COLLATEEXPR"))


def uncoerced(node: Value) -> Value:
    """Give the expression below coercions that keep the value as it is."""
    while isinstance(node, Node) and node.tag in _COERCIONS:
        node = node.get("arg")
    return node


def unaliased(var: Node, scope: Scope) -> Value:
    """Give what a Var of this scope stands for: itself, or what a join or a GROUP BY merges."""
    entry = scope.entry(var.number("varno"))
    if entry is None or var.number("varattno") <= 0 or entry.kind not in _MERGED:
        return var
    merged = entry.node.items(_MERGED[entry.kind])
    position = var.number("varattno") - 1
    found = merged[position] if position < len(merged) else None
    if isinstance(found, Node) and found.tag == "VAR" and not found.number("varlevelsup"):
        return unaliased(found, scope)
    return found


def column_ref(relation: Relation, attribute: int) -> ColumnRef | None:
    """Give the name of a relation's column; None for a system column."""
    column = relation.column(attribute)
    return ColumnRef(relation.schema, relation.name, column.name) if column else None


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
