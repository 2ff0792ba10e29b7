"""Where an expression stands: what is known of the row it is evaluated for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlward_codegen.infer.facts import Facts, Proof
from sqlward_codegen.infer.keys import Key, expression_key
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node


@dataclass(frozen=True, slots=True)
class Options:
    """What is declared rather than proved.

    `nullable_parameters`: numbers of parameters that may be NULL, all others never are.
    `non_null_element_parameters`: array parameters that hold no NULL element.
    `total_functions`: OIDs of functions declared total in the configuration.
    `non_null_elements`: (relation OID, attribute) of array columns declared without NULLs.
    """

    nullable_parameters: frozenset[int] = frozenset()
    non_null_element_parameters: frozenset[int] = frozenset()
    total_functions: frozenset[int] = frozenset()
    non_null_elements: frozenset[tuple[int, int]] = frozenset()


class Level(Protocol):
    """One query level while it is judged."""

    @property
    def scope(self) -> Scope:
        """The level's names."""
        ...

    @property
    def rows(self) -> Standpoint:
        """After WHERE, before grouping."""
        ...

    @property
    def groups(self) -> Standpoint:
        """After grouping and HAVING, where the result's columns stand."""
        ...

    def column(self, number: int, given: frozenset[int] = frozenset()) -> Verdict:
        """Whether the result's column can be NULL, from 1, where those in `given` are not."""
        ...

    def elements(self, number: int) -> Verdict:
        """Whether the elements of the result's column can be NULL, from 1."""
        ...


class Judge(Protocol):
    """What gives verdicts; see `nullability.py`."""

    @property
    def options(self) -> Options:
        """What is declared."""
        ...

    @property
    def assumptions(self) -> dict[int, list[tuple[Verdict, Verdict]]]:
        """What is assumed of recursive CTEs (by their scope's id) while they are judged."""
        ...

    def verdict(self, node: Node, at: Standpoint) -> Verdict:
        """Whether an expression can be NULL."""
        ...

    def elements(self, node: Node, at: Standpoint) -> Verdict:
        """Whether the elements of an array expression can be NULL."""
        ...

    def level(self, scope: Scope, outer: Standpoint | None) -> Level:
        """A query level as seen from where it stands."""
        ...


@dataclass(frozen=True, eq=False)
class Standpoint:
    """A place in a query level.

    `outer`: the place in the level above where this level's query stands. `is_grouped`: after
    grouping, where an expression of GROUP BY may have been left out. `placeholder`: what a
    CaseTestExpr stands for here. `sub_link_columns`: what the sub-link's parameters stand for.
    `is_before_write`: the row of the statement's target is the one that it is about to change.
    """

    judge: Judge
    level: Level
    facts: Facts
    outer: Standpoint | None
    is_grouped: bool = False
    placeholder: Verdict | None = None
    placeholder_elements: Verdict | None = None
    sub_link_columns: tuple[Verdict, ...] = ()
    is_before_write: bool = False
    levels: dict[int, Level] = field(default_factory=dict, repr=False)
    fixpoints: dict[int, list[tuple[Verdict, Verdict]]] = field(default_factory=dict, repr=False)

    @property
    def scope(self) -> Scope:
        """The names of this level."""
        return self.level.scope

    def verdict(self, node: Node) -> Verdict:
        """Say whether an expression that stands here can be NULL."""
        return self.judge.verdict(node, self)

    def elements(self, node: Node) -> Verdict:
        """Say whether the elements of an array that stands here can be NULL."""
        return self.judge.elements(node, self)

    def knows(self, node: Node) -> bool:
        """Say whether a condition has proved the expression."""
        if not self.facts.non_null:
            return False
        key = expression_key(node, self.scope)
        return key is not None and self.knows_key(key)

    def knows_key(self, key: Key) -> bool:
        """Say whether a condition has proved what has that key."""
        return key in self.facts.non_null

    def with_facts(self, facts: Facts) -> Standpoint:
        """Give the same place with other facts."""
        return self if facts is self.facts else replace(self, facts=facts, levels={}, fixpoints={})

    def refined(self, proof: Proof) -> Standpoint:
        """Give the same place once a condition holds."""
        facts = self.facts.proved(proof)
        return self if facts is self.facts else without_refuted(self.with_facts(facts))

    def below(self, scope: Scope) -> Level:
        """Give the level of a query that stands here (its parent's Vars are this level's)."""
        found = self.levels.get(id(scope))
        if found is None:
            found = self.levels[id(scope)] = self.judge.level(scope, self)
        return found


def without_refuted(at: Standpoint) -> Standpoint:
    """Drop the side of a FULL JOIN that contradicts what is known to be NULL."""
    if not at.facts.null:
        return at
    for alternative in at.facts.alternatives:
        rest = replace(
            at.facts,
            alternatives=tuple(a for a in at.facts.alternatives if a is not alternative),
        )
        for out, stays in (
            (alternative.left, alternative.right),
            (alternative.right, alternative.left),
        ):
            if is_refuted(at.with_facts(rest.joined(out))):
                return without_refuted(at.with_facts(rest.joined(stays)))
    return at


def is_refuted(at: Standpoint) -> bool:
    """Say whether something is known to be NULL that cannot be."""
    if at.facts.null & at.facts.non_null:
        return True
    # Without what is known to be NULL: a column is not judged by what it contradicts.
    plain = at.with_facts(replace(at.facts, null=frozenset()))
    return any(_cannot_be_null(key, plain) for key in at.facts.null)


def _cannot_be_null(key: Key, at: Standpoint) -> bool:
    if key[0] != "column" or key[1] != 0 or key[4] != 0:
        return False
    fields = {"varno": str(key[2]), "varattno": str(key[3])}
    return not at.verdict(Node("VAR", dict(fields))).nullable


def never(reason: str) -> Verdict:
    """Give the verdict that a value is never NULL."""
    return Verdict(False, reason)


def maybe(reason: str) -> Verdict:
    """Give the verdict that a value may be NULL."""
    return Verdict(True, reason)


def all_of(verdicts: Iterable[Verdict], reason: str) -> Verdict:
    """Give never-NULL if all are, else the first that is not."""
    for verdict in verdicts:
        if verdict.nullable:
            return verdict
    return never(reason)


def any_of(verdicts: Iterable[Verdict], reason: str) -> Verdict:
    """Give never-NULL if one is, else that it may be NULL for the reason given."""
    for verdict in verdicts:
        if not verdict.nullable:
            return verdict
    return maybe(reason)
