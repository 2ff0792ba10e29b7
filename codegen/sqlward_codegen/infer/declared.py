"""What the nullability analysis is told: what parameters can be, and what the project declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.infer.nullability import Attribute, Column, nullability
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.infer.standpoint import Options
from sqlward_codegen.model import ColumnRef, Parameter, Verdict


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


def judged(scope: Scope, options: Options) -> tuple[Column, ...]:
    """Judge a statement's result columns; what follows from `non_null_elements` is marked.

    To know what follows from it, the columns are judged once more without it.
    """
    found = nullability(scope.query, scope.catalog, options)
    if not _meets_declared(scope, options):
        return found
    proved = nullability(
        scope.query, scope.catalog, replace(options, non_null_elements=frozenset())
    )
    return tuple(_marked_column(*pair) for pair in zip(found, proved, strict=True))


def _meets_declared(scope: Scope, options: Options) -> bool:
    """Whether a relation of the statement has a declared column, or may be a view over one."""
    if not options.non_null_elements:
        return False
    relevant = {oid for oid, _ in options.non_null_elements} | scope.catalog.view_by_oid.keys()
    return any(node.number("relid") in relevant for node in scope.query.walk())


def _marked_column(found: Column, proved: Column) -> Column:
    elements = found.elements
    if elements is not None and proved.elements is not None:
        elements = _marked(elements, proved.elements)
    if not found.attributes:
        return replace(found, verdict=_marked(found.verdict, proved.verdict), elements=elements)
    pairs = zip(found.attributes, proved.attributes, strict=True)
    attributes = tuple(_marked_attribute(*pair) for pair in pairs)
    # Whether a row is there is told by its columns: none of them may count on a declaration.
    return replace(found, verdict=proved.verdict, attributes=attributes)


def _marked_attribute(found: Attribute, proved: Attribute) -> Attribute:
    elements = _marked(found.elements, proved.elements)
    return replace(found, verdict=proved.verdict, elements=elements)


def _marked(found: Verdict, proved: Verdict) -> Verdict:
    return replace(found, is_checked=proved.nullable and not found.nullable)


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
