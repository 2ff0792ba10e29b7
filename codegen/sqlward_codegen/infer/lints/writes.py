"""Writes that touch every row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.lints.finding import Subject, warning
from sqlward_codegen.infer.places import written
from sqlward_codegen.infer.scope import Command, Scope


def write_without_where(subject: Subject) -> Iterator[Diagnostic]:
    """UPDATE or DELETE of all rows; `WHERE true` says that it is meant."""
    for scope in subject.scopes():
        if scope.command not in (Command.UPDATE, Command.DELETE) or _has_condition(scope):
            continue
        target = scope.entry(scope.query.number("resultRelation"))
        name = target.alias if target else "?"
        word = scope.command.name
        yield warning(
            "SW220",
            f"`{subject.query.name}` has an {word} without WHERE"
            if word == "UPDATE"
            else f"`{subject.query.name}` has a {word} without WHERE",
            written(subject.statement, name) or subject.place(),
            f"every row of `{name}`",
            "add a WHERE clause; `WHERE true` if every row is meant",
        )


def _has_condition(scope: Scope) -> bool:
    tree = scope.query.node("jointree")
    return tree is not None and tree.get("quals") is not None
