"""Whether a column can be NULL: what a Var names, and whether its row takes part."""

from __future__ import annotations

from dataclasses import replace

from sqlward_codegen.catalog import Relation, RelationKind, TypeKind
from sqlward_codegen.infer.calls import set_column
from sqlward_codegen.infer.checks import is_checked_non_null
from sqlward_codegen.infer.grouping import is_left_out, sure_groups
from sqlward_codegen.infer.json import json_table_column
from sqlward_codegen.infer.keys import var_key
from sqlward_codegen.infer.lateral import proved_columns
from sqlward_codegen.infer.recursion import recursive_column
from sqlward_codegen.infer.scope import Entry, EntryKind, JoinKind, OuterJoin
from sqlward_codegen.infer.standpoint import Standpoint, all_of, maybe, never
from sqlward_codegen.infer.stored import excluded_value, stored_value
from sqlward_codegen.infer.written import OLD, returned_column, returned_presence
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node


def column(var: Node, at: Standpoint) -> Verdict:
    """Judge a VAR of this level or of one above."""
    place: Standpoint | None = at
    for level in range(var.number("varlevelsup"), -1, -1):
        if place is None:
            return maybe("a column of a query that is not understood")
        inner = Node("VAR", {**var.fields, "varlevelsup": str(level)}) if level else var
        if level == 0:
            inner = Node("VAR", {**var.fields, "varlevelsup": "0"})
            return _own_column(inner, place)
        key = var_key(inner, place.scope)
        if key and place.knows_key(key):
            return never("a condition excludes NULL")
        place = place.outer
    return maybe("a column of a query that is not understood")


def _own_column(var: Node, at: Standpoint) -> Verdict:
    entry = at.scope.entry(var.number("varno"))
    if entry is None:
        return maybe("a column of a query that is not understood")
    if at.knows(var):
        return never(f"a condition excludes NULL from `{shown(entry, var)}`")
    if at.is_grouped and is_left_out(var, at.scope):
        return maybe(f"a grouping set leaves out `{shown(entry, var)}`")
    attribute = var.number("varattno")
    returning = var.number("varreturningtype")
    if at.is_before_write:
        return excluded_value(entry, attribute, at) or entry_column(entry, attribute, at)
    if entry.index == at.scope.query.number("resultRelation"):
        absent = returned_presence(at.scope, returning)
        return absent or _returned(entry, attribute, returning, at)
    return entry_column(entry, attribute, at)


def _returned(entry: Entry, attribute: int, returning: int, at: Standpoint) -> Verdict:
    """Judge a column of the target by its constraints, then by what was put there."""
    verdict = returned_column(at.scope, entry, attribute)
    if not verdict.nullable or returning == OLD:
        return verdict
    stored = stored_value(entry, attribute, at)
    return verdict if stored is None or stored.nullable else stored


