"""RETURNING: what the statement itself puts into a column of its target, where nothing meddles."""

from __future__ import annotations

from dataclasses import replace

from sqlward_codegen.catalog import RelationKind
from sqlward_codegen.infer.facts import Facts
from sqlward_codegen.infer.jointree import row_facts
from sqlward_codegen.infer.scope import Command, Entry
from sqlward_codegen.infer.standpoint import Standpoint
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

_DO_UPDATE = 2


def stored_value(entry: Entry, attribute: int, at: Standpoint) -> Verdict | None:
    """Judge the value that an INSERT or UPDATE leaves in a column; None where that is not known.

    It is known of a plain table whose rows no trigger, rule or child table changes on the way.
    """
    relation = at.scope.relation(entry)
    column = relation.column(attribute) if relation else None
    if relation is None or column is None or column.is_generated:
        return None
    if relation.kind is not RelationKind.TABLE or relation.has_children or relation.has_triggers:
        return None
    rule = {Command.INSERT: _inserted, Command.UPDATE: _updated}.get(at.scope.command)
    return rule(entry, attribute, at) if rule else None


def excluded_value(entry: Entry, attribute: int, at: Standpoint) -> Verdict | None:
    """Judge a column of EXCLUDED: what the INSERT would have put there."""
    conflict = at.scope.query.node("onConflict")
    if conflict is None or entry.index != conflict.number("exclRelIndex") or attribute <= 0:
        return None
    value = _assigned(at.scope.query.nodes("targetList"), attribute)
    return _before(at, row_facts(at.scope)).verdict(value) if value else None


def _inserted(entry: Entry, attribute: int, at: Standpoint) -> Verdict | None:
    query = at.scope.query
    value = _assigned(query.nodes("targetList"), attribute)
    if value is None:
        return None
    inserted = _before(at, row_facts(at.scope)).verdict(value)
    conflict = query.node("onConflict")
    if conflict is None or conflict.number("action") != _DO_UPDATE or inserted.nullable:
        return _shown(entry, attribute, inserted)
    changed = _assigned(conflict.nodes("onConflictSet"), attribute)
    if changed is None:
        return None
    there = _before(at, Facts(present=frozenset((entry.index,))))
    return _shown(entry, attribute, there.verdict(changed))


def _updated(entry: Entry, attribute: int, at: Standpoint) -> Verdict:
    before = _before(at, row_facts(at.scope))
    value = _assigned(at.scope.query.nodes("targetList"), attribute)
    if value is None:
        same = Node("VAR", {"varno": str(entry.index), "varattno": str(attribute)})
        return before.verdict(same)
    return _shown(entry, attribute, before.verdict(value))


def _assigned(entries: list[Node], attribute: int) -> Node | None:
    for entry in entries:
        if entry.number("resno") == attribute and not entry.flag("resjunk"):
            return entry.node("expr")
    return None


def _before(at: Standpoint, facts: Facts) -> Standpoint:
    """Give the place where the values are computed: the target's row is still the old one."""
    return Standpoint(at.judge, at.level, facts, at.outer, is_before_write=True)


def _shown(entry: Entry, attribute: int, verdict: Verdict) -> Verdict:
    name = f"`{entry.alias}.{entry.column_name(attribute)}`"
    return replace(verdict, reason=f"{name} was just written: {verdict.reason}")
