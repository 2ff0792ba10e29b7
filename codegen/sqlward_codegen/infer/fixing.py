"""Which columns of a level are fixed, and which relations give at most one row because of it.

Starts from equalities with constants, parameters and outer columns, and goes on through
equalities between columns: a relation with a unique key all of whose columns are fixed gives
one row, which fixes its other columns, and so on until nothing changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlward_codegen.catalog import Key
from sqlward_codegen.infer.constancy import Equality, Fixed, equality, is_steady, own_variables
from sqlward_codegen.infer.from_clause import Condition, FromClause
from sqlward_codegen.infer.lineage import unaliased, uncoerced
from sqlward_codegen.infer.scope import EntryKind, Scope
from sqlward_codegen.infer.shapes import (
    Shape,
    index_conditions,
    index_expressions,
    shape,
    truth,
)
from sqlward_codegen.tree import Node, Value

Given = Mapping[int, frozenset[Fixed]]
"""What is known of a query's output columns (from 1) before it runs."""

_IS_NULL = 0


class Fixing:
    """The fixed columns of one level; `single` says why each relation gives one row at most.

    `rows` answers for a sub-query: the reason why it gives at most one row under what is
    given for its outputs, None if nothing proves that.
    """

    def __init__(
        self, scope: Scope, clause: FromClause, rows: Callable[[Scope, Given], str | None]
    ) -> None:
        self.scope = scope
        self.clause = clause
        self.single: dict[int, str] = {}
        self._rows = rows
        self._columns: dict[tuple[int, int], set[Fixed]] = {}
        self._expressions: dict[tuple[int, Shape], set[Fixed]] = {}

    def give(self, value: Value, fixed: frozenset[Fixed]) -> None:
        """Note that an expression of the level is fixed, for every row."""
        everything = frozenset(self.clause.relations)
        for way in fixed:
            self._fix(value, way, everything)

    def solve(self) -> None:
        """Find everything that follows."""
        before = -1
        while before != (before := self._size()):
            for condition in self.clause.conditions:
                self._learn(condition)
            for index in self.clause.relations:
                if index not in self.single:
                    self._judge(index)

    def is_fixed(self, value: Value, operator: int) -> bool:
        """Whether an expression has one value (by that equality) for every row of the level."""
        wanted = equality(operator, 0, self.scope.catalog)
        for way in self._ways(value):
            if not way.is_everywhere:
                continue
            if way.families is None or (wanted and wanted.families & way.families):
                return not way.collation
        return False

    def fixed_columns(self, index: int) -> tuple[int, ...]:
        """Give the attributes of a relation that equalities fix."""
        return tuple(sorted(n for (i, n), ways in self._columns.items() if i == index and ways))

    def _size(self) -> int:
        known = (*self._columns.values(), *self._expressions.values())
        return len(self.single) + sum(len(ways) for ways in known)

    def _learn(self, condition: Condition) -> None:
        node = condition.node
        for left, right, equal, may_be_null in equalities(node, self.scope):
            for one, other in ((left, right), (right, left)):
                self._equate(one, other, equal, may_be_null, condition)
        if node.tag == "NULLTEST" and node.number("nulltesttype") == _IS_NULL:
            null = Fixed(may_be_null=True, is_everywhere=condition.is_everywhere)
            self._fix(node.get("arg"), null, condition.relations)
            return
        tested = _boolean_subject(node)
        if tested is not None:
            exact = Fixed(is_everywhere=condition.is_everywhere)
            self._fix(tested, exact, condition.relations)

    def _equate(
        self, one: Value, other: Value, equal: Equality, may_be_null: bool, condition: Condition
    ) -> None:
        for way in list(self._ways(other)):
            if may_be_null and (way.may_be_null or not way.is_everywhere):
                continue
            carried = equal.carry(way, condition.is_everywhere)
            if carried is not None and may_be_null:
                carried = Fixed(carried.families, carried.collation, True, condition.is_everywhere)
            if carried is not None:
                self._fix(one, carried, condition.relations)

    def _fix(self, value: Value, way: Fixed, relations: frozenset[int]) -> None:
        found = self._plain(value)
        if isinstance(found, Node) and found.tag == "VAR" and not found.number("varlevelsup"):
            index = found.number("varno")
            if index in relations:
                self._columns.setdefault((index, found.number("varattno")), set()).add(way)
            return
        owners = {v.number("varno") for v in self._variables(found)}
        if len(owners) == 1 and owners <= relations and is_steady(found, self.scope):
            (index,) = owners
            form = shape(found, self.scope, index)
            self._expressions.setdefault((index, form), set()).add(way)

    def _ways(self, value: Value) -> Iterator[Fixed]:
        """Give each way in which an expression is fixed."""
        found = self._plain(value)
        if isinstance(found, Node) and found.tag == "VAR" and not found.number("varlevelsup"):
            index = found.number("varno")
            if index in self.single:
                yield Fixed(is_everywhere=index not in self.clause.nullable)
            yield from list(self._columns.get((index, found.number("varattno")), ()))
            return
        variables = self._variables(found)
        owners = {v.number("varno") for v in variables}
        certain = owners <= self.single.keys() and not owners & self.clause.nullable
        if certain and is_steady(found, self.scope):
            yield Fixed()
        if len(owners) == 1:
            (index,) = owners
            known = self._expressions.get((index, shape(found, self.scope, index)), ())
            yield from list(known)

    def _plain(self, value: Value) -> Value:
        found = uncoerced(value)
        while isinstance(found, Node) and found.tag == "VAR" and not found.number("varlevelsup"):
            below = uncoerced(unaliased(found, self.scope))
            if below is found:
                return found
            found = below
        return found

    def _variables(self, value: Value) -> list[Node]:
        found: list[Node] = []
        for var in own_variables(value):
            below = unaliased(var, self.scope)
            found.extend([var] if below is var else self._variables(below))
        return found

    def _judge(self, index: int) -> None:
        entry = self.scope.entry(index)
        if entry is None or not self._is_ready(entry.node):
            return
        reason = self._key_reason(index) or self._content_reason(index)
        if reason is not None:
            self.single[index] = reason

    def _is_ready(self, node: Node) -> bool:
        """Whether all that a LATERAL item takes from its neighbours is there already."""
        below: list[Value] = [node.get("functions"), node.get("values_lists")]
        query = node.node("subquery")
        if query is not None:
            below.append(query)
        owners = {v.number("varno") for v in self._variables(below)}
        return owners <= self.single.keys()

    def _content_reason(self, index: int) -> str | None:
        entry = self.scope.entry(index)
        if entry is None:
            return None
        if entry.kind is EntryKind.VALUES:
            return "VALUES has one row" if len(entry.node.items("values_lists")) == 1 else None
        if entry.kind is EntryKind.FUNCTION:
            return None if _returns_set(entry.node) else f"`{entry.alias}` returns one row"
        if entry.kind is EntryKind.RESULT:
            return "there is no FROM clause"
        below = self.scope.subquery(entry)
        if below is None:
            return None
        # Of its rows only those count that the outer conditions let through.
        given = {
            number: frozenset(replace(way, is_everywhere=True) for way in ways)
            for (owner, number), ways in self._columns.items()
            if owner == index
        }
        return self._rows(below, given)

    def _key_reason(self, index: int) -> str | None:
        for key in self.keys(index):
            if self.covers(key, index) and self.is_implied(key, index):
                return f"`{key.name}` is unique and fixed"
        return None

    def keys(self, index: int) -> tuple[Key, ...]:
        """Give the unique keys of the relation at a range-table index."""
        entry = self.scope.entry(index)
        if entry is None or entry.kind is not EntryKind.RELATION:
            return ()
        return self.scope.catalog.keys_by_relation.get(entry.relation_oid, ())

    def covers(self, key: Key, index: int) -> bool:
        """Whether every column and expression of a key is fixed."""
        forms = iter(index_expressions(key.expressions) if key.expressions else ())
        for position, number in enumerate(key.columns):
            if number:
                ways = self._columns.get((index, number), set())
            else:
                ways = self._expressions.get((index, next(forms, None)), set())
            if not any(self._serves(way, key, position, index) for way in ways):
                return False
        return True

    def _serves(self, way: Fixed, key: Key, position: int, index: int) -> bool:
        if way.may_be_null and not key.nulls_not_distinct:
            entry = self.scope.entry(index)
            relation = self.scope.relation(entry) if entry else None
            column = relation.column(key.columns[position]) if relation else None
            if column is None or not column.is_not_null:
                return False
        family = key.families[position] if position < len(key.families) else 0
        collation = key.collations[position] if position < len(key.collations) else 0
        same_family = way.families is None or family in way.families
        return same_family and way.collation in (0, collation)

    def is_implied(self, key: Key, index: int) -> bool:
        """Whether the query's conditions imply those of a partial index."""
        if key.predicate is None:
            return True
        known = {
            truth(condition.node, self.scope, index)
            for condition in self.clause.conditions
            if index in condition.relations
        }
        return all(
            truth(wanted, None, 1) in known or self._is_not_null(wanted, index)
            for wanted in index_conditions(key.predicate)
        )

    def _is_not_null(self, wanted: Node, index: int) -> bool:
        """Whether `column IS NOT NULL` follows: an equality fixes it, or the table says so."""
        argument = uncoerced(wanted.get("arg"))
        is_test = wanted.tag == "NULLTEST" and wanted.number("nulltesttype") != _IS_NULL
        if not is_test or not isinstance(argument, Node) or argument.tag != "VAR":
            return False
        ways = self._columns.get((index, argument.number("varattno")), set())
        return any(not way.may_be_null for way in ways)


