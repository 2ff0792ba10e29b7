"""Turn what PostgreSQL says of a statement into a diagnostic in the user's file."""

from __future__ import annotations

import re

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.model import SourceMap, Span, Statement
from sqlward_codegen.pipeline import ServerError
from sqlward_codegen.suggest import nearest
from sqlward_codegen.two_types import other_uses

_WORD = re.compile(r'"(?:[^"]|"")*"|[\w$.]+|\S')
_UNDEFINED_TABLE = "42P01"
_UNDETERMINED_TYPE = "42P18"
_INDETERMINATE_DATATYPE = "42P38"
_QUOTED = re.compile(r'"([^"]*)"')


def refusal(
    statement: Statement, error: ServerError, source_map: SourceMap, sql: str, catalog: Catalog
) -> Diagnostic:
    """Give the diagnostic for a statement that PostgreSQL refuses.

    `error.position` counts in `sql`, the text that was sent; `source_map` leads it back.
    """
    span = _span(statement, error, source_map, sql)
    return Diagnostic(
        "SW201",
        f"PostgreSQL refuses `{statement.query.name}`: {_lower_first(error.message)}",
        (Label(span, _lower_first(error.message)), *other_uses(statement, error, span)),
        help=(error.hint and _lower_first(error.hint).rstrip(".")) or _help(error, catalog),
        notes=(error.detail,) if error.detail else (),
    )


def _span(statement: Statement, error: ServerError, source_map: SourceMap, sql: str) -> Span:
    if not error.position:
        return statement.query.name_span
    start = min(error.position - 1, len(sql))
    word = _WORD.match(sql, start)
    return source_map.span(start, word.end() if word else None)


def _help(error: ServerError, catalog: Catalog) -> str | None:
    if error.sqlstate in (_UNDETERMINED_TYPE, _INDETERMINATE_DATATYPE):
        return "say the parameter's type with a cast: `@name::text`"
    if error.sqlstate != _UNDEFINED_TABLE:
        return None
    named = _QUOTED.search(error.message)
    if not named:
        return None
    names = [r.name for r in catalog.relations]
    names += [f"{r.schema}.{r.name}" for r in catalog.relations]
    close = nearest(named.group(1), names)
    return f"did you mean `{close}`?" if close else None


def _lower_first(message: str) -> str:
    first = message.split(" ", 1)[0]
    # A word such as `INSERT` or `DISTINCT` keeps its capitals.
    return message if first.isupper() else message[:1].lower() + message[1:]
