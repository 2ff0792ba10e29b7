"""The Python type of every value: PostgreSQL's type, its place, and the user's overrides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sqlward_codegen.catalog import Catalog, Field, Type, TypeKind
from sqlward_codegen.model import ColumnRef
from sqlward_codegen.types.annotation import (
    Annotation,
    Conversion,
    PythonType,
    builtin,
    or_none,
)
from sqlward_codegen.types.builtin import MULTIRANGE, RANGE, builtin_type, has_binary_input
from sqlward_codegen.types.overrides import ResolvedOverride, matches_column, matches_type
from sqlward_codegen.types.schema_names import ENUMS, MODELS, SchemaNames


class NoPythonTypeError(Exception):
    """A PostgreSQL type (`type_name`) that neither we nor the user gave a Python type."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        super().__init__(type_name)


@dataclass(frozen=True, slots=True)
class Value:
    """A value that crosses between Python and PostgreSQL, as far as its type depends on it.

    `elements_nullable` and `dimensions` are about an array (0 dimensions: not known to have
    more than one). `column` is the table column that it is or goes to, `query` and `name`
    are those of the query and of its output column or parameter. Of a slice, overrides of the
    column are about each element.
    """

    type_oid: int
    nullable: bool
    elements_nullable: bool = True
    dimensions: int = 0
    column: ColumnRef | None = None
    query: str | None = None
    name: str | None = None
    is_parameter: bool = False
    is_slice: bool = False


