"""The less usual types of random queries: what they hold, and what can be made of them.

A template names the types of its operands in braces: `({float8} + {float8})`.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPES_SQL = """\
DROP SCHEMA IF EXISTS kinds CASCADE;
CREATE SCHEMA kinds;
CREATE TYPE kinds.pair AS (a int, b text);
CREATE DOMAIN kinds.small AS int CHECK (VALUE < 1000000);
CREATE DOMAIN kinds.sure AS int NOT NULL;
"""


@dataclass(frozen=True)
class Kind:
    """A type: constants, the first of them harmless, and templates of what gives the type.

    `others` are templates of other types that take one of this.
    """

    constants: tuple[str, ...]
    templates: tuple[str, ...]
    aggregates: tuple[str, ...]
    others: dict[str, tuple[str, ...]]
    has_null: bool = True


KINDS = {
    "float8": Kind(
        constants=(
            "1.5::float8",
            "0::float8",
            "'NaN'::float8",
            "'Infinity'::float8",
            "'-Infinity'::float8",
        ),
        templates=(
            "({float8} + {float8})",
            "({float8} * {float8})",
            "abs({float8})",
            "round({float8})",
            "({int})::float8",
            "(({float8})::numeric)::float8",
            "scale(({float8})::numeric)::float8",
            "extract(epoch FROM {timestamp})::float8",
            "extract(day FROM {timestamp})::float8",
            "date_part('year', {timestamp})",
        ),
        aggregates=(
            "max({float8})",
            "sum({float8})",
            "avg({float8})",
            "stddev({float8})",
            "variance({float8})",
            "var_pop({float8})",
            "corr({float8}, {float8})",
            "regr_sxx({float8}, {float8})",
            "percentile_cont(0.5) WITHIN GROUP (ORDER BY {float8})",
        ),
        others={
            "bool": ("({float8} < {float8})", "({float8} = {float8})"),
            "text": ("({float8})::text", "to_char({float8}, {text})"),
        },
    ),
    "timestamp": Kind(
        constants=(
            "'2020-02-29 12:00'::timestamp",
            "'infinity'::timestamp",
            "'-infinity'::timestamp",
        ),
        templates=(
            "({timestamp} + interval '1 day')",
            "date_trunc('month', {timestamp})",
            "({timestamp})::date::timestamp",
            "({timestamp})::date + time '10:00'",
        ),
        aggregates=("max({timestamp})", "min({timestamp})"),
        others={
            "bool": ("isfinite({timestamp})", "({timestamp} >= {timestamp})"),
            "text": ("({timestamp})::text", "to_char({timestamp}, 'YYYY')"),
        },
    ),
    "jsonb": Kind(
        constants=(
            """'{"a": 1}'::jsonb""",
            "'null'::jsonb",
            "'[1, null]'::jsonb",
            """'"x"'::jsonb""",
            "'{}'::jsonb",
        ),
        templates=(
            "to_jsonb({int})",
            "to_jsonb({pair})",
            "({jsonb} -> 'a')",
            "({jsonb} -> 0)",
            "({jsonb} || {jsonb})",
            "jsonb_build_array({int}, {text})",
            "jsonb_build_object('a', {jsonb})",
            "jsonb_strip_nulls({jsonb})",
            "({jsonb} #> '{{a}}')",
            "jsonb_path_query_first({jsonb}, '$.a')",
        ),
        aggregates=("jsonb_agg({int})", "jsonb_object_agg('k', {text})"),
        others={
            "bool": ("({jsonb} @> {jsonb})", "({jsonb} = {jsonb})", "jsonb_exists({jsonb}, 'a')"),
            "text": ("({jsonb} ->> 'a')", "({jsonb} #>> '{{}}')", "jsonb_typeof({jsonb})"),
            "int": ("length(({jsonb})::text)",),
        },
    ),
    "pair": Kind(
        constants=("ROW(1, 'a')::pair", "ROW(NULL, NULL)::pair", "ROW(2, NULL)::pair"),
        templates=("ROW({int}, {text})::pair", "(ARRAY[{pair}, {pair}])[2]"),
        aggregates=("(array_agg({pair}))[1]",),
        others={
            "int": ("({pair}).a",),
            "text": ("({pair}).b", "({pair})::text"),
            "bool": (
                "({pair} IS NULL)",
                "({pair} IS NOT NULL)",
                "({pair} = {pair})",
                "({pair} IS DISTINCT FROM {pair})",
            ),
            "int[]": ("ARRAY[({pair}).a]",),
        },
    ),
    "small": Kind(
        constants=("3::small", "0::small"),
        templates=("({int})::small", "COALESCE({int}, 7)::small"),
        aggregates=("max({small})::small",),
        others={"int": ("({small})::int", "({small} + {int})"), "text": ("({small})::text",)},
    ),
    "sure": Kind(
        constants=("4::sure", "0::sure"),
        templates=("COALESCE({int}, 7)::sure",),
        aggregates=("COALESCE(max({sure}), 1)::sure",),
        others={"int": ("({sure})::int", "({sure} + {int})"), "bool": ("({sure} = {int})",)},
        has_null=False,
    ),
}


def templates_for(type_: str) -> tuple[str, ...]:
    """Give what makes a value of the type out of one of an unusual type."""
    return tuple(t for kind in KINDS.values() for t in kind.others.get(type_, ()))
