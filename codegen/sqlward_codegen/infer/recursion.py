"""A recursive CTE: the least fixpoint, from the assumption that nothing is NULL."""

from __future__ import annotations

from sqlward_codegen.infer.scope import Scope, output
from sqlward_codegen.infer.standpoint import Standpoint, never
from sqlward_codegen.model import Verdict


def recursive_column(scope: Scope, number: int, outer: Standpoint) -> tuple[Verdict, Verdict]:
    """Judge a column, from 1, of a recursive CTE and the elements of it.

    Sound by induction over the rounds of the recursion: the rows of the first round come
    from the non-recursive term, those of each later one from rows of the one before.
    """
    assumptions = outer.judge.assumptions
    found = assumptions.get(id(scope))
    if found is None:
        found = outer.fixpoints.get(id(scope)) or _fixpoint(scope, outer)
        outer.fixpoints[id(scope)] = found
    return found[number - 1] if 0 < number <= len(found) else (_UNKNOWN, _UNKNOWN)


_UNKNOWN = Verdict(True, "a column that is not known")


def _fixpoint(scope: Scope, outer: Standpoint) -> list[tuple[Verdict, Verdict]]:
    assumptions = outer.judge.assumptions
    start = never("no term of the recursion gives NULL")
    known = [(start, start) for _ in output(scope.query)]
    try:
        while True:
            assumptions[id(scope)] = known
            level = outer.judge.level(scope, outer)
            judged = [(level.column(n), level.elements(n)) for n in range(1, len(known) + 1)]
            grown = [_either(before, now) for before, now in zip(known, judged, strict=True)]
            if _flags(grown) == _flags(known):
                return judged
            known = grown
    finally:
        del assumptions[id(scope)]


def _either(
    before: tuple[Verdict, Verdict], now: tuple[Verdict, Verdict]
) -> tuple[Verdict, Verdict]:
    column, elements = (b if b.nullable else n for b, n in zip(before, now, strict=True))
    return column, elements


def _flags(verdicts: list[tuple[Verdict, Verdict]]) -> list[tuple[bool, bool]]:
    return [(column.nullable, elements.nullable) for column, elements in verdicts]
