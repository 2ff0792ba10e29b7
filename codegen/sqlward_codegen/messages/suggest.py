"""Did you mean: the known word that is nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Give the candidate that `word` is most likely a slip of, None when nothing is close.

    Close is at most one slip (a letter more, less, other, or two swapped) for every three
    letters, and at least one. Ties go to the first in alphabetical order.
    """
    limit = max(1, len(word) // 3)
    best: tuple[int, str] | None = None
    for candidate in sorted(set(candidates)):
        if abs(len(candidate) - len(word)) > limit:
            continue
        slips = distance(word.lower(), candidate.lower())
        if slips <= limit and (best is None or slips < best[0]):
            best = slips, candidate
    return best[1] if best else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Give the help line that names the nearest candidate, None when nothing is close."""
    found = nearest(word, candidates)
    return None if found is None else f"did you mean `{found}`?"


def distance(left: str, right: str) -> int:
    """Count the slips between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row = row, [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = previous
    return row[-1]
