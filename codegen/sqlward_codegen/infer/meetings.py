"""Where each parameter stands in a statement, and which column, argument or clause it meets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.infer.lineage import (
    PARAM_EXTERN,
    PARAM_MULTIPLE,
    Flow,
    assigned_column,
    assigned_query,
    target_lists,
    uncoerced,
)
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, Scope, output
from sqlward_codegen.infer.types import type_oid
from sqlward_codegen.model import ColumnRef
from sqlward_codegen.tree import Node, Value


class Rank(IntEnum):
    """How good a name a meeting gives; the lowest wins."""

    WRITTEN = 0
    COMPARED = 1
    ARGUMENT = 2
    CLAUSE = 3
    ALIAS = 4
    NONE = 9


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a parameter meets at one place.

    `is_direct` says that the column takes or is compared with the very value. `is_optional`
    says that the statement provides for NULL there (`COALESCE($1, …)`, `$1 IS NULL`).
    """

    rank: Rank = Rank.NONE
    name: str | None = None
    column: ColumnRef | None = None
    type_oid: int = 0
    is_direct: bool = False
    is_optional: bool = False
    is_plural: bool = False
    is_distinct: bool = False


NOWHERE = Meeting()

_Hints = dict[tuple[int, int], Meeting]

_SERVER_NAMES = ("?column?", "coalesce", "case", "greatest", "least", "nullif", "array", "row")

_CAST_FORMATS = (1, 2)
"""`CoercionForm`: an explicit and an implicit cast."""

_SUBLINK_ANY = (1, 2)


def parameter_meetings(scope: Scope, flow: Flow) -> list[tuple[int, Meeting]]:
    """Give (parameter number, meeting) for every place of every parameter."""
    return list(_Meetings(scope.catalog, flow).query(scope, {}))