class PythonTypes:
    """Gives Python types, and remembers which overrides were of use."""

    def __init__(
        self, catalog: Catalog, names: SchemaNames, overrides: Iterable[ResolvedOverride]
    ) -> None:
        self._types = catalog.type_by_oid
        self._names = names
        self._overrides = tuple(overrides)
        self._by_type = [o for o in self._overrides if o.override.db_type is not None]
        self._by_column = [o for o in self._overrides if o.override.column is not None]
        self._by_place = {
            (o.override.parameter is not None, o.override.parameter or o.override.query_column): o
            for o in self._overrides
            if o.override.parameter is not None or o.override.query_column is not None
        }
        self._columns: dict[ColumnRef, ResolvedOverride | None] = {}
        self._plain: dict[int, PythonType] = {}
        self._scalars: dict[int, PythonType] = {}
        self._values: dict[tuple[int, bool, bool, int], PythonType] = {}
        self.used: set[int] = set()
        self.records: set[int] = set()

    def of(self, value: Value) -> PythonType:
        """Give the type of a value, `| None` included; raises `NoPythonTypeError`."""
        override = self._override_at(value)
        if override is not None:
            self.used.add(override.number)
            type_ = replace(override.type, binary=self._is_binary(value.type_oid))
            if value.is_slice and override.override.column is not None:
                type_ = _array_of(type_, 1, value.elements_nullable, "Sequence")
            return _nullable(type_, value.nullable)
        key = (value.type_oid, value.nullable, value.elements_nullable, value.dimensions)
        found = self._values.get(key)
        if found is None:
            inner = self._unplaced(value.type_oid, value.elements_nullable, value.dimensions)
            found = self._values[key] = _nullable(inner, value.nullable)
        return found

    def field(self, field: Field) -> PythonType:
        """Give the type of a composite type's attribute, which can always be NULL."""
        element, _ = self._array(field.type_oid)
        inner = self._without_conversion(field.type_oid if element is None else element.oid)
        if element is not None:
            inner = _array_of(inner, max(1, field.dimensions), True, "list")
        return _nullable(inner, True)

    def _override_at(self, value: Value) -> ResolvedOverride | None:
        if self._by_place and value.query is not None:
            place = self._by_place.get((value.is_parameter, f"{value.query}.{value.name}"))
            if place is not None:
                return place
        if not self._by_column or value.column is None:
            return None
        if value.column not in self._columns:
            self._columns[value.column] = self._override_of_column(value.column)
        return self._columns[value.column]

    def _override_of_column(self, column: ColumnRef) -> ResolvedOverride | None:
        return next((o for o in self._by_column if matches_column(o.override, column)), None)

    def _unplaced(self, oid: int, elements_nullable: bool, dimensions: int) -> PythonType:
        whole = self._override_of(self._type(oid))
        if whole is not None:
            return replace(whole, binary=self._is_binary(oid))
        element, depth = self._array(oid)
        if element is None:
            return self._scalar(oid)
        return _array_of(
            self._scalar(element.oid), max(depth, dimensions), elements_nullable, "Sequence"
        )

    def _array(self, oid: int) -> tuple[Type | None, int]:
        """Give the element of an array type, or of a domain over one, and its least depth."""
        type_ = self._type(oid)
        while type_.kind is TypeKind.DOMAIN:
            type_ = self._type(type_.element_oid)
        return (self._type(type_.element_oid), 1) if type_.kind is TypeKind.ARRAY else (None, 0)

    def _scalar(self, oid: int) -> PythonType:
        found = self._scalars.get(oid)
        if found is None:
            found = self._scalars[oid] = self._find_scalar(self._type(oid))
        return found

    def _find_scalar(self, type_: Type) -> PythonType:
        override = self._override_of(type_)
        if override is not None:
            return replace(override, binary=self._is_binary(type_.oid))
        if type_.kind is TypeKind.DOMAIN:
            return self._unplaced(type_.element_oid, True, 0)
        return self._without_conversion(type_.oid)

    def _override_of(self, type_: Type) -> PythonType | None:
        for override in self._by_type:
            if matches_type(override.override, type_):
                self.used.add(override.number)
                return override.type
        return None

    def _without_conversion(self, oid: int) -> PythonType:
        """Give the type that psycopg itself loads: what stands inside a range or composite."""
        found = self._plain.get(oid)
        if found is None:
            found = self._plain[oid] = self._find_plain(self._type(oid))
        return found

    def _find_plain(self, type_: Type) -> PythonType:
        match type_.kind:
            case TypeKind.DOMAIN:
                return self._without_conversion(type_.element_oid)
            case TypeKind.ARRAY:
                inner = self._without_conversion(type_.element_oid)
                return _array_of(inner, 1, True, "list")
            case TypeKind.RANGE:
                return self._of_bounds(RANGE, type_)
            case TypeKind.MULTIRANGE:
                return self._of_bounds(MULTIRANGE, type_)
            case TypeKind.ENUM if type_.oid in self._names.enums:
                return _same(Annotation(ENUMS, self._names.enums[type_.oid]))
            case TypeKind.COMPOSITE:
                return self._composite(type_)
        found = builtin_type(type_.schema, type_.name, type_.extension)
        if found is None:
            raise NoPythonTypeError(type_.qualified_name)
        return found

    def _of_bounds(self, generic: tuple[str, str], type_: Type) -> PythonType:
        bound = self._without_conversion(type_.element_oid)
        return _same(Annotation(*generic, (bound.result,)), bound.binary)

    def _composite(self, type_: Type) -> PythonType:
        name = self._names.composites.get(type_.oid)
        if name is None:
            name = self._names.records.get(type_.oid)
            self.records.add(type_.oid)
        if name is None:
            raise NoPythonTypeError(type_.qualified_name)
        return _same(
            Annotation(MODELS, name), all(self._is_binary(f.type_oid) for f in type_.fields)
        )

    def is_binary_input(self, oid: int) -> bool:
        """Whether the run time can write the type in its binary form, to the innermost part."""
        return self._all_parts(oid, has_binary_input)

    def _is_binary(self, oid: int) -> bool:
        """Whether the run time can read the type from its binary form, to the innermost part."""
        return self._all_parts(oid, _has_binary_output)

    def _all_parts(self, oid: int, test: Callable[[str, str, str | None], bool]) -> bool:
        type_ = self._types.get(oid)
        if type_ is None:
            return False
        match type_.kind:
            case TypeKind.ENUM:
                return oid in self._names.enums
            case TypeKind.ARRAY | TypeKind.DOMAIN | TypeKind.RANGE | TypeKind.MULTIRANGE:
                return self._all_parts(type_.element_oid, test)
            case TypeKind.COMPOSITE:
                return self._names.has_class(oid) and all(
                    self._all_parts(f.type_oid, test) for f in type_.fields
                )
        return test(type_.schema, type_.name, type_.extension)

    def _type(self, oid: int) -> Type:
        type_ = self._types.get(oid)
        if type_ is None:
            raise NoPythonTypeError(f"type {oid}")
        return type_


def _has_binary_output(schema: str, name: str, extension: str | None) -> bool:
    found = builtin_type(schema, name, extension)
    return found is not None and found.binary


def _same(annotation: Annotation, binary: bool = True) -> PythonType:
    return PythonType(annotation, annotation, binary)


def _nullable(type_: PythonType, nullable: bool) -> PythonType:
    if not nullable:
        return type_
    return replace(
        type_, result=or_none(type_.result, True), parameter=or_none(type_.parameter, True)
    )


def _array_of(
    element: PythonType, depth: int, elements_nullable: bool, parameter: str
) -> PythonType:
    result = or_none(element.result, elements_nullable)
    sent = or_none(element.parameter, elements_nullable)
    for _ in range(depth):
        result = builtin("list", result)
        sent = (
            builtin("list", sent)
            if parameter == "list"
            else Annotation("collections.abc", parameter, (sent,))
        )
    return PythonType(
        result,
        sent,
        element.binary,
        _deeper(element.decode, depth, elements_nullable),
        _deeper(element.encode, depth, elements_nullable),
    )


def _deeper(conversion: Conversion | None, depth: int, nullable: bool) -> Conversion | None:
    if conversion is None:
        return None
    return replace(conversion, depth=conversion.depth + depth, null_elements=nullable)
