"""What a transaction is asked to be, and what is reported of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import uniform
from typing import Final

from psycopg import IsolationLevel

from sqlward.errors import TransactionModeError


class Isolation(StrEnum):
    """How much a transaction sees of others ("Transaction Isolation" in PostgreSQL's manual)."""

    READ_COMMITTED = "read committed"
    REPEATABLE_READ = "repeatable read"
    SERIALIZABLE = "serializable"


LEVELS: Final = {
    Isolation.READ_COMMITTED: IsolationLevel.READ_COMMITTED,
    Isolation.REPEATABLE_READ: IsolationLevel.REPEATABLE_READ,
    Isolation.SERIALIZABLE: IsolationLevel.SERIALIZABLE,
}
_ORDER: Final = tuple(LEVELS)


@dataclass(frozen=True, slots=True)
class Mode:
    """What a transaction is asked to be; None leaves it to the session."""

    isolation: Isolation | None = None
    read_only: bool | None = None

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return self.isolation is not None or self.read_only is not None

    @property
    def statement(self) -> bytes:
        """The statement that gives it to a transaction where nothing ran yet."""
        words = [] if self.isolation is None else [f"ISOLATION LEVEL {self.isolation.upper()}"]
        if self.read_only is not None:
            words.append("READ ONLY" if self.read_only else "READ WRITE")
        return f"SET TRANSACTION {', '.join(words)}".encode()

    def check_joins(self, isolation: str, *, read_only: bool) -> None:
        """Raise `TransactionModeError` unless a transaction like that gives what is asked for."""
        asked = self.isolation
        # PostgreSQL gives `read committed` to who asks for `read uncommitted`.
        given = Isolation(isolation.replace("uncommitted", "committed"))
        if asked is not None and _ORDER.index(given) < _ORDER.index(asked):
            raise TransactionModeError(f"cannot join a `{isolation}` transaction as `{asked}`")
        if self.read_only is not None and self.read_only is not read_only:
            is_, wanted = ("read-only", "writing") if read_only else ("writing", "read-only")
            raise TransactionModeError(f"cannot join a {is_} transaction as a {wanted} one")


@dataclass(frozen=True, slots=True)
class TransactionReport:
    """How `in_tx` ended: for metrics and logs.

    `attempts` counts from 1; `seconds` is the time of all of them, pauses included; `error` is
    the class of what it raised, None when it committed.
    """

    name: str
    attempts: int
    seconds: float
    error: type[BaseException] | None


_FIRST_PAUSE: Final = 0.005
_LONGEST_PAUSE: Final = 0.5


def pause_before(attempt: int) -> float:
    """Give the seconds to wait before a second, third, … attempt: any up to a growing bound.

    Attempts that waited alike would meet again ("Exponential Backoff And Jitter", M. Brooker).
    """
    return uniform(0.0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempt - 2)))