def entry_column(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    """Judge a column of a range-table entry of this level, 0 for the whole row."""
    if entry.kind == EntryKind.GROUP:
        return _grouped(entry, attribute, at)
    if entry.kind == EntryKind.JOIN and attribute > 0:
        (meaning,) = at.scope.meaning(_var(entry, attribute)) or (None,)
        if meaning is None:
            return maybe("a column of a join that is not understood")
        return at.verdict(meaning.expression)
    if entry.index not in at.facts.present:
        return Verdict(True, _absence(entry, attribute, at), entry.alias)
    return present_column(entry, attribute, at)


def present_column(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    """Judge a column of an entry whose row takes part."""
    name = entry.column_name(attribute)
    if attribute == 0:
        return never(f"`{entry.alias}` has a row")
    if attribute < 0:
        return _system_column(entry, at)
    if entry.kind == EntryKind.RELATION:
        return _relation_column(entry, attribute, at)
    if entry.kind in (EntryKind.SUBQUERY, EntryKind.CTE):
        return _query_column(entry, attribute, at)
    if entry.kind == EntryKind.VALUES:
        found = at.scope.meaning(_var(entry, attribute))
        verdicts = [at.verdict(meaning.expression) for meaning in found]
        return all_of(verdicts, f"no row of VALUES has NULL in `{name}`") if found else _unknown()
    if entry.kind == EntryKind.FUNCTION:
        return _function_column(entry, attribute, at)
    if entry.kind == EntryKind.TABLE_FUNCTION:
        return _table_function_column(entry, attribute)
    return _unknown()


def _unknown() -> Verdict:
    return maybe("a column of something that is not understood")


def _var(entry: Entry, attribute: int) -> Node:
    return Node("VAR", {"varno": str(entry.index), "varattno": str(attribute)})


def shown(entry: Entry, var: Node) -> str:
    """Give the column as the user would write it."""
    attribute = var.number("varattno")
    return f"{entry.alias}.{entry.column_name(attribute)}" if attribute > 0 else entry.alias


def _absence(entry: Entry, attribute: int, at: Standpoint) -> str:
    name = f"{entry.alias}.{entry.column_name(attribute)}" if attribute > 0 else entry.alias
    joins = at.scope.outer_joins(entry.index)
    if not joins:
        return f"`{name}` comes from a row that may be absent"
    return f"`{name}` comes from {_side(joins[-1], entry, at)}"


def _side(join: OuterJoin, entry: Entry, at: Standpoint) -> str:
    relation = at.scope.relation(entry)
    source = f"{relation.name} {entry.alias}" if relation else entry.alias
    if relation and relation.name == entry.alias:
        source = relation.name
    if join.kind == JoinKind.FULL:
        return f"a side of FULL JOIN (`{source}`)"
    if join.kind == JoinKind.RIGHT:
        return f"the left side of RIGHT JOIN (`{source}`)"
    if len(join.side) > 1:
        return f"the right side of LEFT JOIN, which holds `{source}`"
    return f"the right side of LEFT JOIN {source}"


def _system_column(entry: Entry, at: Standpoint) -> Verdict:
    relation = at.scope.relation(entry)
    if relation and relation.kind == RelationKind.TABLE:
        return never("a system column")
    return maybe("a system column of what is no plain table can be NULL")


def _relation_column(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    relation = at.scope.relation(entry)
    if relation is None:
        return maybe(f"`{entry.alias}` is not part of the schema")
    view = at.scope.view(entry)
    if view:
        verdict = at.judge.level(view, None).column(attribute, proved_columns(entry, at.facts))
        source = f"`{relation.name}.{entry.column_name(attribute)}` of the view"
        return Verdict(verdict.nullable, f"{source}: {verdict.reason}")
    return table_column(relation, attribute, at)


def table_column(relation: Relation, attribute: int, at: Standpoint) -> Verdict:
    """Judge a column of a table by its constraints."""
    found = relation.column(attribute)
    if found is None:
        return _unknown()
    name = f"`{relation.name}.{found.name}`"
    if found.is_not_null:
        return never(f"{name} is NOT NULL")
    if is_checked_non_null(relation, attribute, at.scope.catalog):
        return never(f"a CHECK excludes NULL from {name}")
    return maybe(f"{name} is nullable")


def _query_column(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    cte = at.scope.cte(entry)
    if cte and attribute > len(_output(cte.node)):
        return _search_or_cycle(cte.node)
    scope = at.scope.subquery(entry)
    if scope is None:
        return _unknown()
    outer = declaring(entry, at) if cte else at
    if outer is None:
        return _unknown()
    if cte and cte.is_recursive:
        verdict, _ = recursive_column(scope, attribute, outer)
    else:
        verdict = outer.below(scope).column(attribute, proved_columns(entry, at.facts))
    source = f"`{entry.alias}.{entry.column_name(attribute)}`"
    return replace(verdict, reason=f"{source}: {verdict.reason}")


def declaring(entry: Entry, at: Standpoint) -> Standpoint | None:
    """Give the place of the level that declares the CTE that an entry names."""
    place: Standpoint | None = at
    for _ in range(entry.node.number("ctelevelsup")):
        place = place.outer if place else None
    return place


def _output(cte: Node) -> list[Node]:
    query = cte.node("ctequery")
    if query is None:
        return []
    name = "targetList" if query.number("commandType") == 1 else "returningList"
    return [entry for entry in query.nodes(name) if not entry.flag("resjunk")]


def _search_or_cycle(cte: Node) -> Verdict:
    cycle = cte.node("cycle_clause")
    marks = ("cycle_mark_value", "cycle_mark_default")
    for mark in (cycle.node(name) for name in marks) if cycle else ():
        if mark is None or mark.tag != "CONST" or mark.flag("constisnull"):
            return maybe("the CYCLE clause marks with an expression")
    return never("SEARCH and CYCLE make no NULL")


def _function_column(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    functions = entry.node.nodes("functions")
    width = sum(function.number("funccolcount") for function in functions)
    if entry.node.flag("funcordinality") and attribute == width + 1:
        return never("an ordinality is never NULL")
    if len(functions) != 1:
        return maybe("ROWS FROM fills the shorter set with NULL")
    expression = functions[0].node("funcexpr")
    if expression is None:
        return _unknown()
    if width == 1 and not _is_scalar(expression, at):
        return maybe("a field of a composite can be NULL")
    if expression.flag("funcretset"):
        return set_column(expression, attribute, at, width)
    return at.verdict(expression) if width == 1 else maybe("a field of a composite can be NULL")


def _is_scalar(expression: Node, at: Standpoint) -> bool:
    """Whether the one column is the value itself, not the only field of a composite."""
    if expression.tag != "FUNCEXPR":
        return True
    type_ = at.scope.catalog.type_by_oid.get(expression.number("funcresulttype"))
    while type_ and type_.kind == TypeKind.DOMAIN:
        type_ = at.scope.catalog.type_by_oid.get(type_.element_oid)
    return type_ is not None and type_.kind not in (TypeKind.COMPOSITE, TypeKind.PSEUDO)


def _table_function_column(entry: Entry, attribute: int) -> Verdict:
    table = entry.node.node("tablefunc")
    if table is None:
        return _unknown()
    if table.number("functype") != 0:
        return json_table_column(table, attribute)
    if attribute - 1 == table.number("ordinalitycol", -1):
        return never("an ordinality is never NULL")
    if attribute - 1 in table.numbers("notnulls"):
        return never("the column is NOT NULL in XMLTABLE")
    return maybe("XMLTABLE gives NULL for what is missing")


def _grouped(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    query = at.scope.query
    clauses = query.nodes("groupClause")
    expressions = entry.node.nodes("groupexprs")
    if not 0 < attribute <= min(len(clauses), len(expressions)):
        return _unknown()
    if clauses[attribute - 1].number("tleSortGroupRef") not in sure_groups(query):
        return maybe("a grouping set leaves it out")
    return at.verdict(expressions[attribute - 1])
