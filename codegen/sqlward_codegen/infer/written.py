"""RETURNING: what is known of the row that a statement wrote, and of the one it read."""

from __future__ import annotations

from dataclasses import replace

from sqlward_codegen.catalog import RelationKind
from sqlward_codegen.infer.checks import is_checked_non_null
from sqlward_codegen.infer.facts import Facts, Implication, Proof, mentions
from sqlward_codegen.infer.jointree import from_facts, row_facts
from sqlward_codegen.infer.keys import COLUMN, Key
from sqlward_codegen.infer.predicates import Outcome, proved_by
from sqlward_codegen.infer.scope import Command, Entry, Scope, rtindexes
from sqlward_codegen.infer.standpoint import maybe, never
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

OLD, _NEW = 1, 2
_MATCHED, _NOT_MATCHED_BY_SOURCE = 0, 1


def returned_presence(scope: Scope, returning: int) -> Verdict | None:
    """Say why the target's row (its OLD or NEW one) may be absent; None where it is there."""
    commands = _commands(scope)
    if returning == OLD and commands & {Command.INSERT}:
        return maybe("`old` is NULL for a row that was inserted")
    if returning == _NEW and commands & {Command.DELETE}:
        return maybe("`new` is NULL for a row that was deleted")
    return None


def _commands(scope: Scope) -> frozenset[Command]:
    if scope.command != Command.MERGE:
        return frozenset((scope.command,))
    actions = scope.query.nodes("mergeActionList")
    return frozenset(Command(action.number("commandType")) for action in actions)


def returned_column(scope: Scope, entry: Entry, attribute: int) -> Verdict:
    """Judge a column of the target table: what its constraints say holds after the write."""
    relation = scope.relation(entry)
    if relation is None or relation.kind not in (RelationKind.TABLE, RelationKind.PARTITIONED):
        return maybe("what is written through a view or to a foreign table is not followed")
    if attribute == 0:
        return never(f"`{entry.alias}` has a row")
    if attribute < 0:
        return never("a system column")
    column = relation.column(attribute)
    if column is None:
        return maybe("a column that is not known")
    name = f"`{relation.name}.{column.name}`"
    if column.is_not_null:
        return never(f"{name} is NOT NULL")
    if is_checked_non_null(relation, attribute, scope.catalog):
        return never(f"a CHECK excludes NULL from {name}")
    return maybe(f"{name} is nullable")


def returning_facts(scope: Scope) -> Facts:
    """Give what holds where RETURNING stands."""
    target = scope.query.number("resultRelation")
    if scope.command == Command.INSERT:
        return Facts(present=frozenset((target,)))
    if scope.command == Command.MERGE:
        return _merge_facts(scope, target)
    facts = row_facts(scope)
    old = Proof(frozenset(_of_old(k, target) for k in facts.non_null if mentions(k, target)))
    if scope.command == Command.DELETE:
        return facts.proved(old)
    # The row that comes back is the new one; its values are not those that WHERE saw.
    return facts.without(target).proved(old)


def _merge_facts(scope: Scope, target: int) -> Facts:
    source = from_facts(scope)
    kinds = {_match_kind(action) for action in scope.query.nodes("mergeActionList")}
    if _NOT_MATCHED_BY_SOURCE in kinds:
        source = Facts(implications=(Implication((_side(scope),), source),))
    elif kinds == {_MATCHED}:
        condition = scope.query.node("mergeJoinCondition")
        source = source.proved(proved_by(condition, Outcome.TRUE, scope)).without(target)
    return replace(source, present=source.present | {target})


def _match_kind(action: Node) -> int:
    return action.number("matchKind", _NOT_MATCHED_BY_SOURCE)


def _side(scope: Scope) -> frozenset[int]:
    tree = scope.query.node("jointree")
    return rtindexes(tree)


def _of_old(key: Key, index: int) -> Key:
    if len(key) == 5 and key[0] == COLUMN:
        return (*key[:4], OLD) if key[1:3] == (0, index) else key
    return tuple(_of_old(part, index) if isinstance(part, tuple) else part for part in key)
