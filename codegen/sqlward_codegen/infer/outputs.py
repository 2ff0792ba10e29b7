"""The result columns of a statement: their names, origins, verdicts, and which embed has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlward_codegen.catalog import Catalog, Column, TypeKind
from sqlward_codegen.diagnostics import CompileError, Label, error
from sqlward_codegen.infer.lineage import Flow
from sqlward_codegen.infer.nullability import Column as Judged
from sqlward_codegen.infer.scope import Place, Scope, output
from sqlward_codegen.infer.types import type_oid
from sqlward_codegen.model import (
    ColumnRef,
    DescribedColumn,
    Description,
    Embed,
    EmbeddedRelation,
    Lineage,
    OutputColumn,
    Statement,
    Verdict,
)
from sqlward_codegen.tree import Node

_UNNAMED = "?column?"
_JSON_OIDS = frozenset({114, 3802})


@dataclass(frozen=True, slots=True)
class Outputs:
    """The result columns and the embeds they belong to."""

    columns: tuple[OutputColumn, ...]
    embeds: tuple[EmbeddedRelation, ...]


def outputs(
    statement: Statement,
    description: Description,
    scope: Scope,
    flow: Flow,
    judged: Sequence[Judged],
) -> Outputs:
    """Give the result columns of a statement with a tree; `judged` says which can be NULL.

    Raises CompileError for an embed of what is no relation.
    """
    return _Outputs(statement, description, scope, flow, judged).find()


class _Outputs:
    def __init__(
        self,
        statement: Statement,
        description: Description,
        scope: Scope,
        flow: Flow,
        judged: Sequence[Judged],
    ) -> None:
        self._statement = statement
        self._described = description.columns
        self._scope = scope
        self._flow = flow
        self._judged = judged
        self._embeds: list[EmbeddedRelation] = []
        self._names: set[str] = set()

    def find(self) -> Outputs:
        embeds = {e.alias: (i, e) for i, e in enumerate(self._statement.embeds)}
        columns: list[OutputColumn] = []
        for position, entry in enumerate(output(self._scope.query)):
            embed = embeds.get(entry.text("resname") or "")
            if embed is None:
                columns.append(self._plain(position, entry, len(columns)))
            else:
                columns.extend(self._embedded(position, entry, *embed, len(columns)))
        if len(columns) != len(self._described):
            raise _unequal(self._statement, len(columns), len(self._described))
        return Outputs(tuple(columns), tuple(self._embeds))

    def _plain(self, position: int, entry: Node, at: int) -> OutputColumn:
        described = self._describe(at)
        written, declared = declared_name(described.name)
        judged = self._judged[position]
        origin = self._flow.output_origin(self._scope, position)
        expression = entry.node("expr")
        known = type_oid(expression, self._scope.catalog) if expression else 0
        return OutputColumn(
            name=self._free(written, at),
            type_oid=self._or_domain(described.type_oid, known),
            type_modifier=described.type_modifier,
            verdict=declared or self._checked(judged.verdict, described.type_oid),
            elements=judged.elements and self._checked(judged.elements, described.type_oid),
            dimensions=dimensions(origin, described.type_oid, self._scope.catalog),
            origin=origin,
            lineage=self._flow.output_lineage(self._scope, position),
        )

    def _embedded(
        self, position: int, entry: Node, index: int, embed: Embed, start: int
    ) -> Iterator[OutputColumn]:
        place = whole_row(entry, self._scope)
        judged = self._judged[position]
        if place is None or not judged.attributes:
            raise error(
                "SW210",
                f"`{embed.relation}` is not a relation with columns",
                Label(embed.span, "embedded here"),
                help="embed a table, a view or a sub-query of FROM, by its alias",
            )
        relation = self._scope.relation(place.entry)
        sure = [start + i for i, a in enumerate(judged.attributes) if not a.verdict.nullable]
        # JSON's own null is None too, so such a column cannot tell a row from its absence.
        telling = [at for at in sure if self._describe(at).type_oid not in _JSON_OIDS]
        self._embeds.append(
            EmbeddedRelation(
                name=embed.relation,
                table=relation.name if relation else None,
                schema=relation.schema if relation else None,
                start=start,
                end=start + len(judged.attributes),
                verdict=judged.verdict,
                discriminator=telling[0] if telling else None,
            )
        )
        for offset, attribute in enumerate(judged.attributes):
            described = self._describe(start + offset)
            column = Place(place.scope, place.entry, attribute.number)
            origin = self._flow.place_origin(column)
            is_list = is_array(described.type_oid, self._scope.catalog)
            source = relation.column(attribute.number) if relation else None
            known = source.type_oid if source else 0
            yield OutputColumn(
                name=described.name,
                type_oid=self._or_domain(described.type_oid, known),
                type_modifier=described.type_modifier,
                verdict=attribute.verdict,
                elements=self._checked(attribute.elements, described.type_oid) if is_list else None,
                dimensions=dimensions(origin, described.type_oid, self._scope.catalog),
                origin=origin,
                lineage=self._flow.place_lineage(column),
                embed=index,
            )

    def _checked(self, verdict: Verdict, type_oid: int) -> Verdict:
        """Give the verdict; JSON's own null is None too, so nothing can look for a NULL in it."""
        types, found = self._scope.catalog.type_by_oid, type_oid
        while found not in _JSON_OIDS and found in types:
            found = types[found].element_oid
        return replace(verdict, is_checked=False) if found in _JSON_OIDS else verdict

    def _or_domain(self, described: int, known: int) -> int:
        """Give the domain that a column is of: PostgreSQL describes it as what it is over."""
        found = self._scope.catalog.type_by_oid.get(known)
        return known if found is not None and found.kind is TypeKind.DOMAIN else described

    def _describe(self, at: int) -> DescribedColumn:
        if at >= len(self._described):
            raise _unequal(self._statement, at + 1, len(self._described))
        return self._described[at]

    def _free(self, name: str, at: int) -> str:
        wanted = f"column_{at + 1}" if name in ("", _UNNAMED) else name
        candidate, suffix = wanted, 2
        while candidate in self._names:
            candidate, suffix = f"{wanted}_{suffix}", suffix + 1
        self._names.add(candidate)
        return candidate


