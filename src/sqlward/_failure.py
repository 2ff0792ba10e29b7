"""psycopg's errors, turned into sqlward's; the only place that does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from typing import Final, TypeAlias

from psycopg import DataError, Error, InterfaceError, OperationalError
from psycopg.errors import Diagnostic, lookup

from sqlward.database_errors import (
    CheckViolation,
    ConnectionLostError,
    ConstraintViolation,
    DatabaseError,
    DeadlockError,
    ExclusionViolation,
    ForeignKeyViolation,
    LockNotAvailableError,
    NotNullViolation,
    PoolExhaustedError,
    QueryCancelledError,
    QueryTimeoutError,
    SerializationError,
    StoreClosedError,
    UniqueViolation,
    UnrepresentableValueError,
)


class NoAnswerError(OperationalError):
    """The server did not answer within the statement's time, and some more."""


Constraints: TypeAlias = Mapping[str, type[StrEnum]]

_CONSTRAINTS: Final[Mapping[str, tuple[type[ConstraintViolation], str, str]]] = {
    "23001": (ForeignKeyViolation, "foreign_key", "foreign key"),
    "23502": (NotNullViolation, "not_null", "not-null constraint"),
    "23503": (ForeignKeyViolation, "foreign_key", "foreign key"),
    "23505": (UniqueViolation, "unique", "unique constraint"),
    "23514": (CheckViolation, "check", "check constraint"),
    "23P01": (ExclusionViolation, "exclusion", "exclusion constraint"),
}
"""SQLSTATE → the error, the key of `StoreTypes.constraints`, what people call it."""

_PLAIN: Final[Mapping[str, tuple[type[DatabaseError], str]]] = {
    "40001": (SerializationError, "cannot be serialized with other transactions"),
    "40P01": (DeadlockError, "met a deadlock"),
    "55P03": (LockNotAvailableError, "needs a lock that is not free"),
    "57014": (QueryCancelledError, "was cancelled"),
}
_LOST: Final = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25P04"})
_POOL: Final[Mapping[str, tuple[type[DatabaseError], str]]] = {
    "PoolTimeout": (PoolExhaustedError, "got no connection from the pool in time"),
    "TooManyRequests": (PoolExhaustedError, "found too many others waiting for the pool"),
    "PoolClosed": (StoreClosedError, "found the pool closed"),
}
# What the server says in these classes speaks of the schema and the statement, not of values.
_SPEAKABLE: Final = frozenset({"08", "21", "25", "26", "28", "3D", "3F", "42", "53", "55", "57"})


def failure(
    error: Error, query: str | None, constraints: Constraints, timeout: float | None = None
) -> DatabaseError:
    """Give the error to raise from psycopg's, and take the values out of psycopg's message.

    `query` is the query's name, None at the end of a transaction; `timeout` the seconds that
    the statement had, when they are over.
    """
    made = _failure(error, query, constraints, timeout)
    # A traceback shows the cause too, and the server's DETAIL quotes rows and keys.
    error.args = (_shown(error),)
    return made


def _failure(
    error: Error, query: str | None, constraints: Constraints, timeout: float | None
) -> DatabaseError:
    who = "the transaction" if query is None else f"`{query}`"
    code = error.sqlstate
    of_pool = _POOL.get(type(error).__name__)
    if of_pool is not None:
        return of_pool[0](f"{who} {of_pool[1]}", query=query)
    if _is_timeout(error, timeout):
        limit = "" if timeout is None else f" of {timeout:g} s"
        return QueryTimeoutError(f"{who} ran into its timeout{limit}", query=query, sqlstate=code)
    if _is_lost(error):
        return ConnectionLostError(f"{who} lost its connection", query=query, sqlstate=code)
    if code is None and isinstance(error, DataError):
        return UnrepresentableValueError(f"{who} met a value that Python has none for", query=query)
    if code is not None and code in _CONSTRAINTS:
        return _violation(error.diag, who, query, code, constraints)
    plain = _PLAIN.get(code or "")
    if plain is not None:
        return plain[0](f"{who} {plain[1]}", query=query, sqlstate=code)
    return DatabaseError(f"{who} failed: {_shown(error)}", query=query, sqlstate=code)


def _is_timeout(error: Error, timeout: float | None) -> bool:
    if isinstance(error, NoAnswerError):
        return True
    # The code is that of any cancellation; the words are the server's, in its language.
    is_cancelled = error.sqlstate == "57014"
    return is_cancelled and (timeout is not None or "timeout" in (error.diag.message_primary or ""))


def _is_lost(error: Error) -> bool:
    code = error.sqlstate
    if code is None:
        return type(error) is OperationalError or (
            isinstance(error, OperationalError | InterfaceError) and "clos" in str(error)
        )
    return code in _LOST or code.startswith("08")


def _violation(
    diag: Diagnostic, who: str, query: str | None, code: str, constraints: Constraints
) -> ConstraintViolation:
    cls, kind, called = _CONSTRAINTS[code]
    name = diag.constraint_name
    make: Callable[[str], ConstraintViolation] = partial(
        cls,
        query=query,
        sqlstate=code,
        constraint=_member(name, constraints.get(kind)),
        schema=diag.schema_name,
        table=diag.table_name,
        column=diag.column_name,
        domain=diag.datatype_name,
    )
    what = f"{called} `{name}`" if name else f"a {called}"
    return make(f"{who} breaks {what}{_place(diag)}")


def _place(diag: Diagnostic) -> str:
    if diag.table_name and diag.column_name:
        return f" of `{diag.table_name}.{diag.column_name}`"
    where = diag.table_name or diag.datatype_name
    return f" of `{where}`" if where else ""


def _member(name: str | None, members: type[StrEnum] | None) -> str | None:
    """Give the enum's member of that name; the name itself where the enum is older than it."""
    if name is None or members is None:
        return name
    try:
        return members(name)
    except ValueError:
        return name


def _shown(error: Error) -> str:
    """Give what may be said of an error: never a value."""
    code = error.sqlstate
    if code is None:
        # What psycopg cannot read or write, it quotes.
        return "a value cannot be converted" if isinstance(error, DataError) else str(error)
    name = _condition(code)
    diag = error.diag
    by_program = diag.source_function == "exec_stmt_raise" or diag.internal_query is not None
    if by_program or code[:2] not in _SPEAKABLE or not diag.message_primary:
        return f"{name} ({code})"
    return f"{diag.message_primary} ({code})"


def _condition(code: str) -> str:
    """Give the words for a code: 22012 is `division by zero`."""
    try:
        name = lookup(code).__name__
    except KeyError:
        return "error"
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
