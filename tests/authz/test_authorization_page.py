"""The page `docs/authorization.md` is true."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from sqlward.authz import (
    Engine,
    Object,
    OrganizationPermissions,
    Permission,
    Role,
    Subject,
)

PAGE = (Path(__file__).parents[2] / "docs" / "authorization.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
VOTES = re.compile(r"^\| ([−\d][^|]*?) \| (.+?) \| (.+?) \| (.+?) \| (allow|do not) \|$", re.M)


def test_examples_run() -> None:
    """Every example of the page runs after those above it, and what it asserts holds."""
    names: dict[str, Any] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/authorization.md", "exec"), names)

    assert sum("assert" in example for example in EXAMPLES) > 8


def ballots() -> list[tuple[int, int, int, int]]:
    """Each combination of votes that there can be: the user level has its own objects."""
    inside = [(site, 0, organization, member) for site, organization, member in three(3)]
    return inside + [(site, user, 0, 0) for site, user in three(2)]


def three(count: int) -> list[tuple[int, ...]]:
    return list(itertools.product((-1, 0, 1), repeat=count))


@pytest.mark.parametrize("ballot", ballots())
def test_truth_table(ballot: tuple[int, int, int, int]) -> None:
    """The first row of the table that fits a combination of votes says what the engine says."""
    site, user, organization, member = ballot
    role = Role(
        "role",
        site=casting(site),
        organizations=(OrganizationPermissions("acme", casting(organization), casting(member)),),
        user=casting(user),
    )
    home = None if user else "acme"
    allowed = Engine().allows(Subject("ann", (role,)), "read", Object("chat", "c", "ann", home))

    assert row_for(ballot) == ("allow" if allowed else "do not")


def casting(vote: int) -> tuple[Permission, ...]:
    """Give permissions that cast this vote; a denial has an allowance beside it."""
    allowance, denial = Permission("chat", "*"), Permission("*", "read", allow=False)
    return {-1: (allowance, denial), 0: (Permission("chat", "update"),), 1: (allowance,)}[vote]


def row_for(ballot: tuple[int, int, int, int]) -> str:
    for *votes, answer in VOTES.findall(PAGE):
        if all(fits(text, vote) for text, vote in zip(votes, ballot, strict=True)):
            return str(answer)
    raise AssertionError(f"no row for {ballot}")


def fits(text: str, vote: int) -> bool:
    return text == "−" or vote in [int(one.replace("−", "-")) for one in text.split(" or ")]
