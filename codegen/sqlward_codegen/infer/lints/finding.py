"""What every lint takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sqlward_codegen.diagnostics import Diagnostic, Label, Severity
from sqlward_codegen.infer.places import clause, statement_span
from sqlward_codegen.infer.relations import scopes
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.infer.standpoint import Options
from sqlward_codegen.model import Query, Span, Statement


@dataclass(frozen=True, slots=True)
class Subject:
    """A query under scrutiny: what was inferred of it, its outermost scope, what is declared."""

    query: Query
    scope: Scope
    options: Options

    @property
    def statement(self) -> Statement:
        """The statement as written."""
        return self.query.statement

    def scopes(self) -> Iterator[Scope]:
        """Give every query level of the statement, views aside."""
        return scopes(self.scope)

    def place(self, *words: str) -> Span:
        """Give the place of the first of these clauses that is there, else of the statement."""
        for word in words:
            found = clause(self.statement, word)
            if found is not None:
                return Span(found.body.path, found.keyword.start, found.body.end)
        return statement_span(self.statement)


Lint: TypeAlias = Callable[[Subject], Iterator[Diagnostic]]


def warning(code: str, message: str, span: Span, text: str, help: str) -> Diagnostic:
    """Give a finding: a warning with one place and the way out."""
    return Diagnostic(code, message, (Label(span, text),), help, Severity.WARNING)
