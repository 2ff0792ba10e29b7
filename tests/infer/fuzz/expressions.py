"""Random expressions of a wanted type over the columns in sight."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from infer.fuzz.kinds import KINDS, templates_for

PLAIN = ("int", "text", "bool", "int[]")
TYPES = (*PLAIN * 3, *KINDS)


@dataclass(frozen=True)
class Seen:
    """A column that an expression may name."""

    sql: str
    type: str


@dataclass
class Sight:
    """What an expression may use: columns, aggregates over `raw`, windows, sub-queries."""

    columns: Sequence[Seen]
    raw: Sequence[Seen] | None = None
    windows: bool = False
    subquery: Callable[[Sequence[str], Sequence[Seen]], str] | None = None
    depth: int = 3
    weights: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a statement; `value` is a constant's SQL."""

    type: str
    value: str
    nullable: bool


class Expressions:
    """A source of random expressions; `parameters` are those made so far, if it may make any."""

    def __init__(self, rng: random.Random, parameters: list[Parameter] | None = None) -> None:
        self.rng = rng
        self.parameters = parameters

    def make(self, type_: str, sight: Sight, depth: int | None = None) -> str:
        """Give an expression of the type."""
        depth = sight.depth if depth is None else depth
        rng = self.rng
        if depth <= 0 or rng.random() < 0.3:
            return self._leaf(type_, sight)
        shared = rng.random()
        if shared < 0.35:
            return self._shared(type_, sight, depth - 1)
        if type_ in KINDS:
            return self._filled(rng.choice(KINDS[type_].templates), sight, depth - 1)
        if shared > 0.85:
            return self._filled(rng.choice(templates_for(type_)), sight, depth - 1)
        make = {"int": self._int, "text": self._text, "bool": self.condition, "int[]": self._array}
        return make[type_](sight, depth - 1)

    def _filled(self, template: str, sight: Sight, depth: int) -> str:
        """Put an expression of its own into each place of a template."""
        pieces = _PLACE.split(template)
        pieces[1::2] = [self.make(type_, sight, depth) for type_ in pieces[1::2]]
        return "".join(pieces).replace("{{", "{").replace("}}", "}")

    def _leaf(self, type_: str, sight: Sight) -> str:
        named = [c.sql for c in sight.columns if c.type == type_]
        if named and self.rng.random() < 0.85:
            return self.rng.choice(named)
        if self.parameters is not None and self.rng.random() < 0.3:
            return self._parameter(type_, self.parameters)
        if _has_null(type_) and self.rng.random() < 0.12:
            return f"NULL::{type_}"
        return self.rng.choice(_constants(type_))

    def _parameter(self, type_: str, known: list[Parameter]) -> str:
        nullable = _has_null(type_) and self.rng.random() < 0.3
        values = [*_constants(type_), *(["NULL"] * 4 if nullable else [])]
        known.append(Parameter(type_, self.rng.choice(values), nullable))
        return f"${len(known)}"

    def _shared(self, type_: str, sight: Sight, depth: int) -> str:
        def sub(wanted: str = type_) -> str:
            return self.make(wanted, sight, depth)

        options: list[Callable[[], str]] = [
            lambda: f"COALESCE({sub()}, {sub()})",
            lambda: f"CASE WHEN {sub('bool')} THEN {sub()} ELSE {sub()} END",
            lambda: f"CASE WHEN {sub('bool')} THEN {sub()} WHEN {sub('bool')} THEN {sub()} END",
            lambda: f"CASE {sub('int')} WHEN {sub('int')} THEN {sub()} ELSE {sub()} END",
            lambda: f"NULLIF({sub()}, {sub()})",
            lambda: f"GREATEST({sub()}, {sub()})",
            lambda: self._guarded(type_, sight, depth),
        ]
        if sight.subquery:
            make = sight.subquery
            options += [
                lambda: f"(SELECT * FROM ({make((type_,), sight.columns)}) one LIMIT 1)"
            ] * 2
        if sight.raw is not None:
            options += [lambda: self._aggregate(type_, sight)] * 6
        if sight.windows:
            options += [lambda: self.window(type_, sight)] * 4
        return self.rng.choice(options)()

    def _guarded(self, type_: str, sight: Sight, depth: int) -> str:
        """A value under a condition that speaks of it: what refinement is for."""
        value = self._leaf(type_, sight)
        test = self.rng.choice(
            [
                f"{value} IS NULL",
                f"{value} IS NOT NULL",
                f"{value} = {value}",
                f"NOT ({value} IS NULL)",
            ]
        )
        other = self.make(type_, sight, depth)
        first, second = self.rng.choice([(value, other), (other, value)])
        return f"CASE WHEN {test} THEN {first} ELSE {second} END"

    def _int(self, sight: Sight, depth: int) -> str:
        def sub(wanted: str = "int") -> str:
            return self.make(wanted, sight, depth)

        options: list[Callable[[], str]] = [
            lambda: f"({sub()} + {sub()})",
            lambda: f"({sub()} - {sub()})",
            lambda: f"abs({sub()})",
            lambda: f"(- {sub()})",
            lambda: f"length({sub('text')})",
            lambda: f"cardinality({sub('int[]')})",
            lambda: f"({sub('int[]')})[1]",
            lambda: f"array_length({sub('int[]')}, 1)",
            lambda: f"num_nulls({sub('text')}, {sub()})",
            lambda: f"(({sub()})::text)::int",
            lambda: f"({sub('bool')})::int",
            lambda: f"strpos({sub('text')}, {sub('text')})",
        ]
        return self.rng.choice(options)()

    def _text(self, sight: Sight, depth: int) -> str:
        def sub(wanted: str = "text") -> str:
            return self.make(wanted, sight, depth)

        options: list[Callable[[], str]] = [
            lambda: f"({sub()} || {sub()})",
            lambda: f"upper({sub()})",
            lambda: f"concat({sub()}, {sub('int')})",
            lambda: f"substr({sub()}, 1, 2)",
            lambda: f"substring({sub()} from 'a.')",
            lambda: f"({sub('int')})::text",
            lambda: f"({sub('bool')})::text",
            lambda: f"array_to_string({sub('int[]')}, ',')",
            lambda: f"to_char({sub('int')}, {sub()})",
            lambda: f"(to_jsonb({sub('int')}) ->> 'a')",
            lambda: f"jsonb_build_object('k', {sub()})::text",
            lambda: f"({sub()})::varchar(5)::text",
        ]
        return self.rng.choice(options)()

    def _array(self, sight: Sight, depth: int) -> str:
        def sub(wanted: str = "int[]") -> str:
            return self.make(wanted, sight, depth)

        options: list[Callable[[], str]] = [
            lambda: f"ARRAY[{sub('int')}, {sub('int')}]",
            lambda: f"array_append({sub()}, {sub('int')})",
            lambda: f"({sub()} || {sub()})",
            lambda: f"array_remove({sub()}, {sub('int')})",
            lambda: f"({sub()})[1:2]",
        ]
        if sight.subquery:
            make = sight.subquery
            options += [lambda: f"ARRAY({make(('int',), sight.columns)})"]
        return self.rng.choice(options)()

    def predicate(self, sight: Sight) -> str:
        """Give a WHERE condition: often a few plain tests of columns, which prove something."""
        if self.rng.random() < 0.5:
            return self.make("bool", sight, 3)
        tests = [self._plain_test(sight) for _ in range(self.rng.choice((1, 1, 2, 3)))]
        combined = self.rng.choice((" AND ", " OR ", " OR ")).join(tests)
        return f"NOT ({combined})" if self.rng.random() < 0.2 else combined

    def _plain_test(self, sight: Sight) -> str:
        kind = self.rng.choice(("int", "text", "int", "float8", "small"))
        value, other = self._leaf(kind, sight), self._leaf(kind, sight)
        least = "''" if kind == "text" else "0"
        return self.rng.choice(
            [
                f"{value} IS NOT NULL",
                f"{value} IS NULL",
                f"{value} {self._comparison()} {other}",
                f"{value} >= {least}",
                f"COALESCE({value}, {other}) >= {least}",
                f"{value} IN ({other}, {self._leaf(kind, sight)})",
            ]
        )

    def condition(self, sight: Sight, depth: int) -> str:
        """Give a boolean expression."""

        def sub(wanted: str) -> str:
            return self.make(wanted, sight, depth)

        kind = self.rng.choice(("int", "text", "int"))
        options: list[Callable[[], str]] = [
            lambda: f"({sub(kind)} {self._comparison()} {sub(kind)})",
            lambda: f"({sub(kind)} {self._comparison()} {sub(kind)})",
            lambda: f"({sub(kind)} IS NULL)",
            lambda: f"({sub(kind)} IS NOT NULL)",
            lambda: f"({sub(kind)} IS NOT NULL)",
            lambda: f"({sub('bool')} AND {sub('bool')})",
            lambda: f"({sub('bool')} OR {sub('bool')})",
            lambda: f"(NOT {sub('bool')})",
            lambda: f"({sub('bool')} IS {self._test()})",
            lambda: f"({sub(kind)} IS DISTINCT FROM {sub(kind)})",
            lambda: f"({sub(kind)} IS NOT DISTINCT FROM {self._leaf(kind, sight)})",
            lambda: f"({sub('int')} BETWEEN {sub('int')} AND {sub('int')})",
            lambda: f"({sub('int')} IN (1, {sub('int')}))",
            lambda: f"({sub('int')} NOT IN (1, {sub('int')}))",
            lambda: f"({sub('int')} = ANY ({sub('int[]')}))",
            lambda: f"({sub('int')} <> ALL ({sub('int[]')}))",
            lambda: f"({sub('text')} LIKE {sub('text')})",
            lambda: f"(({sub('int')}, {sub('text')}) = ({sub('int')}, {sub('text')}))",
            lambda: f"(({sub('int')}, {sub('text')}) < ({sub('int')}, {sub('text')}))",
            lambda: f"(({sub('int')}, {sub('text')}) IS NOT NULL)",
            lambda: f"({sub('int[]')} @> {sub('int[]')})",
        ]
        if sight.subquery:
            make = sight.subquery
            options += [
                lambda: f"EXISTS ({make((kind,), sight.columns)})",
                lambda: f"({sub(kind)} IN ({make((kind,), sight.columns)}))",
                lambda: f"({sub(kind)} NOT IN ({make((kind,), sight.columns)}))",
                lambda: f"({sub(kind)} > ALL ({make((kind,), sight.columns)}))",
            ]
        return self.rng.choice(options)()

    def _comparison(self) -> str:
        return self.rng.choice(("=", "=", "<>", "<", ">="))

    def _test(self) -> str:
        tests = ("TRUE", "FALSE", "NOT TRUE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN")
        return self.rng.choice(tests)

    def _aggregate(self, type_: str, sight: Sight) -> str:
        raw = Sight(sight.raw or (), depth=1)
        value = self.make("text" if type_ == "text" else "int", raw, 1)
        flag = self.make("bool", raw, 1)
        if type_ in KINDS:
            template = self.rng.choice(KINDS[type_].aggregates)
            return self._filled(template, raw, 0)
        call = self.rng.choice(
            {
                "int": [f"count({value})", "count(*)", f"max({value})", f"min({value})"],
                "text": [f"max({value})", f"string_agg({value}, ',')", f"min({value})"],
                "bool": [f"bool_and({flag})", f"bool_or({flag})", f"every({flag})"],
                "int[]": [f"array_agg({value})", f"array_agg({value} ORDER BY {value})"],
            }[type_]
        )
        if self.rng.random() < 0.2:
            call += f" FILTER (WHERE {flag})"
        return f"({call})::int" if type_ == "int" else call

    def window(self, type_: str, sight: Sight) -> str:
        """Give a call of a window function."""
        plain = Sight(sight.columns, depth=1)
        value, order = self.make(type_, plain, 1), self.make("int", plain, 1)
        calls = [f"{f}({value})" for f in ("lag", "lead", "first_value", "last_value")]
        calls += [f"lag({value}, 1, {self.make(type_, plain, 1)})", f"nth_value({value}, 2)"]
        if type_ in ("int", "text", "float8", "timestamp"):
            calls += [f"max({value})"]
        if type_ == "bool":
            calls += [f"bool_or({value})"]
        if type_ == "int":
            calls += ["count(*)", "row_number()", f"count({value})"]
        call = self.rng.choice(calls)
        over = f"ORDER BY {order}" if self.rng.random() < 0.8 else ""
        if over and self.rng.random() < 0.5 and "row_number" not in call:
            over += " " + self.rng.choice(_FRAMES)
        sql = f"{call} OVER ({over})"
        return f"({sql})::int" if type_ == "int" else sql


_PLACE = re.compile(r"(?<!\{)\{([a-z0-9\[\]]+)\}(?!\})")

_CONSTANTS = {
    "int": ("0", "1", "2", "7"),
    "text": ("''", "'a'", "'b'", "'ab'"),
    "bool": ("true", "false"),
    "int[]": ("'{}'::int[]", "ARRAY[1,2]", "'{1,NULL}'::int[]"),
}


def _constants(type_: str) -> tuple[str, ...]:
    return KINDS[type_].constants if type_ in KINDS else _CONSTANTS[type_]


def _has_null(type_: str) -> bool:
    return type_ not in KINDS or KINDS[type_].has_null


_FRAMES = (
    "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
    "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
    "RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "RANGE BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES",
    "GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP",
)
