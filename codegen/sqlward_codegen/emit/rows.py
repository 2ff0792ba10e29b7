"""What a query's rows are in Python: a scalar, a table's model, or a class of their own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.emit.schema_classes import ClassField, Models, RowClass, field_names
from sqlward_codegen.model import EmbeddedRelation, OutputColumn, Query, RelationUse
from sqlward_codegen.names import class_stem, pascal_case
from sqlward_codegen.types.annotation import Annotation, Conversion, PythonType, builtin, or_none
from sqlward_codegen.types.mapping import NoPythonTypeError, PythonTypes, Value


class RowKind(StrEnum):
    """How a row becomes a Python value."""

    SCALAR = "scalar"
    MODEL = "model"
    CLASS = "class"


@dataclass(frozen=True, slots=True)
class RowPart:
    """One value of a row: result position `start`, or `[start, end)` of an embed.

    An embed is made by calling `maker` (a class; a function if `converts`), and absent where
    the column `discriminator` is NULL (without one: where all of them are).
    """

    name: str
    annotation: Annotation
    start: int
    decode: Conversion | None = None
    end: int | None = None
    maker: Annotation | None = None
    converts: bool = False
    discriminator: int | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the value is taken as psycopg gives it."""
        return self.decode is None and self.end is None


@dataclass(frozen=True, slots=True)
class RowShape:
    """A query's row. `nested` are classes made for embeds that are no table's."""

    kind: RowKind
    annotation: Annotation
    parts: tuple[RowPart, ...]
    model: RowClass | None = None
    nested: tuple[tuple[str, tuple[ClassField, ...]], ...] = ()
    binary: bool = True


@dataclass(slots=True)
class RowShapes:
    """Gives the shapes of rows; what has no Python type is a diagnostic."""

    models: Models
    types: PythonTypes
    config: Config
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def shape(self, query: Query, module: str) -> RowShape:
        """Give the shape of the query's rows; classes it defines live in `module`."""
        typed = [self._column_type(query, column) for column in query.columns]
        parts, nested = self._parts(query, typed, module)
        binary = all(t.binary for t in typed)
        if len(parts) == 1:
            shape = RowShape(RowKind.SCALAR, parts[0].annotation, parts, None, nested, binary)
            return _embedded_model(shape, self.models)
        model = self._model(query, typed)
        if model is not None:
            return RowShape(RowKind.MODEL, model.annotation, parts, model, (), binary)
        annotation = Annotation(module, f"{class_stem(query.name)}Row")
        return RowShape(RowKind.CLASS, annotation, parts, None, nested, binary)

    def _column_type(self, query: Query, column: OutputColumn) -> PythonType:
        value = Value(
            column.type_oid,
            column.verdict.nullable,
            column.elements.nullable if column.elements is not None else True,
            column.dimensions,
            column.origin,
            query.name,
            column.name,
        )
        try:
            return self.types.of(value)
        except NoPythonTypeError as unknown:
            label = Label(
                query.statement.query.name_span,
                f"its column `{column.name}` is of type `{unknown.type_name}`",
            )
            self.diagnostics.append(no_python_type(unknown.type_name, label))
            return PythonType(builtin("object"), builtin("object"), binary=False)

    def _parts(
        self, query: Query, typed: list[PythonType], module: str
    ) -> tuple[tuple[RowPart, ...], tuple[tuple[str, tuple[ClassField, ...]], ...]]:
        embeds = {e.start: e for e in query.embeds}
        parts: list[RowPart] = []
        nested: list[tuple[str, tuple[ClassField, ...]]] = []
        position = 0
        while position < len(query.columns):
            embed = embeds.get(position)
            if embed is None or embed.end <= embed.start:
                type_ = typed[position]
                name = query.columns[position].name
                parts.append(RowPart(name, type_.result, position, type_.decode))
                position += 1
                continue
            part, fields = self._embed(query, embed, typed, module)
            parts.append(part)
            if fields is not None:
                nested.append(fields)
            position = embed.end
        names = field_names((p.name for p in parts), dict(self.config.renames))
        named = tuple(replace(p, name=n) for p, n in zip(parts, names, strict=True))
        return named, tuple(nested)

    def _embed(
        self, query: Query, embed: EmbeddedRelation, typed: list[PythonType], module: str
    ) -> tuple[RowPart, tuple[str, tuple[ClassField, ...]] | None]:
        model = self.models.by_table.get((embed.schema or "", embed.table or ""))
        fields: tuple[str, tuple[ClassField, ...]] | None = None
        converts = False
        if model is not None and len(model.fields) == embed.end - embed.start:
            maker = model.annotation
            converts = model.converts
        else:
            columns = query.columns[embed.start : embed.end]
            names = field_names((c.name for c in columns), dict(self.config.renames))
            own = tuple(
                ClassField(n, t) for n, t in zip(names, typed[embed.start : embed.end], strict=True)
            )
            class_name = f"{class_stem(query.name)}{pascal_case(embed.name)}"
            maker = Annotation(module, class_name)
            fields = (class_name, own)
        part = RowPart(
            embed.name,
            or_none(maker, embed.verdict.nullable),
            embed.start,
            None,
            embed.end,
            maker,
            converts,
            embed.discriminator,
        )
        return part, fields

    def _model(self, query: Query, typed: list[PythonType]) -> RowClass | None:
        if query.embeds:
            return None
        names = field_names((c.name for c in query.columns), dict(self.config.renames))
        for schema, table in _candidates(query):
            model = self.models.by_table.get((schema, table))
            if model is not None and _fits(model, names, typed):
                return model
        return None


def no_python_type(type_name: str, label: Label) -> Diagnostic:
    """Give the diagnostic for a PostgreSQL type that nobody gave a Python type."""
    return Diagnostic(
        "SW301",
        f"there is no Python type for the PostgreSQL type `{type_name}`",
        (label,),
        help=f'add an override: `{{ db_type = "{type_name}", python_type = "str" }}` in '
        "`overrides` (its values are then PostgreSQL's own text, or what `decode` makes of it)",
    )


def _embedded_model(shape: RowShape, models: Models) -> RowShape:
    """Give a lone embed that is always there the shape of its model."""
    (part,) = shape.parts
    if part.maker is None or part.annotation.nullable:
        return shape
    for model in models.by_table.values():
        if model.annotation == part.maker:
            return replace(shape, kind=RowKind.MODEL, model=model)
    return shape


def _candidates(query: Query) -> list[tuple[str, str]]:
    """Give the tables whose row a row of the query may be, the likeliest first."""
    origins = {
        (c.origin.schema, c.origin.table) if c.origin is not None else None for c in query.columns
    }
    used = [(r.schema, r.table) for r in query.relations if _is_read(r)]
    if len(origins) == 1 and None not in origins:
        return [o for o in origins if o is not None]
    return used if len(used) == 1 else []


def _is_read(use: RelationUse) -> bool:
    return bool(use.reads or use.inserts or use.updates or use.is_written or use.is_deleted)


def _fits(model: RowClass, names: tuple[str, ...], typed: list[PythonType]) -> bool:
    if names != tuple(f.name for f in model.fields):
        return False
    return all(
        f.type.result == t.result and f.type.decode == t.decode
        for f, t in zip(model.fields, typed, strict=True)
    )
