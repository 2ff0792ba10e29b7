"""What the names in an analysed query stand for: range tables, and Vars through them.

    scope = Scope.of(query, catalog)        # a QUERY node; views are followed by the catalog
    scope.entries, scope.entry(rtindex)     # range-table entries, 1-based
    scope.resolve(var)                      # -> Place(scope, entry, attribute): whose column
    scope.meaning(var)                      # -> the expressions it stands for, one step on
    scope.child(subquery)                   # the scope of a sub-query (sub-link, FROM, CTE)
    scope.view(entry), scope.cte(entry)     # what a view or a CTE name stands for
    output(query)                           # the result's target entries, in order
    scope.branches()                        # the leaf queries of a set operation
    scope.outer_joins(rtindex)              # joins that can leave that entry's row out

`meaning` gives one `Meaning(scope, expression)` per possible source: one for a sub-query's
column, a join's merged column or a grouped expression, one per row of VALUES, one per branch
of a set operation, none for a table's own column (see `Place`). A scope is read-only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from sqlward_codegen.catalog import Catalog, Relation, RelationKind
from sqlward_codegen.tree import Node, queries


class EntryKind(IntEnum):
    """`RTEKind` of PostgreSQL's `parsenodes.h`."""

    RELATION = 0
    SUBQUERY = 1
    JOIN = 2
    FUNCTION = 3
    TABLE_FUNCTION = 4
    VALUES = 5
    CTE = 6
    TRANSITION_TABLE = 7
    RESULT = 8
    GROUP = 9
    UNKNOWN = 99

    @classmethod
    def _missing_(cls, value: object) -> EntryKind:
        return cls.UNKNOWN


class JoinKind(IntEnum):
    """`JoinType` of `nodes.h`, as far as the parser writes it."""

    INNER = 0
    LEFT = 1
    FULL = 2
    RIGHT = 3


class Command(IntEnum):
    """`CmdType` of `nodes.h`."""

    UNKNOWN = 0
    SELECT = 1
    UPDATE = 2
    INSERT = 3
    DELETE = 4
    MERGE = 5
    UTILITY = 6

    @classmethod
    def _missing_(cls, value: object) -> Command:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class Entry:
    """A range-table entry. `alias` is the written alias, else the entry's own name.

    `columns[n - 1]` is the name of attribute n, empty for a dropped one; `written_alias` is
    None where the query gives none.
    """

    index: int
    kind: EntryKind
    node: Node
    alias: str
    written_alias: str | None
    columns: tuple[str, ...]
    relation_oid: int

    def column_name(self, attribute: int) -> str:
        """Give the name of an attribute, `?` for what has none."""
        return self.columns[attribute - 1] if 0 < attribute <= len(self.columns) else "?"


@dataclass(frozen=True, slots=True)
class OuterJoin:
    """A join that can leave an entry's row out: `kind` LEFT, RIGHT or FULL, `index` of the join's
    own entry, and the side (range-table indexes) that it leaves out.
    """

    index: int
    kind: JoinKind
    side: frozenset[int]


@dataclass(frozen=True, slots=True)
class Place:
    """The column that a Var names: 0 is the whole row, negative a system column."""

    scope: Scope
    entry: Entry
    attribute: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """An expression and the scope in which its own Vars count."""

    scope: Scope
    expression: Node


@dataclass(frozen=True, slots=True)
class Cte:
    """A common table expression; `scope` is its own query's, whose parent declares it."""

    name: str
    node: Node
    scope: Scope
    is_recursive: bool


