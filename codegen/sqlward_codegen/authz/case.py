"""One query on trial: what its rules can lean on, and what they say against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlward_codegen.authz.directives import Rule, Word
from sqlward_codegen.authz.resources import Resource, Resources
from sqlward_codegen.authz.rows import Rows
from sqlward_codegen.catalog import Catalog, Key
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.model import Access, Query, Span, Write


@dataclass(slots=True)
class Case:
    """A query with its surroundings; findings gather in `diagnostics`."""

    query: Query
    access: Access
    resources: Resources
    catalog: Catalog
    others: Mapping[str, Query]
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The query's name."""
        return self.query.name

    @property
    def rows(self) -> Rows:
        """The rows that the statement touches."""
        return Rows(self.access, self.resources)

    @property
    def writes(self) -> bool:
        """Whether the statement writes anything."""
        return any(o.write is not Write.NOTHING for o in self.access.occurrences)

    def complain(
        self,
        code: str,
        message: str,
        at: Span | Word | Rule | None = None,
        *,
        label: str = "",
        help: str | None = None,
        also: tuple[Label, ...] = (),
    ) -> None:
        """Add a finding; without a place it is the query's name."""
        if at is None:
            span = self.query.statement.query.name_span
        else:
            span = at if isinstance(at, Span) else at.span
        self.diagnostics.append(Diagnostic(code, message, (Label(span, label), *also), help))

    def parameter(self, name: str) -> int | None:
        """Give the number of the parameter of that name."""
        found = (p.number for p in self.query.parameters if p.name == name)
        return next(found, None)

    def parameter_name(self, number: int) -> str:
        """Give the name of a parameter."""
        return next((p.name for p in self.query.parameters if p.number == number), str(number))

    def keys(self, resource_table: tuple[str, str]) -> tuple[tuple[str, ...], ...]:
        """Give the unique keys of a table, by the names of their columns."""
        return table_keys(resource_table, self.catalog)


def table_keys(table: tuple[str, str], catalog: Catalog) -> tuple[tuple[str, ...], ...]:
    """Give the plain unique keys of a table that hold no NULL, by column names."""
    relation = next((r for r in catalog.relations if (r.schema, r.name) == table), None)
    if relation is None:
        return ()
    found = []
    for key in catalog.keys_by_relation.get(relation.oid, ()):
        columns = [relation.column(number) for number in key.columns]
        if _is_plain(key) and all(c is not None and c.is_not_null for c in columns):
            found.append(tuple(c.name for c in columns if c is not None))
    return tuple(found)


def _is_plain(key: Key) -> bool:
    return key.predicate is None and key.expressions is None


def shown_list(words: list[str] | tuple[str, ...]) -> str:
    """Give words in backticks: `` `a`, `b` and `c` ``."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def resource_of(case: Case, rule: Rule) -> Resource | None:
    """Give the resource that a rule names."""
    return case.resources.by_name.get(rule.resource.text) if rule.resource else None
