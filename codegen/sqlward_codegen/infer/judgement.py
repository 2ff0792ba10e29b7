"""What the nullability analysis says of the values that a statement hands out."""

from __future__ import annotations

from sqlward_codegen.config import Config
from sqlward_codegen.infer.outputs import Judge, Judgement, is_array, table_column
from sqlward_codegen.infer.scope import EntryKind, Place, Scope, output
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node


def judge(scope: Scope, config: Config) -> Judge:
    """Give the judge of one statement's values."""
    entries = output(scope.query)

    def result(position: int) -> Judgement:
        return _expression(entries[position].node("expr"), scope)

    def inside(place: Place) -> Judgement:
        return _place(place)

    return Judge(result, inside)


def _expression(value: Node | None, scope: Scope) -> Judgement:
    # Stands in until the analysis is there: a table's own columns, and nothing else.
    if value is not None and value.tag == "VAR":
        place = scope.resolve(value)
        if place is not None and not place.scope.outer_joins(place.entry.index):
            if not place.attribute:
                return Judgement(Verdict(False, "the row is there"))
            if place.entry.kind is EntryKind.RELATION:
                return _place(place)
    return Judgement(Verdict(True, "not analysed"))


def _place(place: Place) -> Judgement:
    column = table_column(place)
    if column is None:
        return Judgement(Verdict(True, "not analysed"))
    elements = (
        Verdict(True, "an array's elements are nullable")
        if is_array(column.type_oid, place.scope.catalog)
        else None
    )
    if column.is_not_null:
        return Judgement(Verdict(False, f"`{column.name}` is NOT NULL"), elements)
    return Judgement(Verdict(True, f"`{column.name}` is nullable"), elements)
