"""Say why several rows cannot be ruled out, and what would prove that there is at most one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.catalog import Key, Relation, RelationKind
from sqlward_codegen.infer.fixing import Fixing
from sqlward_codegen.infer.scope import Entry, EntryKind, Scope
from sqlward_codegen.model import Cardinality
from sqlward_codegen.tree import Node


@dataclass(frozen=True, slots=True)
class _Culprit:
    entry: Entry
    relation: Relation
    fixed: tuple[str, ...]


def unproved(scope: Scope, fixing: Fixing) -> Cardinality:
    """Give the verdict for a query that nothing proves to return at most one row."""
    query = scope.query
    if query.node("setOperations") is not None:
        return Cardinality(False, "a UNION adds up rows", "add `LIMIT 1`, or make it `:many`")
    if query.flag("hasTargetSRFs"):
        reason = "a set-returning function in the select list gives several rows"
        return Cardinality(False, reason, "add `LIMIT 1`, or make it `:many`")
    culprit = _culprit(fixing)
    if culprit is None:
        return Cardinality(False, _other_reason(scope, fixing), "make it `:many`")
    return Cardinality(False, _reason(culprit, fixing), _help(culprit, scope, fixing))


def _culprit(fixing: Fixing) -> _Culprit | None:
    loose = [index for index in fixing.clause.relations if index not in fixing.single]
    found = [c for c in (_candidate(index, fixing) for index in loose) if c is not None]
    return max(found, key=lambda c: len(c.fixed), default=None)


def _candidate(index: int, fixing: Fixing) -> _Culprit | None:
    entry = fixing.scope.entry(index)
    relation = fixing.scope.relation(entry) if entry else None
    if entry is None or relation is None or entry.kind is not EntryKind.RELATION:
        return None
    names = (relation.column(number) for number in fixing.fixed_columns(index))
    return _Culprit(entry, relation, tuple(c.name for c in names if c is not None))


def _reason(culprit: _Culprit, fixing: Fixing) -> str:
    partial = _conditional_key(culprit, fixing)
    if partial is not None:
        return f"`{partial.name}` is unique only under its own WHERE condition"
    if not culprit.fixed:
        return f"nothing fixes a key of `{culprit.entry.alias}`"
    columns = ", ".join(culprit.fixed)
    written = f"`{columns}`" if len(culprit.fixed) == 1 else f"`({columns})`"
    return f"{written} is not unique"


def _conditional_key(culprit: _Culprit, fixing: Fixing) -> Key | None:
    index = culprit.entry.index
    keys = (key for key in fixing.keys(index) if key.predicate is not None)
    return next((key for key in keys if fixing.covers(key, index)), None)


def _help(culprit: _Culprit, scope: Scope, fixing: Fixing) -> str:
    ways = []
    order = _order(culprit.relation, fixing)
    if order and len(fixing.clause.relations) == 1 and _can_be_limited(scope.query):
        ways.append(f"add `ORDER BY {order} LIMIT 1`")
    ways.append("make it `:many`")
    if _lacks_key(culprit, fixing):
        columns = ", ".join(culprit.fixed)
        place = f"{culprit.relation.name} ({columns})"
        ways.append(f"add a unique constraint on `{place}`")
    return ", or ".join(ways) if len(ways) < 3 else f"{ways[0]}, {ways[1]}, or {ways[2]}"


def _lacks_key(culprit: _Culprit, fixing: Fixing) -> bool:
    """Whether a new unique constraint would prove it."""
    is_table = culprit.relation.kind in (RelationKind.TABLE, RelationKind.PARTITIONED)
    fixed = fixing.fixed_columns(culprit.entry.index)
    known = (sorted(key.columns) for key in fixing.keys(culprit.entry.index))
    return is_table and bool(fixed) and list(fixed) not in known


def _can_be_limited(query: Node) -> bool:
    is_plain = not query.items("groupClause") and not query.items("distinctClause")
    return is_plain and not query.nodes("returningList") and query.node("limitCount") is None


def _order(relation: Relation, fixing: Fixing) -> str:
    """Give a total order that reads well: by age, then by the primary key."""
    keys = fixing.scope.catalog.keys_by_relation.get(relation.oid, ())
    primary = next((key for key in keys if key.is_primary), None)
    if primary is None:
        return ""
    columns = [c.name for n in primary.columns for c in [relation.column(n)] if c is not None]
    age = [c.name for c in relation.columns if c.name == "created_at" and c.name not in columns]
    return ", ".join([*age, *columns])


def _other_reason(scope: Scope, fixing: Fixing) -> str:
    if fixing.clause.has_full_join:
        return "a FULL JOIN can give a row for each side"
    for index in fixing.clause.relations:
        entry = scope.entry(index)
        if entry is None or index in fixing.single:
            continue
        if entry.kind is EntryKind.FUNCTION:
            return f"`{entry.alias}` can return several rows"
        if entry.kind is EntryKind.VALUES:
            return "VALUES has several rows"
        return f"`{entry.alias}` can have several rows"
    return "nothing proves that there is at most one"
