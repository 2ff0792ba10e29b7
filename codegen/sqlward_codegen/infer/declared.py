"""What the nullability analysis is told: what parameters can be, and what the project declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.infer.standpoint import Options
from sqlward_codegen.model import ColumnRef, Parameter


def declared(parameters: Sequence[Parameter], catalog: Catalog, config: Config) -> Options:
    """Give the assumptions under which a statement's values are judged."""
    arrays = (p for p in parameters if p.elements is not None)
    return Options(
        nullable_parameters=frozenset(p.number for p in parameters if p.verdict.nullable),
        non_null_element_parameters=frozenset(
            p.number for p in arrays if p.elements is not None and not p.elements.nullable
        ),
        total_functions=frozenset(_total_functions(catalog, config)),
        non_null_elements=frozenset(_columns_without_nulls(catalog, config)),
    )


def holds_no_null(column: ColumnRef, config: Config) -> bool:
    """Whether an array column is declared to hold no NULL element."""
    names = (str(column), f"{column.schema}.{column.table}.{column.column}")
    return any(fnmatchcase(n, glob) for glob in config.non_null_elements for n in names)


def _total_functions(catalog: Catalog, config: Config) -> Iterator[int]:
    names = frozenset(config.total_functions)
    for function in catalog.functions:
        if function.name in names or f"{function.schema}.{function.name}" in names:
            yield function.oid


def _columns_without_nulls(catalog: Catalog, config: Config) -> Iterator[tuple[int, int]]:
    if not config.non_null_elements:
        return
    for relation in catalog.relations:
        for column in relation.columns:
            if holds_no_null(ColumnRef(relation.schema, relation.name, column.name), config):
                yield relation.oid, column.number
