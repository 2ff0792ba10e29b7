"""Random SELECTs over a small schema with many keys, and rows that bring NULLs and ties."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from random import Random

import psycopg

SCHEMA = """
CREATE TABLE a (id int PRIMARY KEY, x int, y int NOT NULL, t text, f boolean NOT NULL,
                UNIQUE (x, y));
CREATE UNIQUE INDEX a_t ON a (lower(t));
CREATE UNIQUE INDEX a_y_without_f ON a (y) WHERE NOT f;
CREATE UNIQUE INDEX a_x_without_t ON a (x) WHERE t IS NULL;
CREATE TABLE b (id int PRIMARY KEY, aid int, u int UNIQUE, w text UNIQUE, k bigint);
CREATE UNIQUE INDEX b_k ON b (k) WHERE aid IS NOT NULL AND u > 1;
CREATE VIEW v AS SELECT a.id, a.x, a.y, a.t, b.u FROM a LEFT JOIN b ON b.aid = a.id;
CREATE VIEW g AS
    SELECT a.x, count(*) AS y, max(a.id) AS id, max(b.u) AS u, min(a.t) AS t
    FROM a LEFT JOIN b ON b.aid = a.id GROUP BY a.x;
"""

_NUMBERS = {"a": "id x y", "b": "id aid u k", "v": "id x y u", "g": "x y id u"}
_TEXTS = {"a": "t", "b": "w", "v": "t", "g": "t"}

_Relations = list[tuple[str, str]]
"""(kind of relation, alias); a sub-query has the columns of `g`."""


def fill(connection: psycopg.Connection, random: Random) -> None:
    """Put other rows into the tables; those that a key forbids are left out."""
    connection.execute("TRUNCATE a, b")
    for number in range(random.choice((2, 4, 6))):
        x, y, t = random.choice((None, 0, 1, 2)), random.randint(0, 2), random.choice("aBbc\0")
        row = (number, x, y, None if t == "\0" else t, random.random() < 0.5)
        with contextlib.suppress(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO a VALUES (%s, %s, %s, %s, %s)", row)
    for number in range(random.choice((2, 4, 6))):
        aid, u = random.choice((None, 0, 1, 2)), random.choice((None, 0, 1, 2, 3))
        values = (number, aid, u, random.choice((None, "a", "b")), random.choice((None, 1, 2)))
        with contextlib.suppress(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO b VALUES (%s, %s, %s, %s, %s)", values)


@dataclass
class Selects:
    """Gives random SELECTs; the same seed, the same ones."""

    random: Random
    aliases: int = field(default=0)

    def select(self, depth: int = 2) -> str:
        """Give a SELECT with the columns x, y, id, u and t."""
        source, relations = self._from(depth)
        conditions = [self._condition(relations, depth) for _ in range(self.random.randint(0, 3))]
        rest = f"FROM {source}" + (f" WHERE {' AND '.join(conditions)}" if conditions else "")
        one, two, three, four = (self._number(relations) for _ in range(4))
        columns = f"{one} AS x, {two} AS y, {three} AS id, {four} AS u, 'a'::text AS t"
        shape = self.random.random()
        if shape < 0.15:
            keys = [one, two][: self.random.choice((1, 2))]
            return (
                f"SELECT {one} AS x, count(*)::int AS y, max({three}) AS id, {keys[-1]} AS u,"
                f" 'a'::text AS t {rest} GROUP BY {', '.join(keys)}"
            )
        if shape < 0.22:
            return f"SELECT DISTINCT {columns} {rest}"
        if shape < 0.26:
            return f"SELECT DISTINCT ON ({four}) {columns} {rest}"
        if shape < 0.29 and depth:
            word = self.random.choice(("UNION", "UNION ALL", "INTERSECT", "EXCEPT"))
            sides = f" {word} ".join(f"({self.select(0)})" for _ in range(2))
            return f"SELECT * FROM ({sides}) {self._alias()}"
        if shape < 0.31:
            return f"SELECT max(1) AS x, 1 AS y, 1 AS id, 1 AS u, 'a'::text AS t {rest}"
        if shape > 0.94:
            keys = [one, two][: 0 if shape > 0.98 else 1 if shape > 0.96 else 2]
            over = f"PARTITION BY {', '.join(keys)}" if keys else ""
            columns = columns.replace(f"{four} AS u", f"row_number() OVER ({over}) AS u")
        limit = " LIMIT 1" if shape < 0.34 and depth < 2 else ""
        return f"SELECT {columns} {rest}{limit}"

    def _alias(self) -> str:
        self.aliases += 1
        return f"q{self.aliases}"

    def _number(self, relations: _Relations) -> str:
        kind, alias = self.random.choice(relations)
        return f"{alias}.{self.random.choice(_NUMBERS[kind].split())}"

    def _item(self, depth: int) -> tuple[str, _Relations]:
        alias = self._alias()
        if depth and self.random.random() < 0.25:
            return f"({self.select(depth - 1)}) {alias}", [("g", alias)]
        kind = self.random.choice("aabbvg")
        return f"{kind} {alias}", [(kind, alias)]

    def _from(self, depth: int) -> tuple[str, _Relations]:
        source, relations = self._item(depth)
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            other, more = self._item(depth)
            if depth and self.random.random() < 0.2:
                other, more = self._join(other, more, *self._item(0), ("JOIN", "LEFT JOIN"))
                other = f"({other})"
            words = ("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
            source, relations = self._join(source, relations, other, more, words)
        return source, relations

    def _join(
        self,
        source: str,
        relations: _Relations,
        other: str,
        more: _Relations,
        words: tuple[str, ...],
    ) -> tuple[str, _Relations]:
        word = self.random.choice(words)
        both = relations + more
        if word == "FULL JOIN":
            on = f"{relations[0][1]}.id = {more[0][1]}.id"
        else:
            conditions = (self._condition(both, 0) for _ in range(self.random.choice((1, 1, 2))))
            on = " AND ".join(conditions)
        return f"{source} {word} {other} ON {on}", both

    def _condition(self, relations: _Relations, depth: int) -> str:
        one, two = self._number(relations), self._number(relations)
        constant = str(self.random.randint(0, 3))
        kind, alias = self.random.choice(relations)
        text = f"{alias}.{_TEXTS[kind]}"
        flag = f"{alias}.f" if kind == "a" else f"{alias}.id = 1"
        choices = [
            *[f"{one} = {constant}"] * 6,
            *[f"{one} = {two}"] * 5,
            f"{one} IS NOT DISTINCT FROM {self.random.choice((two, constant, 'NULL'))}",
            f"{one} IS NULL",
            f"{one} = coalesce({two}, {constant})",
            f"{one} = {two} + 1",
            f"{one} > {constant}",
            f"({one} = {constant} OR {two} = 1)",
            flag,
            f"NOT ({flag})" if kind != "a" else f"NOT {flag}",
            f"lower({text}) = 'a'",
            f"{text} = 'b'",
            f"{text} IS NULL",
            f"{text} IS NOT NULL",
        ]
        if depth:
            choices.append(f"{one} = (SELECT max(z.id) FROM a z WHERE z.y = {two})")
            choices.append(f"{one} = (SELECT max(z.id) FROM a z)")
        return self.random.choice(choices)
