"""Database work without a database driver: sync and async run the same steps.

`Steps` is one transaction: it yields statements and is sent their rows; what the server raises
is thrown into it. `Work` yields the steps of one transaction after another and is sent their
results.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Rows: TypeAlias = "list[tuple[Any, ...]]"
Steps: TypeAlias = "Generator[Statement, Rows, T]"
Work: TypeAlias = "Generator[Steps[Any], Any, T]"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with `$n`, and its parameters."""

    sql: str
    parameters: Sequence[object] = ()


def quoted(*names: str) -> str:
    """Give a qualified name as SQL."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