@dataclass(frozen=True, eq=False)
class Scope:
    """One query level; two scopes are the same only if they are the same object."""

    query: Node
    catalog: Catalog
    parent: Scope | None
    entries: tuple[Entry, ...]
    _children: dict[int, Scope] = field(default_factory=dict, repr=False)
    _views: dict[int, Scope | None] = field(default_factory=dict, repr=False)
    _outer_joins: dict[int, tuple[OuterJoin, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, query: Node, catalog: Catalog, parent: Scope | None = None) -> Scope:
        """Give the scope of a QUERY node; `parent` is the level its outer Vars count from."""
        views = parent._views if parent else {}
        entries = tuple(_entry(i, n) for i, n in enumerate(query.nodes("rtable"), 1))
        scope = cls(query, catalog, parent, entries, _views=views)
        _find_outer_joins(query.node("jointree"), (), scope._outer_joins)
        return scope

    @property
    def command(self) -> Command:
        """The statement's kind."""
        return Command(self.query.number("commandType"))

    def entry(self, index: int) -> Entry | None:
        """Give the entry with that range-table index."""
        return self.entries[index - 1] if 0 < index <= len(self.entries) else None

    def outer(self, levels: int) -> Scope | None:
        """Give the scope so many levels up, None if there is none."""
        scope: Scope | None = self
        for _ in range(levels):
            scope = scope.parent if scope else None
        return scope

    def child(self, query: Node) -> Scope:
        """Give the scope of a QUERY node that stands in this one; the same one each time."""
        found = self._children.get(id(query))
        if found is None:
            found = self._children[id(query)] = Scope.of(query, self.catalog, self)
        return found

    @cached_property
    def inner(self) -> tuple[Scope, ...]:
        """The scopes of the queries that stand right inside this one, in the order written."""
        return tuple(self.child(query) for query in _queries_below(self.query))

    def resolve(self, var: Node) -> Place | None:
        """Give the column that a VAR node names, None if it cannot be found."""
        scope = self.outer(var.number("varlevelsup"))
        entry = scope.entry(var.number("varno")) if scope else None
        if scope is None or entry is None:
            return None
        return Place(scope, entry, var.number("varattno"))

    def meaning(self, var: Node) -> tuple[Meaning, ...]:
        """Give the expressions that a VAR node stands for, one step on.

        Empty for a table's column, a whole row, a function's column that is no single
        expression, and whatever is not understood.
        """
        place = self.resolve(var)
        return column_meaning(place) if place else ()

    def subquery(self, entry: Entry) -> Scope | None:
        """Give the scope behind a sub-query in FROM, a view or a CTE; None for the rest."""
        if entry.kind == EntryKind.SUBQUERY:
            query = entry.node.node("subquery")
            return self.child(query) if query else None
        if entry.kind == EntryKind.CTE:
            found = self.cte(entry)
            return found.scope if found else None
        return self.view(entry)

    def relation(self, entry: Entry) -> Relation | None:
        """Give the table or view that an entry reads, None for what is neither."""
        return self.catalog.relation_by_oid.get(entry.relation_oid)

    def view(self, entry: Entry) -> Scope | None:
        """Give the scope of the view that an entry reads, None if it is no known view.

        Materialized views count: their rows came from their query.
        """
        relation = self.relation(entry)
        kinds = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
        if entry.kind != EntryKind.RELATION or not relation or relation.kind not in kinds:
            return None
        if relation.oid not in self._views:
            self._views[relation.oid] = self._read_view(relation.oid)
        return self._views[relation.oid]

    def _read_view(self, oid: int) -> Scope | None:
        view = self.catalog.view_by_oid.get(oid)
        found = queries(self.catalog.tree(view.tree)) if view else []
        if len(found) != 1:
            return None
        scope = Scope.of(found[0], self.catalog)
        scope._views.update(self._views)
        return scope

    def cte(self, entry: Entry) -> Cte | None:
        """Give the common table expression that an entry names."""
        if entry.kind != EntryKind.CTE:
            return None
        declaring = self.outer(entry.node.number("ctelevelsup"))
        name = entry.node.text("ctename")
        for node in declaring.query.nodes("cteList") if declaring else []:
            query = node.node("ctequery")
            if node.text("ctename") == name and query and declaring and name is not None:
                return Cte(name, node, declaring.child(query), node.flag("cterecursive"))
        return None

    def branches(self) -> tuple[Scope, ...]:
        """Give the leaf queries of a set operation, left to right; empty for a plain query."""
        operation = self.query.node("setOperations")
        return tuple(self._leaves(operation)) if operation else ()

    def leaf(self, reference: Node) -> Scope | None:
        """Give the scope of a RANGETBLREF in a set operation."""
        entry = self.entry(reference.number("rtindex"))
        return self.subquery(entry) if entry else None

    def _leaves(self, operation: Node) -> list[Scope]:
        if operation.tag == "RANGETBLREF":
            leaf = self.leaf(operation)
            return [leaf] if leaf else []
        sides = (operation.node("larg"), operation.node("rarg"))
        return [leaf for side in sides if side for leaf in self._leaves(side)]

    def outer_joins(self, index: int) -> tuple[OuterJoin, ...]:
        """Give the joins that can leave that entry's row out, outermost first.

        Computed from the join tree; `varnullingrels` exists only from 16 on.
        """
        return self._outer_joins.get(index, ())


def _queries_below(query: Node) -> list[Node]:
    found = []
    nodes = query.children()[::-1]
    while nodes:
        node = nodes.pop()
        if node.tag == "QUERY":
            found.append(node)
        else:
            nodes += node.children()[::-1]
    return found


def output(query: Node) -> list[Node]:
    """Give the TARGETENTRY nodes of the result's columns, in order."""
    is_select = query.fields.get("commandType") == _SELECT
    entries = query.fields.get("targetList" if is_select else "returningList")
    if not isinstance(entries, list):
        return []
    return [e for e in entries if isinstance(e, Node) and e.fields.get("resjunk") != "true"]


_SELECT = str(int(Command.SELECT))


def column_meaning(place: Place) -> tuple[Meaning, ...]:
    """Give the expressions behind a column, one step on; see `Scope.meaning`."""
    scope, entry, attribute = place.scope, place.entry, place.attribute
    if attribute <= 0:
        return ()
    if entry.kind == EntryKind.JOIN:
        return _nth(scope, entry.node.nodes("joinaliasvars"), attribute)
    if entry.kind == EntryKind.GROUP:
        return _nth(scope, entry.node.nodes("groupexprs"), attribute)
    if entry.kind == EntryKind.VALUES:
        rows = entry.node.items("values_lists")
        return tuple(m for row in rows for m in _nth(scope, _nodes(row), attribute))
    if entry.kind == EntryKind.FUNCTION:
        return _function_meaning(scope, entry, attribute)
    subquery = scope.subquery(entry)
    return query_column(subquery, attribute) if subquery else ()


def query_column(scope: Scope, attribute: int) -> tuple[Meaning, ...]:
    """Give the expressions of a query's result column, one per branch of a set operation."""
    branches = scope.branches()
    if branches:
        return tuple(m for branch in branches for m in query_column(branch, attribute))
    expressions = [entry.node("expr") for entry in output(scope.query)]
    return _nth(scope, [e for e in expressions if e], attribute)


def _function_meaning(scope: Scope, entry: Entry, attribute: int) -> tuple[Meaning, ...]:
    functions = entry.node.nodes("functions")
    if len(functions) != 1 or functions[0].number("funccolcount") != 1 or attribute != 1:
        return ()
    expression = functions[0].node("funcexpr")
    return (Meaning(scope, expression),) if expression else ()


def _nth(scope: Scope, expressions: list[Node], number: int) -> tuple[Meaning, ...]:
    if not 0 < number <= len(expressions):
        return ()
    return (Meaning(scope, expressions[number - 1]),)


def _nodes(value: object) -> list[Node]:
    return [item for item in value if isinstance(item, Node)] if isinstance(value, list) else []


def _entry(index: int, node: Node) -> Entry:
    kind = EntryKind(node.number("rtekind", EntryKind.UNKNOWN))
    names = node.node("eref")
    written = node.node("alias")
    return Entry(
        index=index,
        kind=kind,
        node=node,
        alias=(names.text("aliasname") if names else None) or "",
        written_alias=written.text("aliasname") if written else None,
        columns=tuple(str(name) for name in names.items("colnames")) if names else (),
        relation_oid=node.number("relid"),
    )


def rtindexes(node: Node | None) -> frozenset[int]:
    """Give the range-table indexes below a join-tree node, joins' own entries included."""
    if node is None:
        return frozenset()
    if node.tag == "RANGETBLREF":
        return frozenset((node.number("rtindex"),))
    if node.tag == "FROMEXPR":
        return frozenset[int]().union(*(rtindexes(item) for item in node.nodes("fromlist")))
    below = rtindexes(node.node("larg")) | rtindexes(node.node("rarg"))
    return below | {node.number("rtindex")} if node.tag == "JOINEXPR" else below


def _find_outer_joins(
    node: Node | None, above: tuple[OuterJoin, ...], found: dict[int, tuple[OuterJoin, ...]]
) -> None:
    if node is None:
        return
    if node.tag == "RANGETBLREF":
        found[node.number("rtindex")] = above
    for item in node.nodes("fromlist"):
        _find_outer_joins(item, above, found)
    if node.tag == "JOINEXPR":
        found[node.number("rtindex")] = above
        for name, kinds in (("larg", _OMIT_LEFT), ("rarg", _OMIT_RIGHT)):
            side = node.node(name)
            inside = above
            if node.number("jointype") in kinds:
                kind = JoinKind(node.number("jointype"))
                inside = (*above, OuterJoin(node.number("rtindex"), kind, rtindexes(side)))
            _find_outer_joins(side, inside, found)


_OMIT_LEFT = frozenset((JoinKind.RIGHT, JoinKind.FULL))
_OMIT_RIGHT = frozenset((JoinKind.LEFT, JoinKind.FULL))
