"""Which columns of views are never NULL: the catalog says nothing of them, their queries do."""

from __future__ import annotations

from dataclasses import replace

from sqlward_codegen.catalog import Catalog, Relation
from sqlward_codegen.infer.nullability import nullability
from sqlward_codegen.tree import queries


def with_judged_views(catalog: Catalog) -> Catalog:
    """Give the catalog with `Column.is_not_null` proved for the columns of views."""
    relations = tuple(_judged(relation, catalog) for relation in catalog.relations)
    return replace(catalog, relations=relations)


def _judged(relation: Relation, catalog: Catalog) -> Relation:
    view = catalog.view_by_oid.get(relation.oid)
    found = queries(catalog.tree(view.tree)) if view else []
    if len(found) != 1:
        return relation
    verdicts = nullability(found[0], catalog)
    if len(verdicts) != len(relation.columns):
        return relation
    columns = tuple(
        replace(column, is_not_null=not judged.verdict.nullable)
        for column, judged in zip(relation.columns, verdicts, strict=True)
    )
    return replace(relation, columns=columns)
