"""The module of one query file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.emit.authz_plan import StoreRules
from sqlward_codegen.emit.authz_variants import method_variants, query_variants
from sqlward_codegen.emit.conversions import Codecs, converted
from sqlward_codegen.emit.methods import Argument, Method
from sqlward_codegen.emit.plan import (
    ClassText,
    FieldText,
    FunctionText,
    QueriesModule,
    QueryText,
)
from sqlward_codegen.emit.rows import RowKind, RowPart, RowShape
from sqlward_codegen.emit.schema_classes import maker_name
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.emit.signature import method_text
from sqlward_codegen.emit.text import docstring, sql_literal, string
from sqlward_codegen.model import Command
from sqlward_codegen.names import pascal_case, snake_case
from sqlward_codegen.timeout import timeout_of
from sqlward_codegen.types.annotation import Annotation, builtin
from sqlward_codegen.types.sql_names import column_list, sql_type_name, table_name


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A query file's methods, under the name of the module that they become.

    `overrides` are the positions of the configuration's overrides that apply in it.
    """

    source: str
    module: str
    methods: tuple[Method, ...]
    overrides: tuple[int, ...] = ()

    @property
    def class_name(self) -> str:
        """The class of the module's queries."""
        stem = self.module.removeprefix(".").removesuffix("_queries")
        return f"{pascal_case(stem)}Queries"

    @property
    def interface(self) -> str:
        """A digest of all that the store's other modules show of this file."""
        import msgspec

        shown = [
            (
                method.name,
                method.command,
                method.arguments,
                method.item,
                method.row and method.row.annotation,
                method.own_classes,
                method.query.statement.query.doc,
                method.query.cardinality.reason,
                sorted({column.type_oid for column in method.query.columns}),
            )
            for method in self.methods
        ]
        data = msgspec.msgpack.encode((self.module, self.overrides, shown))
        return blake2b(data, digest_size=16).hexdigest()


def query_module(
    file: QueryFile,
    catalog: Catalog,
    config: Config,
    codecs: Codecs,
    rules: StoreRules | None = None,
) -> QueriesModule:
    """Give the plan of a query file's module; with `rules`, also the forms that they need."""
    scope = Scope(file.module, _defined(file), _attributes(file), _arguments(file))
    for module, name in _ALWAYS:
        scope.name(module, name)
    writer = _QueryWriter(scope, catalog, config, codecs)
    queries = [writer.query(method) for method in file.methods]
    methods = [method_text(method, scope, codecs) for method in file.methods]
    if rules is not None:
        pairs = list(zip(file.methods, queries, methods, strict=True))
        queries = [t for m, q, _ in pairs for t in (q, *query_variants(m, q, rules))]
        methods = [t for m, _, x in pairs for t in (x, *method_variants(m, x, rules, scope))]
    doc = docstring((f"The queries of `{file.source}`.",), 0)
    return QueriesModule(
        path=f"{file.module.removeprefix('.')}.py",
        doc=doc,
        imports=scope.imports(),
        source=file.source,
        class_name=file.class_name,
        async_class_name=f"Async{file.class_name}",
        class_doc=docstring((f"The queries of `{file.source}`.",), 4),
        queries=tuple(queries),
        methods=tuple(methods),
    )


_ALWAYS = (
    ("typing", "Final"),
    ("sqlward.aio", "AsyncQuerier"),
    ("sqlward.sync", "Querier"),
)


def decorator(scope: Scope, config: Config) -> str:
    """Give the decorator of a row's class."""
    name = scope.name("dataclasses", "dataclass", called=True)
    return f"@{name}({'frozen=True, ' if config.frozen_rows else ''}slots=True)"


def row_function(name: str, annotation: str, expression: str, scope: Scope) -> FunctionText:
    """Give the function that makes a row from its values."""
    sequence = scope.name("collections.abc", "Sequence")
    return FunctionText(
        name, f"values: {sequence}[{scope.name('typing', 'Any')}]", annotation, expression
    )


