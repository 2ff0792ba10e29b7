"""What authorization raises. No message says who, what, or why: that is in the debug log."""

from __future__ import annotations

from sqlward.errors import NoRowsError, SqlwardError


class NotAuthorizedError(NoRowsError):
    """The subject may not do this, or there is no such row: a caller cannot tell which.

    `query` is the query's name when one was run, else empty.
    """

    def __init__(self, query: str = "", index: int | None = None) -> None:
        super().__init__(query, index)
        self.args = ("not authorized",)


class NoActorError(SqlwardError):
    """Something asked for authorization, and nobody is acting."""

    def __init__(self) -> None:
        super().__init__("there is no actor: enter `acting_as(subject)` first")

    def __reduce__(self) -> tuple[type[NoActorError], tuple[()]]:
        return type(self), ()


class RoleError(SqlwardError):
    """A role's stored form is not one; the message says where."""