class _Meetings:
    def __init__(self, catalog: Catalog, flow: Flow) -> None:
        self._catalog = catalog
        self._flow = flow
        self._used: dict[int, dict[int, Meeting]] = {}

    def query(self, scope: Scope, outputs: dict[int, Meeting]) -> Iterator[tuple[int, Meeting]]:
        """Visit a query; `outputs` says what its output columns (from 1) are used for."""
        query = scope.query
        hints: _Hints = {}
        for entries in target_lists(query):
            yield from self._assignments(entries, scope, hints)
        if scope.command is Command.SELECT:
            yield from self._outputs(query.nodes("targetList"), scope, outputs, hints)
        yield from self._outputs(query.nodes("returningList"), scope, {}, hints)
        yield from self._sources(scope, outputs, hints)
        for field in ("jointree", "havingQual", "onConflict", "mergeActionList", "windowClause"):
            yield from self._conditions(query.get(field), scope)
        yield from self._conditions(query.get("mergeJoinCondition"), scope)
        for field, name in (("limitCount", "limit"), ("limitOffset", "offset")):
            meeting = Meeting(Rank.CLAUSE, name, is_direct=True)
            yield from self._value(query.get(field), scope, meeting)

    def _assignments(
        self, entries: list[Node], scope: Scope, hints: _Hints
    ) -> Iterator[tuple[int, Meeting]]:
        target = scope.entry(scope.query.number("resultRelation"))
        for entry in entries:
            meeting = self._target(target, entry, scope)
            value = uncoerced(entry.get("expr"))
            if isinstance(value, Node) and value.tag == "VAR":
                hints[value.number("varno"), value.number("varattno")] = meeting
            elif isinstance(value, Node) and value.number("paramkind") == PARAM_MULTIPLE:
                self._note_assigned(value, scope, meeting)
            yield from self._value(entry.get("expr"), scope, meeting)

    def _note_assigned(self, param: Node, scope: Scope, meeting: Meeting) -> None:
        query = assigned_query(param, scope)
        if query is not None:
            self._used.setdefault(id(query), {})[assigned_column(param)] = meeting

    def _target(self, target: Entry | None, entry: Node, scope: Scope) -> Meeting:
        if target is None:
            return NOWHERE
        number = entry.number("resno")
        column = self._flow.entry_origin(target, scope, number)
        name = target.column_name(number)
        return Meeting(Rank.WRITTEN, name, column, self._type_of(column), is_direct=True)

    def _outputs(
        self,
        entries: list[Node],
        scope: Scope,
        outputs: dict[int, Meeting],
        hints: _Hints,
    ) -> Iterator[tuple[int, Meeting]]:
        for entry in entries:
            name = entry.text("resname")
            alias = self._alias(name, entry)
            meeting = outputs.get(entry.number("resno"), alias)
            value = uncoerced(entry.get("expr"))
            is_used = entry.number("resno") in outputs
            if is_used and isinstance(value, Node) and value.tag == "VAR":
                hints.setdefault((value.number("varno"), value.number("varattno")), meeting)
            yield from self._value(entry.get("expr"), scope, meeting)

    def _alias(self, name: str | None, entry: Node) -> Meeting:
        """Give the meeting with a written output name; the server's own names say nothing."""
        value = entry.node("expr")
        cast = type_oid(value, self._catalog) if value else 0
        found = self._catalog.type_by_oid.get(cast)
        if name in (None, *_SERVER_NAMES) or (found is not None and found.name == name):
            return NOWHERE
        return Meeting(Rank.ALIAS, name, is_direct=True)

    def _sources(
        self, scope: Scope, outputs: dict[int, Meeting], hints: _Hints
    ) -> Iterator[tuple[int, Meeting]]:
        is_set_operation = scope.query.node("setOperations") is not None
        for entry in scope.entries:
            mine = {a: meeting for (n, a), meeting in hints.items() if n == entry.index}
            below = entry.node.node("subquery")
            if below is not None:
                used = outputs if is_set_operation else _written_names(entry) | mine
                yield from self.query(scope.child(below), used)
            elif entry.kind is EntryKind.CTE:
                cte = scope.cte(entry)
                if cte is not None:
                    self._used.setdefault(id(cte.scope.query), {}).update(mine)
            elif entry.kind is EntryKind.VALUES:
                yield from self._values(entry, scope, mine)
            else:
                for field in ("functions", "tablefunc", "tablesample", "groupexprs"):
                    yield from self._conditions(entry.node.get(field), scope)
        # Those that refer to another one come behind it: what they use it for is known first.
        for node in reversed(scope.query.nodes("cteList")):
            query = node.node("ctequery")
            if query is not None:
                known = self._used.get(id(query), {})
                yield from self.query(scope.child(query), known)

    def _values(
        self, entry: Entry, scope: Scope, hints: dict[int, Meeting]
    ) -> Iterator[tuple[int, Meeting]]:
        for row in entry.node.items("values_lists"):
            if not isinstance(row, list):
                continue
            for position, value in enumerate(row, 1):
                alias = Meeting(Rank.ALIAS, entry.column_name(position), is_direct=True)
                named = alias if entry.written_alias else NOWHERE
                yield from self._value(value, scope, hints.get(position, named))

    def _conditions(self, value: Value, scope: Scope) -> Iterator[tuple[int, Meeting]]:
        yield from self._value(value, scope, NOWHERE)

    def _value(self, value: Value, scope: Scope, meeting: Meeting) -> Iterator[tuple[int, Meeting]]:
        if isinstance(value, list):
            for item in value:
                yield from self._value(item, scope, meeting)
            return
        if not isinstance(value, Node):
            return
        if value.tag == "PARAM":
            if value.number("paramkind") == PARAM_EXTERN:
                yield value.number("paramid"), meeting
            return
        if value.tag == "TARGETENTRY":
            return  # visited with the query it belongs to
        visit = _VISITS.get(value.tag)
        if visit is None:
            yield from self._below(value, scope, replace(meeting, is_direct=False))
        else:
            yield from visit(self, value, scope, meeting)

    def _below(self, node: Node, scope: Scope, meeting: Meeting) -> Iterator[tuple[int, Meeting]]:
        for child in node.children():
            yield from self._value(child, scope, meeting)

    def _coercion(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        yield from self._value(node.get("arg"), scope, meeting)

    def _function(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        arguments = node.nodes("args")
        if node.number("funcformat") in _CAST_FORMATS:
            yield from self._value(arguments[0] if arguments else None, scope, meeting)
            return
        function = self._catalog.function_by_oid.get(node.number("funcid"))
        names = function.argument_names if function else ()
        for position, argument in enumerate(arguments):
            name = names[position] if position < len(names) else ""
            if argument.tag == "NAMEDARGEXPR":
                name = argument.text("name") or ""
            given = Meeting(Rank.ARGUMENT, name, is_direct=True) if name else None
            yield from self._value(argument, scope, given or replace(meeting, is_direct=False))

    def _operator(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        arguments = node.items("args")
        if len(arguments) != 2:
            yield from self._below(node, scope, replace(meeting, is_direct=False))
            return
        for mine, other in (arguments, arguments[::-1]):
            found = self._counterpart(node, other, scope)
            yield from self._value(mine, scope, found or replace(meeting, is_direct=False))

    def _counterpart(self, operator: Node, other: Value, scope: Scope) -> Meeting | None:
        """Give the meeting with the column on the other side of an operator."""
        compares = operator.number("opno") in self._catalog.operator_by_oid
        yields_truth = operator.number("opresulttype") == _BOOLEAN
        found = self._subject(other, scope)
        if found is None:
            return None
        direct = compares and found.is_direct
        distinct = operator.tag == "DISTINCTEXPR"
        rank = Rank.COMPARED if yields_truth else Rank.ALIAS
        return replace(found, rank=rank, is_direct=direct, is_distinct=distinct)

    def _subject(self, value: Value, scope: Scope) -> Meeting | None:
        """Give the column that an expression is about: itself, or the first one inside."""
        plain = uncoerced(value)
        if not isinstance(plain, Node):
            return None
        if plain.tag == "VAR":
            name = _var_name(plain, scope)
            column = self._flow.origin(plain, scope)
            return Meeting(Rank.COMPARED, name, column, plain.number("vartype"), is_direct=True)
        if plain.tag == "SUBLINK":
            return None
        for child in plain.children():
            found = self._subject(child, scope)
            if found is not None:
                return replace(found, is_direct=False, column=None)
        return None

    def _array_operator(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        one, many = (*node.items("args"), None, None)[:2]
        scalar = self._counterpart_of_any(node, one, scope)
        array = self._counterpart_of_any(node, many, scope)
        if isinstance(many, Node) and many.tag == "ARRAYEXPR":
            yield from self._value(many.get("elements"), scope, scalar or NOWHERE)
        else:
            plural = replace(scalar, is_plural=True, name=_plural(scalar.name)) if scalar else None
            yield from self._value(many, scope, plural or NOWHERE)
        single = replace(array, name=_singular(array.name), is_direct=False) if array else None
        yield from self._value(one, scope, single or NOWHERE)

    def _counterpart_of_any(self, node: Node, other: Value, scope: Scope) -> Meeting | None:
        found = self._subject(other, scope)
        compares = node.number("opno") in self._catalog.operator_by_oid
        return replace(found, is_direct=compares and found.is_direct) if found else None

    def _row_comparison(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        pairs = zip(node.items("largs"), node.items("rargs"), strict=False)
        for left, right in pairs:
            yield from self._value(left, scope, self._subject(right, scope) or NOWHERE)
            yield from self._value(right, scope, self._subject(left, scope) or NOWHERE)

    def _alternatives(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        """Visit COALESCE, GREATEST and LEAST: the arguments stand for each other."""
        arguments = node.items("args")
        known = meeting
        if meeting.name is None:
            subjects = (self._subject(argument, scope) for argument in arguments)
            known = next((s for s in subjects if s is not None), meeting)
        for position, argument in enumerate(arguments):
            is_last = position == len(arguments) - 1
            optional = known.is_optional or (node.tag == "COALESCEEXPR" and not is_last)
            yield from self._value(argument, scope, replace(known, is_optional=optional))

    def _case(self, node: Node, scope: Scope, meeting: Meeting) -> Iterator[tuple[int, Meeting]]:
        tested = self._subject(node.get("arg"), scope)
        yield from self._conditions(node.get("arg"), scope)
        for when in node.nodes("args"):
            condition = when.get("expr")
            if tested is not None and isinstance(condition, Node) and condition.tag == "OPEXPR":
                yield from self._value(condition.get("args"), scope, tested)
            else:
                yield from self._conditions(condition, scope)
            yield from self._value(when.get("result"), scope, meeting)
        yield from self._value(node.get("defresult"), scope, meeting)

    def _null_test(
        self, node: Node, scope: Scope, meeting: Meeting
    ) -> Iterator[tuple[int, Meeting]]:
        yield from self._value(node.get("arg"), scope, Meeting(is_optional=True))

    def _sublink(self, node: Node, scope: Scope, meeting: Meeting) -> Iterator[tuple[int, Meeting]]:
        query = node.node("subselect")
        if query is None:
            return
        below = scope.child(query)
        yield from self.query(below, self._used.get(id(query), {}))
        test = node.node("testexpr")
        if test is None:
            return
        if node.number("subLinkType") not in _SUBLINK_ANY or test.tag != "OPEXPR":
            yield from self._conditions(test, scope)
            return
        entries = output(query)
        found = self._subject(entries[0].get("expr"), below) if entries else None
        yield from self._value(test.items("args")[:1], scope, found or NOWHERE)

    def _type_of(self, column: ColumnRef | None) -> int:
        if column is None:
            return 0
        found = self._catalog.column_by_name.get((column.schema, column.table, column.column))
        return found.type_oid if found else 0


_BOOLEAN = 16

_VISITS = {
    "FUNCEXPR": _Meetings._function,
    "OPEXPR": _Meetings._operator,
    "DISTINCTEXPR": _Meetings._operator,
    "NULLIFEXPR": _Meetings._operator,
    "SCALARARRAYOPEXPR": _Meetings._array_operator,
    "ROWCOMPAREEXPR": _Meetings._row_comparison,
    "COALESCEEXPR": _Meetings._alternatives,
    "MINMAXEXPR": _Meetings._alternatives,
    "CASEEXPR": _Meetings._case,
    "NULLTEST": _Meetings._null_test,
    "SUBLINK": _Meetings._sublink,
    "RELABELTYPE": _Meetings._coercion,
    "COERCEVIAIO": _Meetings._coercion,
    "ARRAYCOERCEEXPR": _Meetings._coercion,
    "COERCETODOMAIN": _Meetings._coercion,
    "COLLATEEXPR": _Meetings._coercion,
    "NAMEDARGEXPR": _Meetings._coercion,
}


def _written_names(entry: Entry) -> dict[int, Meeting]:
    """Give the names of `AS v (a, b)`."""
    alias = entry.node.node("alias")
    names = alias.items("colnames") if alias else []
    return {
        n: Meeting(Rank.ALIAS, name, is_direct=True)
        for n, name in enumerate(names, 1)
        if isinstance(name, str)
    }


def _var_name(var: Node, scope: Scope) -> str | None:
    place = scope.resolve(var)
    return place.entry.column_name(place.attribute) if place and place.attribute > 0 else None


def _plural(name: str | None) -> str | None:
    return name if name is None or name.endswith("s") else f"{name}s"


def _singular(name: str | None) -> str | None:
    if name is None or not name.endswith("s") or name.endswith("ss") or len(name) < 3:
        return name
    return name[:-1]
