"""What a query's rows are in Python: a scalar, a table's model, or a class of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.emit.schema_classes import ClassField, Models, RowClass, field_names
from sqlward_codegen.model import EmbeddedRelation, OutputColumn, Query, RelationUse
from sqlward_codegen.names import class_stem, pascal_case, singular, snake_case
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


_Nested: TypeAlias = tuple[tuple[str, tuple[ClassField, ...]], ...]


@dataclass(frozen=True, slots=True)
class RowCheck:
    """The result column `position`, of that name, where a NULL is looked for when it is read.

    `in_elements`: NULL elements of an array, else the value itself.
    """

    position: int
    name: str
    in_elements: bool


@dataclass(frozen=True, slots=True)
class RowShape:
    """A query's row. `nested` are classes made for embeds that are no table's."""

    kind: RowKind
    annotation: Annotation
    parts: tuple[RowPart, ...]
    model: RowClass | None = None
    nested: _Nested = ()
    binary: bool = True
    checks: tuple[RowCheck, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """A part of a row on the way to its shape."""

    part: RowPart
    binary: bool
    nested: tuple[str, tuple[ClassField, ...]] | None = None


@dataclass(slots=True)
class RowShapes:
    """Gives the shapes of rows; what has no Python type is a diagnostic."""

    models: Models
    types: PythonTypes
    config: Config
    diagnostics: list[Diagnostic] = field(default_factory=list)
    renames: dict[str, str] = field(init=False)
    _names: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.renames = dict(self.config.renames)

    def shape(self, query: Query, module: str) -> RowShape:
        """Give the shape of the query's rows; classes it defines live in `module`."""
        return replace(self._unchecked(query, module), checks=tuple(_checks(query)))

    def _unchecked(self, query: Query, module: str) -> RowShape:
        items = list(self._items(query, module))
        names = self._field_names(tuple(item.part.name for item in items))
        parts = tuple(replace(item.part, name=n) for item, n in zip(items, names, strict=True))
        nested = tuple(item.nested for item in items if item.nested is not None)
        binary = all(item.binary for item in items)
        if len(parts) == 1:
            return self._scalar(
                RowShape(RowKind.SCALAR, parts[0].annotation, parts), nested, binary
            )
        model = self._model(query, parts)
        if model is not None:
            return RowShape(RowKind.MODEL, model.annotation, parts, model, (), binary)
        annotation = Annotation(module, f"{class_stem(query.name)}Row")
        return RowShape(RowKind.CLASS, annotation, parts, None, nested, binary)

    def _items(self, query: Query, module: str) -> Iterator[_Item]:
        embeds = {e.start: e for e in query.embeds if e.end > e.start}
        position = 0
        while position < len(query.columns):
            embed = embeds.get(position)
            if embed is not None:
                yield self._embed(query, embed, module)
                position = embed.end
                continue
            column = query.columns[position]
            type_ = self._column_type(query, column)
            part = RowPart(column.name, type_.result, position, type_.decode)
            yield _Item(part, type_.binary)
            position += 1

    def _column_type(self, query: Query, column: OutputColumn) -> PythonType:
        value = Value(
            column.type_oid,
            column.verdict.nullable,
            column.elements is None or column.elements.nullable,
            column.dimensions,
            column.origin,
            query.name,
            column.name,
        )
        try:
            return self.types.of(value)
        except NoPythonTypeError as unknown:
            self._report(query, column.name, unknown.type_name)
            return PythonType(builtin("object"), builtin("object"), binary=False)

    def _report(self, query: Query, column: str, type_name: str) -> None:
        place = query.statement.query.name_span
        label = Label(place, f"its column `{column}` is of type `{type_name}`")
        self.diagnostics.append(no_python_type(type_name, label))

    def _embed(self, query: Query, embed: EmbeddedRelation, module: str) -> _Item:
        model = self.models.by_table.get((embed.schema or "", embed.table or ""))
        if model is None or len(model.fields) != embed.end - embed.start:
            return self._nested(query, embed, module)
        for unknown in (f for f in model.fields if f.unknown is not None):
            self._report(query, unknown.name, unknown.unknown or "")
        return _Item(_embedded(embed, model.annotation, model.converts), model.binary)

    def _nested(self, query: Query, embed: EmbeddedRelation, module: str) -> _Item:
        """Give an embed of what is no table a class of its own."""
        columns = query.columns[embed.start : embed.end]
        names = self._field_names(tuple(c.name for c in columns))
        types = [self._column_type(query, column) for column in columns]
        fields = tuple(ClassField(n, t) for n, t in zip(names, types, strict=True))
        name = f"{class_stem(query.name)}{pascal_case(embed.name)}"
        part = _embedded(embed, Annotation(module, name), False)
        return _Item(part, all(t.binary for t in types), (name, fields))

    def _scalar(self, shape: RowShape, nested: _Nested, binary: bool) -> RowShape:
        """Give the shape of a row of one value; a lone embed that is always there is its model."""
        maker = shape.parts[0].maker
        if maker is not None and not shape.annotation.nullable:
            model = self.models.by_annotation.get(maker)
            if model is not None:
                return replace(shape, kind=RowKind.MODEL, model=model, binary=binary)
        return replace(shape, nested=nested, binary=binary)

    def _model(self, query: Query, parts: tuple[RowPart, ...]) -> RowClass | None:
        """Give the table's model whose fields the columns are, one by one."""
        if query.embeds:
            return None
        for place in _candidates(query):
            model = self.models.by_table.get(place)
            if model is not None and _fits(model, parts):
                return model
        return None

    def _field_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        found = self._names.get(names)
        if found is None:
            found = self._names[names] = field_names(names, self.renames)
        return found


def _checks(query: Query) -> Iterator[RowCheck]:
    for position, column in enumerate(query.columns):
        if column.verdict.is_checked:
            yield RowCheck(position, column.name, False)
        if column.elements is not None and column.elements.is_checked:
            yield RowCheck(position, column.name, True)


def no_python_type(type_name: str, label: Label) -> Diagnostic:
    """Give the diagnostic for a PostgreSQL type that nobody gave a Python type."""
    if type_name == "record" or type_name.startswith("any"):
        way_out = "cast the value to a type that has a name"
    else:
        way_out = (
            f'add an override: `{{ db_type = "{type_name}", python_type = "str" }}` in '
            "`overrides` (its values are then PostgreSQL's own text, or what `decode` makes of it)"
        )
    message = f"there is no Python type for the PostgreSQL type `{type_name}`"
    return Diagnostic("SW301", message, (label,), help=way_out)


def _embedded(embed: EmbeddedRelation, maker: Annotation, converts: bool) -> RowPart:
    return RowPart(
        _embed_name(embed),
        or_none(maker, embed.verdict.nullable),
        embed.start,
        None,
        embed.end,
        maker,
        converts,
        embed.discriminator,
    )


def _embed_name(embed: EmbeddedRelation) -> str:
    """Give an alias as it is, and a table's own name in the singular, as sqlc does."""
    return singular(snake_case(embed.name)) if embed.name == embed.table else embed.name


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


def _fits(model: RowClass, parts: tuple[RowPart, ...]) -> bool:
    return len(parts) == len(model.fields) and all(
        f.name == p.name and f.type.result == p.annotation and f.type.decode == p.decode
        for f, p in zip(model.fields, parts, strict=True)
    )
