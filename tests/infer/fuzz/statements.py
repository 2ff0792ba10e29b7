"""Random statements: joins, sub-queries, CTEs, grouping, set operations, writes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from infer.fuzz.expressions import PLAIN, TYPES, Expressions, Parameter, Seen, Sight
from infer.fuzz.kinds import KINDS
from infer.fuzz.schema import Table, TableColumn


@dataclass(frozen=True)
class Source:
    """Something in FROM: its SQL with its alias, and the columns it brings into sight."""

    sql: str
    columns: tuple[Seen, ...]


@dataclass(frozen=True)
class Cte:
    """A common table expression in sight."""

    name: str
    types: tuple[str, ...]


@dataclass
class Statements:
    """A source of random statements over the tables given."""

    rng: random.Random
    tables: Sequence[Table]
    major: int
    counter: int = 0
    ctes: list[Cte] = field(default_factory=list)
    parameters: list[Parameter] | None = None

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.rng, self.parameters)

    def statement(self) -> str:
        """Give a statement with a result."""
        roll = self.rng.random()
        if roll < 0.2:
            return self.write()
        types = [self.rng.choice(TYPES) for _ in range(self.rng.randint(1, 4))]
        return self.query(tuple(types), (), 3)

    def view(self, name: str) -> tuple[Table, str]:
        """Give a view over the tables, and its query."""
        types = ("int", *(self.rng.choice(TYPES) for _ in range(self.rng.randint(1, 3))))
        names = ("k", *(f"x{i}" for i in range(len(types) - 1)))
        columns = tuple(TableColumn(n, t, True) for n, t in zip(names, types, strict=True))
        return Table(name, columns, is_view=True), self.query(types, (), 2)

    def query(self, types: Sequence[str], outer: Sequence[Seen], depth: int) -> str:
        """Give a query whose columns have the types; it may name the outer columns."""
        roll = self.rng.random()
        if depth > 0 and roll < 0.12:
            return self._with(types, outer, depth)
        if depth > 0 and roll < 0.22:
            operator = self.rng.choice(("UNION", "UNION ALL", "INTERSECT", "EXCEPT"))
            left, right = (self.query(types, outer, depth - 1) for _ in range(2))
            return f"({left}) {operator} ({right})"
        if roll < 0.26:
            return self._values(types, outer)
        return self._select(types, outer, depth)

    def _name(self, prefix: str) -> str:
        self.counter += 1
        return f"{prefix}{self.counter}"

    def _values(self, types: Sequence[str], outer: Sequence[Seen]) -> str:
        sight = Sight(outer, depth=1)
        rows = [
            f"({', '.join(self.expressions.make(t, sight, 1) for t in types)})"
            for _ in range(self.rng.randint(1, 3))
        ]
        return f"SELECT * FROM (VALUES {', '.join(rows)}) {self._name('v')}"

    def _with(self, types: Sequence[str], outer: Sequence[Seen], depth: int) -> str:
        known = list(self.ctes)
        name = self._name("w")
        columns = tuple(self.rng.choice(PLAIN[:3]) for _ in range(self.rng.randint(1, 3)))
        names = ", ".join(f"c{i}" for i in range(len(columns)))
        word = ""
        if self.rng.random() < 0.35:
            word, body = "RECURSIVE ", self._recursion(name, columns, outer, depth)
        else:
            body = self.query(columns, outer, depth - 1)
        self.ctes.append(Cte(name, columns))
        main = self.query(types, outer, depth - 1)
        self.ctes = known
        if main.startswith("WITH"):
            main = f"SELECT * FROM ({main}) {self._name('m')}"
        return f"WITH {word}{name} ({names}) AS ({body}) {main}"

    def _recursion(self, name: str, types: Sequence[str], outer: Sequence[Seen], depth: int) -> str:
        start = self.query(types, outer, depth - 2)
        alias = self._name("r")
        sight = Sight([*(Seen(f"{alias}.c{i}", t) for i, t in enumerate(types)), *outer], depth=2)
        columns = ", ".join(self.expressions.make(t, sight, 1) for t in types)
        # UNION without ALL over few values comes to an end; the limit is for the rest.
        return f"({start}) UNION (SELECT {columns} FROM {name} {alias} LIMIT 20)"

    def _source(self, outer: Sequence[Seen], depth: int) -> Source:
        roll = self.rng.random()
        if depth > 0 and roll < 0.3:
            types = tuple(self.rng.choice(TYPES) for _ in range(self.rng.randint(1, 3)))
            return self._aliased(f"({self.query(types, outer, depth - 1)})", types, "q")
        if roll < 0.38 and self.ctes:
            cte = self.rng.choice(self.ctes)
            return self._aliased(cte.name, cte.types, "w")
        if roll < 0.46:
            array = self.expressions.make("int[]", Sight((), depth=1), 1)
            call = self.rng.choice(("generate_series(1, 2)", f"unnest({array})"))
            if self.rng.random() < 0.3:
                return self._aliased(f"{call} WITH ORDINALITY", ("int", "bigint"), "f")
            return self._aliased(call, ("int",), "f")
        if depth > 0 and roll < 0.55:
            return self._aliased_join(depth)
        table = self.rng.choice(self.tables)
        alias = self._name("t")
        columns = tuple(Seen(f"{alias}.{c.name}", c.type) for c in table.columns)
        return Source(f"{table.name} {alias}", columns)

    def _aliased(self, sql: str, types: Sequence[str], prefix: str) -> Source:
        alias = self._name(prefix)
        names = ", ".join(f"c{i}" for i in range(len(types)))
        columns = tuple(Seen(f"{alias}.c{i}", t) for i, t in enumerate(types) if t in TYPES)
        return Source(f"{sql} AS {alias} ({names})", columns)

    def _aliased_join(self, depth: int) -> Source:
        """`(a FULL JOIN b USING (k)) AS j`: merged columns, seen only through the join."""
        left, right = (self.rng.choice(self.tables) for _ in range(2))
        kind = self.rng.choice(("", "LEFT", "RIGHT", "FULL"))
        a, b, alias = self._name("t"), self._name("t"), self._name("j")
        types = ["int"]
        types += [c.type for c in (*left.columns, *right.columns) if c.name != "k"]
        names = [f"c{i}" for i in range(len(types))]
        sql = f"({left.name} {a} {kind} JOIN {right.name} {b} USING (k)) AS {alias} ({', '.join(names)})"
        return Source(
            sql, tuple(Seen(f"{alias}.{n}", t) for n, t in zip(names, types, strict=True))
        )

    def _joined(self, outer: Sequence[Seen], depth: int, size: int) -> Source:
        source = self._source(outer, depth)
        for _ in range(size - 1):
            source = self._join(source, outer, depth)
        return source

    def _join(self, left: Source, outer: Sequence[Seen], depth: int) -> Source:
        kind = self.rng.choice(
            ("JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN")
        )
        lateral = (
            depth > 0 and kind in ("JOIN", "LEFT JOIN", "CROSS JOIN") and self.rng.random() < 0.35
        )
        if lateral:
            types = tuple(self.rng.choice(TYPES) for _ in range(self.rng.randint(1, 2)))
            body = self.query(types, [*left.columns, *outer], depth - 1)
            right = self._aliased(f"LATERAL ({body})", types, "l")
        elif self.rng.random() < 0.25:
            inner = self._joined(outer, depth - 1, 2)
            right = Source(f"({inner.sql})", inner.columns)
        else:
            right = self._source(outer, depth)
        columns = (*left.columns, *right.columns)
        if kind == "CROSS JOIN":
            return Source(f"{left.sql} {kind} {right.sql}", columns)
        return Source(f"{left.sql} {kind} {right.sql} ON {self._on(kind, left, right)}", columns)

    def _on(self, kind: str, left: Source, right: Source) -> str:
        pairs = [
            (a, b)
            for a in left.columns
            for b in right.columns
            if a.type == b.type and a.type != "bool"
        ]
        equal = "{} = {}".format(*(c.sql for c in self.rng.choice(pairs))) if pairs else "false"
        if kind == "FULL JOIN":
            return equal
        if self.rng.random() < 0.15:
            return "true"
        sight = Sight([*left.columns, *right.columns], depth=2)
        if self.rng.random() < 0.5:
            return equal
        extra = self.expressions.make("bool", sight, 2)
        return extra if self.rng.random() < 0.3 else f"{equal} AND {extra}"

    def _select(self, types: Sequence[str], outer: Sequence[Seen], depth: int) -> str:
        rng = self.rng
        source = (
            self._joined(outer, depth, rng.choice((1, 1, 2, 2, 3))) if rng.random() < 0.95 else None
        )
        columns = [*(source.columns if source else ()), *outer]
        sight = Sight(columns, depth=2, subquery=self._subquery(depth))
        sql = f" FROM {source.sql}" if source else ""
        if source and rng.random() < 0.6:
            sql += f" WHERE {self.expressions.predicate(sight)}"
        if source and rng.random() < 0.3:
            return self._grouped(types, source, outer, sql, depth)
        sight.windows = rng.random() < 0.3
        targets = ", ".join(self._target(t, sight) for t in types)
        distinct = "DISTINCT " if rng.random() < 0.08 else ""
        tail = " LIMIT 5" if rng.random() < 0.08 else ""
        return f"SELECT {distinct}{targets}{sql}{tail}"

    def _target(self, type_: str, sight: Sight) -> str:
        if sight.windows and self.rng.random() < 0.5:
            return self.expressions.window(type_, sight)
        depth = 0 if self.rng.random() < 0.3 else self.rng.choice((1, 3))
        return self.expressions.make(type_, sight, depth)

    def _grouped(
        self, types: Sequence[str], source: Source, outer: Sequence[Seen], sql: str, depth: int
    ) -> str:
        rng = self.rng
        raw = source.columns
        wanted = [c for c in raw if c.type in types] if rng.random() < 0.6 else raw
        keys = rng.sample(wanted, min(len(wanted), rng.choice((0, 1, 1, 2, 2))))
        grouping = self._grouping([k.sql for k in keys])
        sight = Sight(
            [*keys, *outer], raw=raw, depth=2, subquery=self._subquery(depth) if depth > 1 else None
        )
        targets = ", ".join(self._key_or_target(t, keys, sight) for t in types)
        having = ""
        if rng.random() < 0.3 and (keys or "(" in targets):
            having = f" HAVING {self.expressions.make('bool', sight, 2)}"
        if not keys and not grouping and not having:
            # Without any aggregate in sight this would be no grouped query.
            having = " HAVING count(*) >= 0"
        return f"SELECT {targets}{sql}{grouping}{having}"

    def _key_or_target(self, type_: str, keys: Sequence[Seen], sight: Sight) -> str:
        alike = [key.sql for key in keys if key.type == type_]
        if alike and self.rng.random() < 0.5:
            return self.rng.choice(alike)
        return self._target(type_, sight)

    def _grouping(self, keys: Sequence[str]) -> str:
        if not keys:
            return self.rng.choice(("", "", " GROUP BY ()"))
        plain = ", ".join(keys)
        roll = self.rng.random()
        if roll < 0.45:
            return f" GROUP BY {plain}"
        if roll < 0.55:
            return f" GROUP BY ROLLUP ({plain})"
        if roll < 0.62:
            return f" GROUP BY CUBE ({plain})"
        if roll < 0.75:
            return f" GROUP BY {keys[0]}, ROLLUP ({plain})"
        sets = ", ".join(f"({k})" for k in keys)
        return f" GROUP BY GROUPING SETS ({sets}, ({plain}))"

    def _subquery(self, depth: int):  # type: ignore[no-untyped-def]
        if depth <= 0:
            return None

        def make(types: Sequence[str], columns: Sequence[Seen]) -> str:
            return self.query(types, columns, depth - 1)

        return make

    def write(self) -> str:
        """Give a statement that writes, with RETURNING; some wrapped in a CTE."""
        table = self.rng.choice([t for t in self.tables if not t.is_view])
        make = self.rng.choice((self._insert, self._update, self._delete, self._merge))
        return make(table)

    def _returning(self, columns: Sequence[Seen], old_new: Sequence[Seen]) -> str:
        seen = [*columns, *(old_new if self.major >= 18 else ())]
        # PostgreSQL 18.6 crashes on `old.x IN (SELECT …)` in what MERGE returns: with OLD and
        # NEW in sight there are no sub-queries.
        subquery = None if self.major >= 18 else self._subquery(1)
        sight = Sight(seen, depth=2, subquery=subquery)
        items = [
            c.sql for some in (columns, seen) for c in self.rng.sample(some, min(2, len(some)))
        ]
        items += [self.expressions.make(self.rng.choice(TYPES), sight, 2)]
        return "RETURNING " + ", ".join(items)

    def _of(self, alias: str, table: Table) -> list[Seen]:
        return [Seen(f"{alias}.{c.name}", c.type) for c in table.columns]

    def _old_new(self, table: Table) -> list[Seen]:
        return self._of("old", table) + self._of("new", table)

    def _values_for(self, table: Table, sight: Sight) -> list[str]:
        return [
            f"COALESCE({self.expressions.make(c.type, sight, 1)}, {_SOME[c.type]})"
            if not c.nullable
            else self.expressions.make(c.type, sight, 1)
            for c in table.columns
        ]

    def _insert(self, table: Table) -> str:
        source = self._source((), 1)
        values = ", ".join(self._values_for(table, Sight(source.columns, depth=1)))
        alias = self._name("t")
        conflict = self.rng.choice(("", " ON CONFLICT DO NOTHING"))
        if table.is_keyed and self.rng.random() < 0.7:
            sight = Sight([*self._of(alias, table), *self._of("excluded", table)], depth=2)
            conflict = f" ON CONFLICT (k) DO UPDATE SET {self._setting(table, sight)}"
        tail = self._returning(self._of(alias, table), self._old_new(table))
        return f"INSERT INTO {table.name} AS {alias} SELECT {values} FROM {source.sql}{conflict} {tail}"

    def _update(self, table: Table) -> str:
        alias, source = self._name("t"), self._joined((), 1, 2)
        own = self._of(alias, table)
        sight = Sight([*own, *source.columns], depth=2)
        where = self.expressions.make("bool", sight, 3)
        tail = self._returning([*own, *source.columns], self._old_new(table))
        return (
            f"UPDATE {table.name} {alias} SET {self._setting(table, sight)}"
            f" FROM {source.sql} WHERE {where} {tail}"
        )

    def _delete(self, table: Table) -> str:
        alias, source = self._name("t"), self._joined((), 1, 2)
        own = self._of(alias, table)
        where = self.expressions.make("bool", Sight([*own, *source.columns], depth=2), 3)
        tail = self._returning([*own, *source.columns], self._old_new(table))
        return f"DELETE FROM {table.name} {alias} USING {source.sql} WHERE {where} {tail}"

    def _merge(self, table: Table) -> str:
        if self.major < 17:
            return self._update(table)
        alias, source = self._name("t"), self._source((), 1)
        own = self._of(alias, table)
        both = Sight([*own, *source.columns], depth=2)
        ints = [c.sql for c in source.columns if c.type == "int"] or ["1"]
        actions = [
            f"WHEN MATCHED AND {self.expressions.make('bool', both, 2)} THEN {self._action(table, both)}",
            f"WHEN NOT MATCHED BY SOURCE THEN {self._action(table, Sight(own, depth=1))}",
            "WHEN NOT MATCHED THEN INSERT VALUES"
            f" ({', '.join(self._values_for(table, Sight(source.columns, depth=1)))})",
        ]
        chosen = self.rng.sample(actions, self.rng.randint(1, 3))
        tail = self._returning([*own, *source.columns], self._old_new(table))
        on = f"{alias}.k = {self.rng.choice(ints)}"
        return (
            f"MERGE INTO {table.name} {alias} USING {source.sql} ON {on} {' '.join(chosen)} {tail}"
        )

    def _action(self, table: Table, sight: Sight) -> str:
        if self.rng.random() < 0.4:
            return "DELETE"
        return f"UPDATE SET {self._setting(table, sight)}"

    def _setting(self, table: Table, sight: Sight) -> str:
        columns = self.rng.sample(table.columns, self.rng.choice((1, 1, 2)))
        values = self._values_for(Table(table.name, tuple(columns)), sight)
        return ", ".join(f"{c.name} = {v}" for c, v in zip(columns, values, strict=True))


_SOME = {
    "int": "3",
    "text": "'z'",
    "bool": "true",
    "int[]": "'{}'::int[]",
    **{name: kind.constants[0] for name, kind in KINDS.items()},
}
