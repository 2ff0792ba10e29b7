"""What is known of one row of a query level: which rows take part, which values are there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlward_codegen.infer.keys import COLUMN, Key


@dataclass(frozen=True, slots=True)
class Proof:
    """What a condition proves: these expressions are not NULL, those are NULL."""

    non_null: frozenset[Key] = frozenset()
    null: frozenset[Key] = frozenset()

    def __or__(self, other: Proof) -> Proof:
        return Proof(self.non_null | other.non_null, self.null | other.null)

    def __and__(self, other: Proof) -> Proof:
        return Proof(self.non_null & other.non_null, self.null & other.null)


@dataclass(frozen=True, slots=True)
class Implication:
    """If a row of each of `sides` takes part, then `facts` hold too."""

    sides: tuple[frozenset[int], ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Alternative:
    """A FULL JOIN: what its left side gives holds, or what its right side gives, or both."""

    left: Facts
    right: Facts


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for every row at one place of a query level.

    `present`: entries (range-table indexes) whose row takes part, so that their NOT NULL
    columns are there. INVARIANT: a row that an outer join left out is NULL in all columns;
    so one column that is not NULL proves the row, and with it all that its side implies.
    """

    present: frozenset[int] = frozenset()
    non_null: frozenset[Key] = frozenset()
    null: frozenset[Key] = frozenset()
    implications: tuple[Implication, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    def joined(self, other: Facts) -> Facts:
        """Give what holds where both hold."""
        if other is _NOTHING:
            return self
        return Facts(
            self.present | other.present,
            self.non_null | other.non_null,
            self.null | other.null,
            _union(self.implications, other.implications),
            _union(self.alternatives, other.alternatives),
        ).closed()

    def proved(self, proof: Proof) -> Facts:
        """Give what holds once a condition holds too."""
        if not proof.non_null and not proof.null:
            return self
        return replace(
            self, non_null=self.non_null | proof.non_null, null=self.null | proof.null
        ).closed()

    def closed(self) -> Facts:
        """Give these facts with all that they imply."""
        present = self.present | {entry for key in self.non_null for entry in _entry_of(key)}
        facts = replace(self, present=present)
        for implication in self.implications:
            if all(side & present for side in implication.sides):
                rest = tuple(i for i in self.implications if i is not implication)
                return replace(facts, implications=rest).joined(implication.facts)
        return facts

    def without(self, index: int) -> Facts:
        """Give these facts without what is said of one entry's values (its row stays)."""
        return replace(
            self,
            non_null=frozenset(k for k in self.non_null if not mentions(k, index)),
            null=frozenset(k for k in self.null if not mentions(k, index)),
            implications=tuple(
                Implication(i.sides, i.facts.without(index)) for i in self.implications
            ),
            alternatives=tuple(
                Alternative(a.left.without(index), a.right.without(index))
                for a in self.alternatives
            ),
        )


_NOTHING = Facts()
_Item = TypeVar("_Item")


def mentions(key: object, index: int) -> bool:
    """Say whether an expression's key has a column of that entry in it."""
    if not isinstance(key, tuple):
        return False
    if len(key) == 5 and key[0] == COLUMN:
        return bool(key[1] == 0 and key[2] == index)
    return any(mentions(part, index) for part in key)


def _entry_of(key: Key) -> tuple[int, ...]:
    if key[0] == COLUMN and key[1] == 0 and key[4] == 0 and isinstance(key[2], int):
        return (key[2],)
    return ()


def _union(first: tuple[_Item, ...], second: Iterable[_Item]) -> tuple[_Item, ...]:
    return (*first, *(item for item in second if not any(item is known for known in first)))