def undescribed_outputs(description: Description, catalog: Catalog) -> tuple[OutputColumn, ...]:
    """Give the result columns of a statement without a tree (`SHOW`): all of them nullable."""
    unknown = Verdict(True, "PostgreSQL shows no query tree of this statement")
    return tuple(
        OutputColumn(
            name=c.name,
            type_oid=c.type_oid,
            type_modifier=c.type_modifier,
            verdict=unknown,
            elements=unknown if is_array(c.type_oid, catalog) else None,
            dimensions=dimensions(None, c.type_oid, catalog),
            lineage=Lineage(),
        )
        for c in description.columns
    )


def declared_name(alias: str) -> tuple[str, Verdict | None]:
    """Give the name without its `!` or `?`, and the verdict that the mark declares."""
    if len(alias) > 1 and alias[-1] in "!?" and alias != _UNNAMED:
        return alias[:-1], Verdict(alias[-1] == "?", f"declared by the alias `{alias}`")
    return alias, None


def is_array(type_oid: int, catalog: Catalog) -> bool:
    """Whether a type is an array, or a domain over one."""
    found = catalog.type_by_oid.get(type_oid)
    while found is not None and found.kind is TypeKind.DOMAIN:
        found = catalog.type_by_oid.get(found.element_oid)
    return found is not None and found.kind is TypeKind.ARRAY


def dimensions(origin: ColumnRef | None, type_oid: int, catalog: Catalog) -> int:
    """Give how deep the array is: as its column says, else 1; 0 for what is no array."""
    if not is_array(type_oid, catalog):
        return 0
    column = column_of(origin, catalog)
    return max(1, column.dimensions) if column else 1


def column_of(ref: ColumnRef | None, catalog: Catalog) -> Column | None:
    """Give the column that a reference names."""
    if ref is None:
        return None
    return catalog.column_by_name.get((ref.schema, ref.table, ref.column))


def whole_row(entry: Node, scope: Scope) -> Place | None:
    """Give the relation whose whole row a target entry is."""
    value = entry.node("expr")
    if value is None or value.tag != "VAR" or value.number("varattno"):
        return None
    return scope.resolve(value)


def _unequal(statement: Statement, found: int, described: int) -> CompileError:
    return error(
        "SW211",
        f"the tree of `{statement.query.name}` has {found} result columns, not {described}",
        Label(statement.query.name_span),
        help="this is a defect of the compiler: please report the query",
    )
