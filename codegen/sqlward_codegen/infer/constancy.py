"""Whether an expression has one value for all rows of a level, and under which equality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.tree import Node, Value

_CALLS = {
    "FUNCEXPR": "funcid",
    "OPEXPR": "opfuncid",
    "DISTINCTEXPR": "opfuncid",
    "NULLIFEXPR": "opfuncid",
    "SCALARARRAYOPEXPR": "opfuncid",
    "AGGREF": "aggfnoid",
}

_UNSTEADY = frozenset(("NEXTVALUEEXPR", "SETTODEFAULT", "WINDOWFUNC", "CASETESTEXPR"))


@dataclass(frozen=True, slots=True)
class Fixed:
    """How a value is fixed: up to the equality of these operator families and this collation.

    `families` None means that it is one exact value; collation 0 stands for every deterministic
    one. `may_be_null` is said of what IS NULL or IS NOT DISTINCT FROM fixes. `is_everywhere`:
    for each row of the level, not only for those that an outer join matched.
    """

    families: frozenset[int] | None = None
    collation: int = 0
    may_be_null: bool = False
    is_everywhere: bool = True


@dataclass(frozen=True, slots=True)
class Equality:
    """An equality operator at one place of a query: its families and its collation."""

    families: frozenset[int]
    collation: int

    def carry(self, source: Fixed, is_everywhere: bool) -> Fixed | None:
        """Give how the one side is fixed if the other is fixed so; None if it is not."""
        families = self.families if source.families is None else self.families & source.families
        clash = source.collation and self.collation and source.collation != self.collation
        if not families or clash:
            return None
        return Fixed(families, source.collation or self.collation, is_everywhere=is_everywhere)


def equality(operator: int, collation: int, catalog: Catalog) -> Equality | None:
    """Give the equality that a btree operator stands for; None for every other operator."""
    found = catalog.operator_by_oid.get(operator)
    if found is None or not found.equality_families:
        return None
    is_loose = collation in catalog.nondeterministic_collations
    return Equality(frozenset(found.equality_families), collation if is_loose else 0)


def own_variables(value: Value, depth: int = 0) -> Iterator[Node]:
    """Give the Vars below that name a relation of the level itself, sub-queries included."""
    if isinstance(value, list):
        for item in value:
            yield from own_variables(item, depth)
    elif isinstance(value, Node):
        if value.tag == "VAR":
            if value.number("varlevelsup") == depth:
                yield value
            return
        inside = depth + 1 if value.tag == "QUERY" else depth
        for child in value.children():
            yield from own_variables(child, inside)


def is_steady(value: Value, scope: Scope) -> bool:
    """Whether an expression gives the same value for the same row, however often it is asked."""
    if isinstance(value, list):
        return all(is_steady(item, scope) for item in value)
    if not isinstance(value, Node):
        return True
    volatile = scope.catalog.volatile_function_oids
    return not any(
        node.tag in _UNSTEADY or (node.tag in _CALLS and node.number(_CALLS[node.tag]) in volatile)
        for node in value.walk()
    )