def _defined(file: QueryFile) -> set[str]:
    names = {file.class_name, f"Async{file.class_name}"}
    for method in file.methods:
        names.add(method.constant)
        names.update(f"_{method.name}_{what}" for what in ("row", "values"))
        names.update(method.own_classes)
    return names


def _attributes(file: QueryFile) -> set[str]:
    names: set[str] = set()
    for method in file.methods:
        names.add(method.name)
        if method.row is not None:
            names.update(part.name for part in method.row.parts)
            names.update(f.name for _, fields in method.row.nested for f in fields)
        if method.has_item_class:
            names.update(argument.name for argument in method.arguments)
    return names


def _arguments(file: QueryFile) -> set[str]:
    return {argument.name for method in file.methods for argument in method.arguments}


class _QueryWriter:
    """Writes the constants of a file's queries; equal row classes are written once."""

    def __init__(self, scope: Scope, catalog: Catalog, config: Config, codecs: Codecs) -> None:
        self._scope = scope
        self._catalog = catalog
        self._config = config
        self._codecs = codecs
        self._seen: dict[tuple[object, ...], str] = {}

    def query(self, method: Method) -> QueryText:
        classes: list[ClassText] = []
        functions: list[FunctionText] = []
        alias: tuple[str, str] | None = None
        row = method.row
        maker = ""
        if row is not None:
            first = self._first_alike(row)
            if first is not None:
                self._scope.name("typing", "TypeAlias")
                alias = (row.annotation.name, first)
            else:
                classes += self._row_classes(row)
            plain, function = self._maker(method, row, first)
            maker = self._checked(method, row, plain)
            if function is not None and first is None:
                functions.append(function)
        if method.has_item_class and method.item is not None:
            classes.append(self._item_class(method.item.name, method.arguments))
        if method.item is not None:
            functions.append(self._values_function(method))
        return QueryText(
            constant=method.constant,
            constructor=self._constructor(method),
            name=string(method.query.name),
            sql=self._sql(method),
            keywords=tuple(self._keywords(method, maker)),
            classes=tuple(classes),
            alias=alias,
            functions=tuple(functions),
        )

    def _first_alike(self, row: RowShape) -> str | None:
        """Give the class of an earlier query whose rows have the same shape."""
        if row.kind is not RowKind.CLASS or row.nested:
            return None
        name = row.annotation.name
        first = self._seen.setdefault(row.parts, name)
        return None if first == name else first

    def _row_classes(self, row: RowShape) -> list[ClassText]:
        classes = [
            self._class(name, [(f.name, f.type.result) for f in fields])
            for name, fields in row.nested
        ]
        if row.kind is RowKind.CLASS:
            fields = [(part.name, part.annotation) for part in row.parts]
            classes.append(self._class(row.annotation.name, fields))
        return classes

    def _item_class(self, name: str, arguments: Sequence[Argument]) -> ClassText:
        return self._class(name, [(a.name, a.annotation) for a in arguments])

    def _class(self, name: str, fields: Sequence[tuple[str, Annotation]]) -> ClassText:
        return ClassText(
            name,
            decorator(self._scope, self._config),
            tuple(FieldText(n, self._scope.annotation(a)) for n, a in fields),
        )

    def _maker(
        self, method: Method, row: RowShape, first: str | None
    ) -> tuple[str, FunctionText | None]:
        """Give the expression for `row=`, and the function that it names if it needs one."""
        if row.kind is RowKind.MODEL and row.model is not None:
            if row.model.converts:
                return self._scope.name(row.model.annotation.module, row.model.maker), None
            return self._positional(self._scope.annotation(row.model.annotation)), None
        if all(part.is_plain for part in row.parts):
            if row.kind is RowKind.SCALAR:
                return f"{self._scope.name('sqlward.rows', 'scalar')}()", None
            return self._positional(first or row.annotation.name), None
        name = f"_{snake_case(first) if first else method.name + '_row'}"
        annotation = self._scope.annotation(row.annotation)
        parts = [self._part(part) for part in row.parts]
        if row.kind is RowKind.SCALAR:
            expression = parts[0]
        else:
            expression = f"{row.annotation.name}({', '.join(parts)})"
        return name, row_function(name, annotation, expression, self._scope)

    def _checked(self, method: Method, row: RowShape, maker: str) -> str:
        """Give the expression for `row=` that also looks for NULL where none is declared to be."""
        if not row.checks:
            return maker
        arguments = [string(method.query.name), maker]
        for keyword, in_elements in (("values", False), ("elements", True)):
            pairs = [
                f"({c.position}, {string(c.name)}),"
                for c in row.checks
                if c.in_elements == in_elements
            ]
            if pairs:
                arguments.append(f"{keyword}=({' '.join(pairs)})")
        return f"{self._scope.name('sqlward.rows', 'checked')}({', '.join(arguments)})"

    def _positional(self, class_name: str) -> str:
        return f"{self._scope.name('sqlward.rows', 'row')}({class_name})"

    def _part(self, part: RowPart) -> str:
        value = f"values[{part.start}]"
        if part.end is None:
            if part.decode is None:
                return value
            return converted(
                part.decode, value, part.annotation.nullable, self._scope, self._codecs
            )
        return self._embed(part)

    def _embed(self, part: RowPart) -> str:
        assert part.maker is not None
        values = f"values[{part.start}:{part.end}]"
        name = self._scope.annotation(part.maker)
        if part.converts:
            function = maker_name(part.maker.name)
            made = f"{self._scope.name(part.maker.module, function)}({values})"
        else:
            made = f"{name}(*{values})"
        if not part.annotation.nullable:
            return made
        if part.discriminator is not None:
            return f"{made} if values[{part.discriminator}] is not None else None"
        return f"{made} if any(value is not None for value in {values}) else None"

    def _values_function(self, method: Method) -> FunctionText:
        """Give the function that takes an item of a bulk method apart."""
        assert method.item is not None
        several = method.has_item_class
        argument = "item"
        values = [
            self._encoded(a, f"{argument}.{a.name}" if several else argument)
            for a in method.arguments
        ]
        any_ = self._scope.name("typing", "Any")
        return FunctionText(
            f"_{method.name}_values",
            f"{argument}: {self._scope.annotation(method.item)}",
            f"{self._scope.name('builtins', 'tuple')}[{any_}, ...]",
            f"({', '.join(values)}{',' if len(values) == 1 else ''})",
        )

    def _encoded(self, argument: Argument, value: str) -> str:
        if argument.encode is None:
            return value
        nullable = argument.annotation.nullable
        return converted(argument.encode, value, nullable, self._scope, self._codecs)

    def _constructor(self, method: Method) -> str:
        if method.command is Command.COPYFROM:
            return self._scope.name("sqlward.query", "Copy")
        row = method.row.annotation if method.row is not None else builtin("None")
        query = self._scope.name("sqlward.query", "Query")
        return f"{query}[{self._scope.annotation(row)}]"

    def _sql(self, method: Method) -> str:
        copy = method.query.copy
        if method.command is Command.COPYFROM and copy is not None:
            target = f"{table_name(copy.schema, copy.table)} ({column_list(copy.columns)})"
            form = "BINARY" if method.binary_input else "TEXT"
            return string(f"COPY {target} FROM STDIN (FORMAT {form})")
        pushdown = method.query.statement.pushdown
        sql = pushdown.plain if pushdown else method.query.statement.sql
        return sql_literal(f"-- name: {method.query.name} {method.command}\n{sql}")

    def _keywords(self, method: Method, maker: str) -> Iterator[str]:
        types = [
            string(sql_type_name(self._catalog, p.type_oid, p.dimensions))
            for p in sorted(method.query.parameters, key=lambda p: p.number)
        ]
        if types:
            yield f"parameters=({', '.join(types)}{',' if len(types) == 1 else ''})"
        if maker:
            yield f"row={maker}"
        is_copy = method.command is Command.COPYFROM
        if not (method.binary_input if is_copy else method.row is None or method.row.binary):
            yield "binary=False"
        timeout = timeout_of(method.query.statement.query)
        if timeout is not None:
            yield f"timeout={timeout:g}"
