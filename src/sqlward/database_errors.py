"""What a statement, a transaction or a pool failed with.

The psycopg error is the `__cause__`; its `diag` has all that the server said. Messages,
that of the cause included, hold no value: neither a parameter nor what is stored.
"""

from __future__ import annotations

from sqlward.errors import SqlwardError


class DatabaseError(SqlwardError):
    """The database, or the way to it, failed a statement or a transaction.

    `query` is the query's name, None where a transaction as a whole failed; `sqlstate` is
    PostgreSQL's code ("PostgreSQL Error Codes" in its manual), None where the server said
    nothing.
    """

    def __init__(
        self, message: str, *, query: str | None = None, sqlstate: str | None = None
    ) -> None:
        super().__init__(message)
        self.query = query
        self.sqlstate = sqlstate


class ConstraintViolation(DatabaseError):  # noqa: N818  (the word for it, as in PostgreSQL)
    """A row would break a constraint.

    `constraint` is its name: the member of the generated enum where the store has it, else
    plain text, None where it has none. `schema`, `table`, `column` and `domain` say where, as
    far as the server does.
    """

    def __init__(
        self,
        message: str,
        *,
        query: str | None = None,
        sqlstate: str | None = None,
        constraint: str | None = None,
        schema: str | None = None,
        table: str | None = None,
        column: str | None = None,
        domain: str | None = None,
    ) -> None:
        super().__init__(message, query=query, sqlstate=sqlstate)
        self.constraint = constraint
        self.schema = schema
        self.table = table
        self.column = column
        self.domain = domain


class UniqueViolation(ConstraintViolation):
    """A key is there already; `constraint` is a `UniqueConstraint`."""


class ForeignKeyViolation(ConstraintViolation):
    """A row refers to none, or is still referred to; `constraint` is a `ForeignKeyConstraint`."""


class CheckViolation(ConstraintViolation):
    """A row or a domain's value fails its check; `constraint` is a `CheckConstraint`."""


class ExclusionViolation(ConstraintViolation):
    """A row collides with another; `constraint` is an `ExclusionConstraint`."""


class NotNullViolation(ConstraintViolation):
    """NULL stands where it must not; `column` says where, or `domain`."""


class TransactionConflictError(DatabaseError):
    """The transaction met another one; it may well succeed when all of it runs again."""


class SerializationError(TransactionConflictError):
    """The transaction cannot be put in an order with the others (SQLSTATE 40001)."""


class DeadlockError(TransactionConflictError):
    """The transaction and another waited for each other (SQLSTATE 40P01)."""


class LockNotAvailableError(DatabaseError):
    """A lock was not free: `NOWAIT`, or `lock_timeout` passed (SQLSTATE 55P03)."""


class QueryTimeoutError(DatabaseError):
    """The statement ran longer than it may."""


class QueryCancelledError(DatabaseError):
    """Somebody cancelled the statement (SQLSTATE 57014)."""


class ConnectionLostError(DatabaseError):
    """The connection to the server was lost, or could not be made.

    Whether a statement that was under way took effect is not known.
    """


class UnrepresentableValueError(DatabaseError):
    """The database holds a value that its Python type has none for: a date `infinity`, `24:00`."""


class UnreachableError(ConnectionLostError):
    """No connection could be made when a store was opened."""


class PoolExhaustedError(DatabaseError):
    """The pool had no connection to lend in its time."""


class StoreClosedError(DatabaseError):
    """The pool under the store is closed."""
