"""What the run time raises. No message holds a value that was sent or stored.

What PostgreSQL itself reports is in `database_errors`.
"""

from __future__ import annotations


class SqlwardError(Exception):
    """Anything that sqlward's run time raises by itself."""


class NoRowsError(SqlwardError):
    """A query that returns exactly one row found none.

    `query` is the query's name, `index` the position of the parameter set in a batch.
    """

    def __init__(self, query: str, index: int | None = None) -> None:
        super().__init__(f"`{query}` returned no row{_at(index)}")
        self.query = query
        self.index = index

    def __reduce__(self) -> tuple[type[NoRowsError], tuple[str, int | None]]:
        return type(self), (self.query, self.index)


class TooManyRowsError(SqlwardError):
    """A query that returns at most one row found several.

    `query` is the query's name, `rows` how many there were, `index` the position of the
    parameter set in a batch.
    """

    def __init__(self, query: str, rows: int, index: int | None = None) -> None:
        super().__init__(f"`{query}` returned {rows} rows, expected one{_at(index)}")
        self.query = query
        self.rows = rows
        self.index = index

    def __reduce__(self) -> tuple[type[TooManyRowsError], tuple[str, int, int | None]]:
        return type(self), (self.query, self.rows, self.index)


class UnexpectedNullError(SqlwardError):
    """A result holds NULL where `non_null_elements` of the configuration declares that none is.

    `query` is the query's name, `column` that of the result's column.
    """

    def __init__(self, query: str, column: str) -> None:
        super().__init__(
            f"`{query}` returned NULL in `{column}`, "
            "but the configuration declares it to hold none (`non_null_elements`)"
        )
        self.query = query
        self.column = column

    def __reduce__(self) -> tuple[type[UnexpectedNullError], tuple[str, str]]:
        return UnexpectedNullError, (self.query, self.column)


class ParameterError(SqlwardError):
    """A parameter's value cannot be sent as the type that the query was compiled with.

    `query` is the query's name, `number` counts from 1, `type` is the PostgreSQL type and
    `given` the name of the Python type of the value.
    """

    def __init__(self, query: str, number: int, type: str, given: str) -> None:
        super().__init__(f"`{query}`: parameter ${number} is `{type}`, cannot send this `{given}`")
        self.query = query
        self.number = number
        self.type = type
        self.given = given

    def __reduce__(self) -> tuple[type[ParameterError], tuple[str, int, str, str]]:
        return ParameterError, (self.query, self.number, self.type, self.given)


class UnknownEnumLabelError(SqlwardError):
    """The database holds an enum label that the generated `StrEnum` does not have."""

    def __init__(self, type: str, label: str) -> None:
        super().__init__(
            f"enum `{type}` has the label `{label}` in this database, "
            "but the store was generated without it"
        )
        self.type = type
        self.label = label

    def __reduce__(self) -> tuple[type[UnknownEnumLabelError], tuple[str, str]]:
        return UnknownEnumLabelError, (self.type, self.label)


class UnknownTypeError(SqlwardError):
    """A type that the store was compiled with does not exist in this database."""

    def __init__(self, type: str) -> None:
        super().__init__(f"type `{type}` does not exist in this database")
        self.type = type

    def __reduce__(self) -> tuple[type[UnknownTypeError], tuple[str]]:
        return UnknownTypeError, (self.type,)


class CompositeMismatchError(SqlwardError):
    """The database's composite type has fewer fields than the generated dataclass."""

    def __init__(self, type: str, expected: int, found: int) -> None:
        super().__init__(
            f"composite type `{type}` has {found} fields in this database, "
            f"but the store was generated with {expected}"
        )
        self.type = type
        self.expected = expected
        self.found = found

    def __reduce__(self) -> tuple[type[CompositeMismatchError], tuple[str, int, int]]:
        return CompositeMismatchError, (self.type, self.expected, self.found)


class ClientEncodingError(SqlwardError):
    """The connection's client encoding is not UTF8."""

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"the connection's client_encoding is `{encoding}`, expected `UTF8`: "
            "connect with `client_encoding=utf8`"
        )
        self.encoding = encoding

    def __reduce__(self) -> tuple[type[ClientEncodingError], tuple[str]]:
        return ClientEncodingError, (self.encoding,)


class TransactionError(SqlwardError):
    """A transaction is used as it cannot be."""


class TransactionOverError(TransactionError):
    """A store is used whose transaction is over."""


class TransactionOwnerError(TransactionError):
    """A store in a transaction is used by another thread or task than the one that opened it."""


class TransactionAbortedError(TransactionError):
    """A statement had failed, its error was caught, and so nothing could be committed."""


class TransactionModeError(TransactionError):
    """A transaction was to be joined that does not give what is asked for."""


def _at(index: int | None) -> str:
    return "" if index is None else f" for item {index} of the batch"