def equalities(node: Node, scope: Scope) -> Iterator[tuple[Value, Value, Equality, bool]]:
    """Give (one side, other side, equality, whether both may be NULL) of a condition."""
    may_be_null = False
    if node.tag == "BOOLEXPR" and node.text("boolop") == "not":
        inner = node.nodes("args")
        if not inner or inner[0].tag != "DISTINCTEXPR":
            return
        node, may_be_null = inner[0], True
    if node.tag not in ("OPEXPR", "DISTINCTEXPR", "SCALARARRAYOPEXPR"):
        return
    if node.tag == "DISTINCTEXPR" and not may_be_null:
        return
    sides = node.items("args")
    found = equality(node.number("opno"), node.number("inputcollid"), scope.catalog)
    if found is None or len(sides) != 2:
        return
    left, right = sides
    if node.tag == "SCALARARRAYOPEXPR":
        elements = right.items("elements") if isinstance(right, Node) else []
        is_any = node.flag("useOr")
        if not is_any or not isinstance(right, Node) or right.flag("multidims"):
            return
        if len(elements) != 1:
            return
        right = elements[0]
    yield left, right, found, may_be_null


def _boolean_subject(node: Node) -> Node | None:
    """Give the boolean column that a condition tests by itself: `x`, `NOT x`, `x IS TRUE`."""
    if node.tag == "BOOLEXPR" and node.text("boolop") == "not":
        inner = node.nodes("args")
        return inner[0] if inner and inner[0].tag == "VAR" else None
    if node.tag == "BOOLEANTEST" and node.number("booltesttype") in (0, 2):
        return node.node("arg")
    return node if node.tag == "VAR" else None


def _returns_set(entry: Node) -> bool:
    for function in entry.nodes("functions"):
        call = function.node("funcexpr")
        if call is None or call.flag("funcretset"):
            return True
    return False
