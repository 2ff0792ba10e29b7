"""How a method reads: its signature, its docstring and the call that it makes."""

from __future__ import annotations

from sqlward_codegen.emit.conversions import Codecs, converted
from sqlward_codegen.emit.methods import Method
from sqlward_codegen.emit.plan import MethodText
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.text import docstring
from sqlward_codegen.model import Command

RAISES = "Raises `NoRowsError` when there is no such row."

_ONE_GROUP = "an aggregate without GROUP BY gives one row"
_ONE_INSERT = "INSERT of one VALUES row"


def method_text(method: Method, scope: Scope, codecs: Codecs | None = None) -> MethodText:
    """Give the method's text in a module; a protocol's (without `codecs`) makes no call."""
    call = ""
    if codecs is not None:
        call = _call(method, scope, codecs)
    return MethodText(
        name=method.name,
        arguments=_arguments(method, False, scope),
        async_arguments=_arguments(method, True, scope),
        result=scope.annotation(method.result(False)),
        async_result=scope.annotation(method.result(True)),
        doc=_doc(method),
        call=call,
        is_coroutine=method.command is not Command.ITER,
    )


def _arguments(method: Method, is_async: bool, scope: Scope) -> str:
    rows = method.rows_argument(is_async)
    if rows is not None:
        return f"self, rows: {scope.annotation(rows)}"
    given = [f"{a.name}: {scope.annotation(a.annotation)}" for a in method.arguments]
    if len(given) > 1:
        given.insert(0, "*")
    return ", ".join(["self", *given])


def _call(method: Method, scope: Scope, codecs: Codecs) -> str:
    runner = f"self._{method.command.value.removeprefix(':')}"
    if method.item is not None:
        values = f"_{method.name}_values"
        if method.command is Command.COPYFROM:
            return f"{runner}({method.constant}, rows, {values})"
        return f"{runner}({method.constant}, map({values}, rows))"
    values = ""
    for argument in method.arguments:
        value = argument.name
        if argument.encode is not None:
            nullable = argument.annotation.nullable
            value = converted(argument.encode, value, nullable, scope, codecs)
        values += f", {value}"
    return f"{runner}({method.constant}{values})"


def _doc(method: Method) -> str | None:
    lines = list(method.query.statement.query.doc)
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    if method.command is Command.ONE and not _always_gives_a_row(method):
        lines += ["", RAISES] if lines else [RAISES]
    return docstring(tuple(lines), 8) if lines else None


def _always_gives_a_row(method: Method) -> bool:
    """Whether there is no use in a word about a missing row; False where that is not clear."""
    sql = method.query.statement.sql.lower()
    reason = method.query.cardinality.reason
    if reason == _ONE_GROUP:
        return "having" not in sql
    return reason == _ONE_INSERT and "conflict" not in sql
