"""Did you mean."""

from __future__ import annotations

import pytest
from sqlward_codegen.messages.suggest import did_you_mean, distance, nearest

COMMANDS = [":one", ":opt", ":many", ":exec", ":execrows", ":execresult"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (":oen", ":one"),
        (":execrow", ":execrows"),
        (":mnay", ":many"),
        (":ONE", ":one"),
        (":everything", None),
        ("", None),
    ],
)
def test_nearest(word: str, expected: str | None) -> None:
    """The nearest word is found when it is close enough to be meant."""
    assert expected == nearest(word, COMMANDS)


def test_ties_are_settled() -> None:
    """Of two words that are equally near, the first in the alphabet is taken, in any order."""
    assert "ba" == nearest("bx", ["bb", "ba"]) == nearest("bx", ["ba", "bb"])


@pytest.mark.parametrize(
    ("left", "right", "slips"),
    [("", "", 0), ("a", "", 1), ("chat", "caht", 1), ("chat", "chart", 1), ("queries", "query", 3)],
)
def test_distance(left: str, right: str, slips: int) -> None:
    """A letter more, less, other, or two swapped is one slip, seen from either side."""
    assert slips == distance(left, right) == distance(right, left)


def test_did_you_mean() -> None:
    """The help quotes the word; there is none without a near word."""
    assert "did you mean `:one`?" == did_you_mean(":onee", COMMANDS)
    assert did_you_mean("nothing", COMMANDS) is None
