"""Running SQL texts on the server, and telling the user where one of them fails."""

from __future__ import annotations

import re
from typing import Any, LiteralString

from psycopg import Connection, errors, generators
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.model import Span
from sqlward_codegen.schema.statements import split

_WORD = re.compile(r'"(?:[^"]|"")*"|[\w$]+|\S')
_FIRST_LINE = re.compile(r"[^\n]*")
_QUOTED = re.compile(r'"([^"]+)"')
_FINE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY})
_COPYING = frozenset({ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH})
_ENUM_VALUE_TOO_NEW = "55P04"
_EXTENSION_STATES = frozenset({"0A000", "58P01", "22023"})
_BUILT_IN: dict[str, LiteralString] = {
    "pgcrypto": "`gen_random_uuid()` is built in and needs no extension",
    "uuid-ossp": "the built-in `gen_random_uuid()` makes random UUIDs without an extension",
}


def execute(connection: Connection[Any], path: str, sql: str) -> None:
    """Run a text of any number of statements in one go; offsets in it are the file's.

    Without `BEGIN` in it that is one transaction. Raises `CompileError` with the place of
    the statement that fails.
    """
    if not sql.strip():
        return
    connection.pgconn.send_query(sql.encode())
    try:
        results = connection.wait(generators.execute(connection.pgconn))
    except errors.Error as failure:
        raise CompileError([_lost(path, str(failure))]) from failure
    for index, result in enumerate(results):
        if result.status not in _FINE:
            raise CompileError([_refused(path, sql, result, index)])


def _refused(path: str, sql: str, result: PGresult, index: int) -> Diagnostic:
    if result.status in _COPYING:
        return Diagnostic(
            "SW616",
            "`COPY` through the client works in psql only",
            (Label(_span(path, sql, None, index)),),
            help="write the rows with `INSERT`",
        )
    message = _field(result, DiagnosticField.MESSAGE_PRIMARY) or "no reason given"
    state = _field(result, DiagnosticField.SQLSTATE) or ""
    detail = _field(result, DiagnosticField.MESSAGE_DETAIL)
    hint = _field(result, DiagnosticField.MESSAGE_HINT)
    extension = _missing_extension(state, message)
    span = _span(path, sql, _field(result, DiagnosticField.STATEMENT_POSITION), index)
    label = Label(span, lower_first(message))
    if extension:
        return Diagnostic(
            "SW711",
            f"the schema needs the extension `{extension}`, which this PostgreSQL does not have",
            (label,),
            help=_extension_help(extension),
        )
    return Diagnostic(
        "SW606",
        f"PostgreSQL refuses the schema: {lower_first(message)}",
        (label,),
        help=_help(state, hint),
        notes=(detail,) if detail else (),
    )


def _span(path: str, sql: str, position: str | None, index: int) -> Span:
    if position:
        start = min(int(position) - 1, len(sql))
        word = _WORD.match(sql, start)
        return Span(path, start, word.end() if word else start)
    # The server did not say where; it did say how many statements went well before.
    statements = split(sql).statements
    if index >= len(statements):
        return Span(path, 0, 0)
    start, end = statements[index].start, statements[index].end
    line = _FIRST_LINE.match(sql, start, end)
    return Span(path, start, line.end() if line else end)


def _help(state: str, hint: str | None) -> str | None:
    if state == _ENUM_VALUE_TOO_NEW:
        return "use the new value in the next migration: it exists only after this one's commit"
    return lower_first(hint).rstrip(".") if hint else None


def _missing_extension(state: str, message: str) -> str | None:
    if state not in _EXTENSION_STATES or "extension" not in message:
        return None
    if "control file" in message:
        found = re.search(r'([^"/]+)\.control"', message)
        return found[1] if found else None
    quoted = _QUOTED.search(message)
    return quoted[1] if quoted and "not available" in message else None


def _extension_help(extension: str) -> str:
    way = (
        "install PostgreSQL with its contrib modules on this system, name such binaries with "
        "`--pg-bin`, or set `DATABASE_URL`"
    )
    built_in = _BUILT_IN.get(extension)
    return f"{built_in}; otherwise {way}" if built_in else way


def _lost(path: str, reason: str) -> Diagnostic:
    lines = reason.strip().splitlines() or ["no reason given"]
    return Diagnostic(
        "SW707",
        f"the connection to PostgreSQL was lost: {lines[0].strip()}",
        (Label(Span(path, 0, 0), "while this file was loaded"),),
        help="run it again; if it happens again, the server's log says why",
    )


def _field(result: PGresult, field: DiagnosticField) -> str | None:
    value = result.error_field(field)
    return value.decode(errors="replace") if value else None


def lower_first(message: str) -> str:
    """Give a message of the server in our lower case; a keyword keeps its capitals."""
    first = message.split(" ", 1)[0]
    return message if first.isupper() else message[:1].lower() + message[1:]
