"""A compiled query: what generated code holds as constants and hands to a querier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Query(Generic[T_co]):
    """One statement as it is sent, and how a row of its result becomes a `T_co`.

    `parameters` are PostgreSQL type names in the order of `$1`, `$2`, …: `uuid`, `text[]`,
    `public.chat_status`; for an array of `json`, `jsonb` or `vector` the number of `[]` is the
    number of dimensions. `row` makes the value from a row's columns; None for a statement
    without result. `binary` is False when a result type has no binary form here (see
    `docs/types.md`). `timeout` is how many seconds it may run, None for the store's own.
    Compared and hashed by identity.
    """

    __slots__ = ("binary", "name", "parameters", "row", "sql", "statement", "timeout")

    def __init__(
        self,
        name: str,
        sql: str,
        *,
        parameters: tuple[str, ...] = (),
        row: Callable[[Sequence[Any]], T_co] | None = None,
        binary: bool = True,
        timeout: float | None = None,
    ) -> None:
        self.name = name
        self.sql = sql
        self.parameters = parameters
        self.row = row
        self.binary = binary
        self.timeout = timeout
        self.statement = sql.encode()

    def __repr__(self) -> str:
        return f"<Query {self.name}>"


class Copy:
    """One `COPY … FROM STDIN` and the PostgreSQL types of its columns.

    `binary` is False for `FORMAT TEXT`, which a column type without binary input asks for.
    """

    __slots__ = ("binary", "name", "parameters", "sql", "statement", "timeout")

    row: ClassVar[None] = None

    def __init__(
        self,
        name: str,
        sql: str,
        *,
        parameters: tuple[str, ...],
        binary: bool = True,
        timeout: float | None = None,
    ) -> None:
        self.name = name
        self.sql = sql
        self.parameters = parameters
        self.binary = binary
        self.timeout = timeout
        self.statement = sql.encode()

    def __repr__(self) -> str:
        return f"<Copy {self.name}>"


@dataclass(frozen=True, slots=True)
class ExecResult:
    """What a statement did: rows touched and the server's command tag, `UPDATE 3`.

    `rows` is 0 for a statement that does not count rows.
    """

    rows: int
    status: str
