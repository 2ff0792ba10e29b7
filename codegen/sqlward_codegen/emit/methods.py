"""The method of each query: its name, its arguments and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.emit.rows import RowKind, RowShape, RowShapes, no_python_type
from sqlward_codegen.model import Command, Parameter, Query
from sqlward_codegen.names import (
    class_stem,
    constant_case,
    identifier,
    snake_case,
    unique_all,
)
from sqlward_codegen.types.annotation import (
    BUILTINS,
    NONE,
    UNION,
    Annotation,
    Conversion,
    PythonType,
    builtin,
    or_none,
)
from sqlward_codegen.types.mapping import NoPythonTypeError, Value


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method: what the statement's parameter `type_oid` is given."""

    name: str
    annotation: Annotation
    type_oid: int
    encode: Conversion | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A query as a method of the store.

    `row` is None where no rows come back. Of a bulk command, `arguments` are the parts of one
    item and `item` is what an item is: a class of several parts, or the one part's type.
    """

    name: str
    constant: str
    query: Query
    module: str
    arguments: tuple[Argument, ...]
    row: RowShape | None = None
    item: Annotation | None = None
    binary_input: bool = True

    @property
    def command(self) -> Command:
        """The command of its query."""
        return self.query.command

    @property
    def has_item_class(self) -> bool:
        """Whether its items are of a class that is made for them."""
        return self.item is not None and len(self.arguments) > 1

    @property
    def own_classes(self) -> tuple[str, ...]:
        """The names of the classes that are made for it alone."""
        names: list[str] = []
        if self.row is not None:
            names += [name for name, _ in self.row.nested]
            if self.row.kind is RowKind.CLASS:
                names.append(self.row.annotation.name)
        if self.has_item_class and self.item is not None:
            names.append(self.item.name)
        return tuple(names)

    def result(self, is_async: bool) -> Annotation:
        """Give the annotation of what the method gives (once awaited, if it is to be)."""
        plain = _PLAIN_RESULTS.get(self.command)
        if plain is not None:
            return plain
        row = self.row.annotation if self.row is not None else NONE
        match self.command:
            case Command.OPT:
                return or_none(row, True)
            case Command.MANY | Command.BATCHONE:
                return builtin("list", row)
            case Command.BATCHMANY:
                return builtin("list", builtin("list", row))
            case Command.ITER:
                name = "AsyncIterator" if is_async else "Iterator"
                return Annotation("collections.abc", name, (row,))
        return row

    def rows_argument(self, is_async: bool) -> Annotation | None:
        """Give the annotation of a bulk method's `rows`, None for any other."""
        if self.item is None:
            return None
        iterable = Annotation("collections.abc", "Iterable", (self.item,))
        if is_async and self.command is Command.COPYFROM:
            other = Annotation("collections.abc", "AsyncIterable", (self.item,))
            return Annotation(BUILTINS, UNION, (iterable, other))
        return iterable


_PLAIN_RESULTS = {
    Command.EXEC: NONE,
    Command.EXECROWS: builtin("int"),
    Command.EXECRESULT: Annotation("sqlward.query", "ExecResult"),
    Command.COPYFROM: builtin("int"),
    Command.BATCHEXEC: NONE,
}


def method(query: Query, module: str, rows: RowShapes) -> Method:
    """Give the query's method; its own classes live in `module`."""
    constant = constant_case(query.name, "QUERY")
    name = snake_case(query.name, "query")
    arguments = _arguments(query, constant, rows)
    row = rows.shape(query, module) if query.command.returns_rows else None
    item = None
    if query.command.is_bulk:
        item = _item(query, module, arguments, rows.diagnostics)
    binary = all(rows.types.is_binary_input(a.type_oid) for a in arguments)
    return Method(name, constant, query, module, arguments, row, item, binary)


def _arguments(query: Query, constant: str, rows: RowShapes) -> tuple[Argument, ...]:
    renames = rows.renames
    parameters = sorted(query.parameters, key=lambda p: p.number)
    names = unique_all(
        (
            identifier(renames[p.name]) if p.name in renames else snake_case(p.name, "parameter")
            for p in parameters
        ),
        {constant},
    )
    arguments: list[Argument] = []
    for parameter, name in zip(parameters, names, strict=True):
        type_ = _parameter_type(query, parameter, rows)
        arguments.append(Argument(name, type_.parameter, parameter.type_oid, type_.encode))
    return tuple(arguments)


def _parameter_type(query: Query, parameter: Parameter, rows: RowShapes) -> PythonType:
    value = Value(
        parameter.type_oid,
        parameter.verdict.nullable,
        parameter.elements is None or parameter.elements.nullable,
        parameter.dimensions,
        parameter.column,
        query.name,
        parameter.name,
        is_parameter=True,
        is_slice=parameter.is_slice,
    )
    try:
        return rows.types.of(value)
    except NoPythonTypeError as unknown:
        place = parameter.span or query.statement.query.name_span
        label = Label(place, f"`{parameter.name}` is of type `{unknown.type_name}`")
        rows.diagnostics.append(no_python_type(unknown.type_name, label))
        return PythonType(builtin("object"), builtin("object"), binary=False)


def _item(
    query: Query, module: str, arguments: tuple[Argument, ...], diagnostics: list[Diagnostic]
) -> Annotation:
    if not arguments:
        raw = query.statement.query
        diagnostics.append(
            Diagnostic(
                "SW306",
                f"`{query.name}` is `{query.command}` but has no parameters",
                (Label(raw.command_span, "runs once for each set of parameters"),),
                help="give it a parameter, or make it `:exec`",
            )
        )
        return NONE
    if len(arguments) == 1:
        return arguments[0].annotation
    return Annotation(module, f"{class_stem(query.name)}Params")
