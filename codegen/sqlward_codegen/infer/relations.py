"""What a statement does to each relation: the columns it reads, inserts and updates.

The server itself notes them for its permission checks ("Privileges" in the manual): in the
range-table entry up to PostgreSQL 15, in `rteperminfos` from 16 on. Views are listed, and so is
everything that their own queries read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlward_codegen.catalog import Catalog, Relation
from sqlward_codegen.infer.lineage import Flow, target_lists
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, Scope
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


def relation_uses(scope: Scope) -> tuple[RelationUse, ...]:
    """Give what the statement does to each relation, ordered by schema and name."""
    uses = _Uses(scope.catalog)
    uses.add(scope)
    named = [
        _named(scope.catalog.relation_by_oid[oid], use)
        for oid, use in uses.found.items()
        if oid in scope.catalog.relation_by_oid
    ]
    return tuple(sorted(named, key=lambda use: (use.schema, use.table)))


class _Uses:
    def __init__(self, catalog: Catalog) -> None:
        self.found: dict[int, _Use] = {}
        self._catalog = catalog
        self._views: set[int] = set()

    def add(self, scope: Scope) -> None:
        for level in scopes(scope):
            for entry in level.entries:
                if entry.kind is EntryKind.RELATION:
                    self._entry(level, entry)

    def _entry(self, scope: Scope, entry: Entry) -> None:
        oid = entry.relation_oid
        permissions = _permissions(scope.query, entry.node)
        if permissions is not None:
            use = self.found.setdefault(oid, _Use())
            use.reads |= self._attributes(oid, permissions.numbers("selectedCols"))
            if entry.index == scope.query.number("resultRelation"):
                self._write(scope, entry, permissions)
        view = scope.view(entry)
        if view is not None and oid not in self._views:
            self._views.add(oid)
            self.add(view)

    def _write(self, scope: Scope, entry: Entry, permissions: Node) -> None:
        oid = entry.relation_oid
        inserted = self._attributes(oid, permissions.numbers("insertedCols"))
        updated = self._attributes(oid, permissions.numbers("updatedCols"))
        is_deleted = _deletes(scope.query)
        while True:
            use = self.found.setdefault(entry.relation_oid, _Use())
            use.is_written = True
            use.is_deleted = use.is_deleted or is_deleted
            use.inserts |= inserted
            use.updates |= updated
            view = scope.view(entry)
            below = _written_through(view) if view else None
            if view is None or below is None:
                return
            scope, entry = view, below
            columns = _columns_through(view, entry.index)
            inserted = {columns[a] for a in inserted if a in columns}
            updated = {columns[a] for a in updated if a in columns}

    def _attributes(self, oid: int, bits: list[int]) -> set[int]:
        attributes = {bit + _FIRST_ATTRIBUTE for bit in bits}
        if 0 in attributes:
            relation = self._catalog.relation_by_oid.get(oid)
            attributes |= {c.number for c in relation.columns} if relation else set()
        return {a for a in attributes if a > 0}


def _written_through(view: Scope) -> Entry | None:
    """Give the relation that an updatable view writes to: the only one in its FROM."""
    sources = view.query.node("jointree")
    items = sources.nodes("fromlist") if sources else []
    if len(items) != 1 or items[0].tag != "RANGETBLREF":
        return None
    entry = view.entry(items[0].number("rtindex"))
    return entry if entry and entry.kind is EntryKind.RELATION else None


def _columns_through(view: Scope, index: int) -> dict[int, int]:
    columns: dict[int, int] = {}
    for entry in view.query.nodes("targetList"):
        var = entry.node("expr")
        if var is not None and var.tag == "VAR" and var.number("varno") == index:
            columns[entry.number("resno")] = var.number("varattno")
    return columns


def _permissions(query: Node, rte: Node) -> Node | None:
    """Give the node that holds the entry's columns; None for what is not checked by itself."""
    if "perminfoindex" not in rte.fields:
        return rte if rte.number("requiredPerms") else None
    infos = query.nodes("rteperminfos")
    position = rte.number("perminfoindex")
    return infos[position - 1] if 0 < position <= len(infos) else None


def _deletes(query: Node) -> bool:
    if query.number("commandType") == Command.DELETE:
        return True
    actions = query.nodes("mergeActionList")
    return any(action.number("commandType") == Command.DELETE for action in actions)


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


def written_columns(scope: Scope, flow: Flow) -> tuple[WrittenColumn, ...]:
    """Give each table column that the statement writes, with what flows into it."""
    found: dict[ColumnRef, tuple[set[ColumnRef], set[int]]] = {}
    for level in scopes(scope):
        target = level.entry(level.query.number("resultRelation"))
        if target is None or level.command not in _WRITING:
            continue
        for entry in (entry for entries in target_lists(level.query) for entry in entries):
            column = flow.entry_origin(target, level, entry.number("resno"))
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


_WRITING = (Command.UPDATE, Command.INSERT, Command.MERGE)


def scopes(scope: Scope) -> Iterator[Scope]:
    """Give a query's scope and those of all queries inside it (views aside)."""
    yield scope
    for inner in scope.inner:
        yield from scopes(inner)
