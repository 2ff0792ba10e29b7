"""Talk to PostgreSQL in libpq's pipeline mode: many small questions, few round trips.

Each `Exchange` is a group of commands between two sync points: an error ends its group and
leaves the others alone.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from psycopg import pq
from psycopg.pq.abc import PGconn, PGresult

from sqlward_codegen.asking.answer import ServerError

GROUPS_IN_FLIGHT = 50
"""How many groups are sent before answers are read; small enough for the socket's buffers."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a group: prepare-and-describe `sql`, or run it (with text parameters)."""

    sql: str
    prepare: bool = False
    parameters: tuple[str, ...] = ()


class ConnectionLostError(Exception):
    """The server went away in the middle of a conversation."""


Answer = list[PGresult] | ServerError


def converse(connection: PGconn, groups: Sequence[Sequence[Command]]) -> Generator[Answer]:
    """Send the groups and give each one's answer, in order.

    An answer is the results of the group's commands (a described prepare counts as one), or
    the first error. Raises ConnectionLostError.
    """
    connection.enter_pipeline_mode()
    try:
        for start in range(0, len(groups), GROUPS_IN_FLIGHT):
            batch = groups[start : start + GROUPS_IN_FLIGHT]
            for group in batch:
                _send(connection, group)
            connection.flush()
            for group in batch:
                yield _receive(connection, group)
    except pq_error() as error:
        raise _lost(connection, error) from error
    finally:
        if connection.status == pq.ConnStatus.OK:
            _leave(connection)


def _lost(connection: PGconn, error: Exception) -> ConnectionLostError:
    # A connection that is gone complains of what it is asked next; what it said itself is better.
    said = connection.get_error_message().strip()
    is_gone = connection.status != pq.ConnStatus.OK
    return ConnectionLostError(said if is_gone and said else str(error))


def pq_error() -> type[Exception]:
    """Give the exception that libpq calls raise (its module is private to the binding)."""
    from psycopg import OperationalError

    return OperationalError


def _send(connection: PGconn, group: Sequence[Command]) -> None:
    for command in group:
        if command.prepare:
            connection.send_prepare(b"", command.sql.encode())
            connection.send_describe_prepared(b"")
        else:
            values = [value.encode() for value in command.parameters]
            connection.send_query_params(command.sql.encode(), values)
    connection.pipeline_sync()


def _receive(connection: PGconn, group: Sequence[Command]) -> Answer:
    results: list[PGresult] = []
    failure: ServerError | None = None
    while True:
        result = connection.get_result()
        if result is None:
            if connection.status != pq.ConnStatus.OK:
                raise ConnectionLostError(connection.get_error_message())
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            break
        if result.status == pq.ExecStatus.FATAL_ERROR:
            if connection.status != pq.ConnStatus.OK:
                raise ConnectionLostError(connection.get_error_message())
            failure = failure or server_error(result)
        elif result.status != pq.ExecStatus.PIPELINE_ABORTED:
            results.append(result)
    return failure or list(_only_described(results, group))


def _only_described(results: list[PGresult], group: Sequence[Command]) -> Iterator[PGresult]:
    remaining = iter(results)
    for command in group:
        if command.prepare:
            next(remaining, None)
        result = next(remaining, None)
        if result is not None:
            yield result


def _leave(connection: PGconn) -> None:
    try:
        connection.exit_pipeline_mode()
    except pq_error():
        # An iterator that was closed half-way leaves answers unread: the connection is done.
        connection.finish()


def server_error(result: PGresult) -> ServerError:
    """Give the fields of an error result."""

    def field(code: pq.DiagnosticField) -> str | None:
        value = result.error_field(code)
        return None if value is None else value.decode("utf-8", "replace")

    position = field(pq.DiagnosticField.STATEMENT_POSITION)
    return ServerError(
        message=field(pq.DiagnosticField.MESSAGE_PRIMARY) or "unknown error",
        sqlstate=field(pq.DiagnosticField.SQLSTATE) or "",
        position=int(position) if position else 0,
        hint=field(pq.DiagnosticField.MESSAGE_HINT),
        detail=field(pq.DiagnosticField.MESSAGE_DETAIL),
    )
