"""Turn what PostgreSQL says of a statement into a diagnostic in the user's file."""

from __future__ import annotations

import re

from sqlward_codegen.asking.answer import ServerError
from sqlward_codegen.asking.two_types import other_uses
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.messages.suggest import nearest
from sqlward_codegen.model import ParameterSource, SourceMap, Span, Statement

_WORD = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|[\w$.]+|[-+*/<>=~!@#%^&|`?]+|\S""")
_PARAMETER = re.compile(r"\$(\d+)")
_UNDEFINED_TABLE = "42P01"
_UNDETERMINED_TYPE = "42P18"
_INDETERMINATE_DATATYPE = "42P38"
_ONE_TYPE = "a parameter has one type: cast one of its uses, or write two parameters"
_QUOTED = re.compile(r'"([^"]*)"')


def refusal(
    statement: Statement, error: ServerError, source_map: SourceMap, sql: str, catalog: Catalog
) -> Diagnostic:
    """Give the diagnostic for a statement that PostgreSQL refuses.

    `error.position` counts in `sql`, the text that was sent; `source_map` leads it back.
    """
    span = _span(statement, error, source_map, sql)
    said = _lower_first(_with_names(error.message, statement))
    others = other_uses(statement, error, span)
    hint = error.hint and _lower_first(error.hint).rstrip(".")
    return Diagnostic(
        "SW201",
        f"PostgreSQL refuses `{statement.query.name}`: {said}",
        (Label(span, said), *others),
        help=(_ONE_TYPE if others else hint) or _help(error, statement, catalog),
        notes=(error.detail,) if error.detail else (),
    )


def _with_names(message: str, statement: Statement) -> str:
    """Put the user's names in the place of `$1`, which may stand nowhere in the file."""
    names = {str(p.number): f"`{p.name}`" for p in statement.parameters if p.name}
    return _PARAMETER.sub(lambda found: names.get(found[1], found[0]), message)


def _span(statement: Statement, error: ServerError, source_map: SourceMap, sql: str) -> Span:
    if not error.position:
        named = _named_parameter(error, statement)
        return named.spans[0] if named else statement.query.name_span
    start = min(error.position - 1, len(sql))
    word = _WORD.match(sql, start)
    return source_map.span(start, word.end() if word else None)


def _named_parameter(error: ServerError, statement: Statement) -> ParameterSource | None:
    number = _PARAMETER.search(error.message)
    return next((p for p in statement.parameters if number and str(p.number) == number[1]), None)


def _help(error: ServerError, statement: Statement, catalog: Catalog) -> str | None:
    if error.sqlstate in (_UNDETERMINED_TYPE, _INDETERMINATE_DATATYPE):
        parameter = _named_parameter(error, statement)
        name = parameter.name if parameter else None
        written = f"@{name}" if name else f"${parameter.number}" if parameter else "@name"
        return f"say the parameter's type with a cast: `{written}::text`"
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
