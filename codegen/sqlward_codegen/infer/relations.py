"""What a statement does to each relation: the columns it reads, inserts and updates.

The server itself notes them for its permission checks ("Privileges" in the manual): in the
range-table entry up to PostgreSQL 15, in `rteperminfos` from 16 on. Views are listed, and so is
everything that their own queries read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlward_codegen.catalog import Catalog, Relation
from sqlward_codegen.infer.level import (
    COMMAND_DELETE,
    COMMAND_INSERT,
    COMMAND_MERGE,
    COMMAND_UPDATE,
    Level,
    RteKind,
)
from sqlward_codegen.infer.lineage import Flow, target_lists, view_query
from sqlward_codegen.model import ColumnRef, Lineage, RelationUse, WrittenColumn
from sqlward_codegen.tree import Node

_FIRST_ATTRIBUTE = -7
"""`FirstLowInvalidHeapAttributeNumber`: a bit is the attribute number minus this."""


@dataclass(slots=True)
class _Use:
    reads: set[int] = field(default_factory=set)
    inserts: set[int] = field(default_factory=set)
    updates: set[int] = field(default_factory=set)
    is_written: bool = False
    is_deleted: bool = False


def relation_uses(query: Node, catalog: Catalog) -> tuple[RelationUse, ...]:
    """Give what the statement does to each relation, ordered by schema and name."""
    uses = _Uses(catalog)
    uses.add(query)
    named = [
        _named(catalog.relation_by_oid[oid], use)
        for oid, use in uses.found.items()
        if oid in catalog.relation_by_oid
    ]
    return tuple(sorted(named, key=lambda use: (use.schema, use.table)))


class _Uses:
    def __init__(self, catalog: Catalog) -> None:
        self.found: dict[int, _Use] = {}
        self._catalog = catalog
        self._views: set[int] = set()

    def add(self, query: Node) -> None:
        for node in query.walk():
            if node.tag != "QUERY":
                continue
            for number, rte in enumerate(node.nodes("rtable"), 1):
                if rte.number("rtekind") == RteKind.RELATION:
                    self._entry(node, number, rte)

    def _entry(self, query: Node, number: int, rte: Node) -> None:
        oid = rte.number("relid")
        permissions = _permissions(query, rte)
        if permissions is not None:
            use = self.found.setdefault(oid, _Use())
            use.reads |= self._attributes(oid, permissions.numbers("selectedCols"))
            if number == query.number("resultRelation"):
                self._write(query, oid, permissions)
        view = self._catalog.view_by_oid.get(oid)
        if view is not None and oid not in self._views:
            self._views.add(oid)
            below = view_query(view.tree)
            if below is not None:
                self.add(below)

    def _write(self, query: Node, oid: int, permissions: Node) -> None:
        inserted = self._attributes(oid, permissions.numbers("insertedCols"))
        updated = self._attributes(oid, permissions.numbers("updatedCols"))
        is_deleted = _deletes(query)
        while True:
            use = self.found.setdefault(oid, _Use())
            use.is_written = True
            use.is_deleted = use.is_deleted or is_deleted
            use.inserts |= inserted
            use.updates |= updated
            below = self._updatable(oid)
            if below is None:
                return
            oid, columns = below
            inserted = {columns[a] for a in inserted if a in columns}
            updated = {columns[a] for a in updated if a in columns}

    def _updatable(self, oid: int) -> tuple[int, dict[int, int]] | None:
        """Give the relation that a view writes through to, and its columns by the view's."""
        view = self._catalog.view_by_oid.get(oid)
        query = view_query(view.tree) if view else None
        sources = query.node("jointree") if query else None
        if query is None or sources is None:
            return None
        items = sources.nodes("fromlist")
        if len(items) != 1 or items[0].tag != "RANGETBLREF":
            return None
        number = items[0].number("rtindex")
        rte = Level(query).rte(number)
        if rte is None or rte.number("rtekind") != RteKind.RELATION:
            return None
        columns: dict[int, int] = {}
        for entry in query.nodes("targetList"):
            var = entry.node("expr")
            if var is not None and var.tag == "VAR" and var.number("varno") == number:
                columns[entry.number("resno")] = var.number("varattno")
        return rte.number("relid"), columns

    def _attributes(self, oid: int, bits: list[int]) -> set[int]:
        attributes = {bit + _FIRST_ATTRIBUTE for bit in bits}
        if 0 in attributes:
            relation = self._catalog.relation_by_oid.get(oid)
            attributes |= {c.number for c in relation.columns} if relation else set()
        return {a for a in attributes if a > 0}


def _permissions(query: Node, rte: Node) -> Node | None:
    """Give the node that holds the entry's columns; None for what is not checked by itself."""
    if "perminfoindex" not in rte.fields:
        return rte if rte.number("requiredPerms") else None
    infos = query.nodes("rteperminfos")
    position = rte.number("perminfoindex")
    return infos[position - 1] if 0 < position <= len(infos) else None


def _deletes(query: Node) -> bool:
    if query.number("commandType") == COMMAND_DELETE:
        return True
    actions = query.nodes("mergeActionList")
    return any(action.number("commandType") == COMMAND_DELETE for action in actions)


def _named(relation: Relation, use: _Use) -> RelationUse:
    def names(attributes: set[int]) -> tuple[str, ...]:
        return tuple(c.name for c in relation.columns if c.number in attributes)

    return RelationUse(
        schema=relation.schema,
        table=relation.name,
        reads=names(use.reads),
        inserts=names(use.inserts),
        updates=names(use.updates),
        is_written=use.is_written,
        is_deleted=use.is_deleted,
    )


def written_columns(query: Node, flow: Flow) -> tuple[WrittenColumn, ...]:
    """Give each table column that the statement writes, with what flows into it."""
    found: dict[ColumnRef, tuple[set[ColumnRef], set[int]]] = {}
    for level in levels(Level(query)):
        target = level.rte(level.query.number("resultRelation"))
        if target is None or level.query.number("commandType") not in _WRITING:
            continue
        for entries in target_lists(level.query):
            for entry in entries:
                column = flow.relation_origin(target.number("relid"), entry.number("resno"))
                if column is None:
                    continue
                lineage = flow.lineage(entry.get("expr"), level)
                columns, numbers = found.setdefault(column, (set(), set()))
                columns.update(lineage.columns)
                numbers.update(lineage.parameters)
    return tuple(
        WrittenColumn(column, Lineage(tuple(sorted(columns)), tuple(sorted(numbers))))
        for column, (columns, numbers) in sorted(found.items())
    )


_WRITING = (COMMAND_UPDATE, COMMAND_INSERT, COMMAND_MERGE)


def levels(level: Level) -> Iterator[Level]:
    """Give a query's level and those of all queries inside it."""
    yield level
    for query in _queries_below(level.query):
        yield from levels(level.below(query))


def _queries_below(node: Node) -> Iterator[Node]:
    for child in node.children():
        if child.tag == "QUERY":
            yield child
        else:
            yield from _queries_below(child)
