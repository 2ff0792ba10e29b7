"""Find out which of PostgreSQL's functions are total: never NULL for arguments that are not.

    python -m sqlward_codegen.infer.probe DSN [DSN …]     # writes builtin_functions.txt

`proisstrict` says that NULL in gives NULL out, not that nothing else does. The probe calls
each strict, repeatable function of values with edge values of its argument types, and lists
as total those that never gave NULL and that `REVIEWED_OUT` does not name. A function must
pass on each server given on which it exists.
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from sqlward_codegen.infer.builtin import FIRST_UNPINNED_OID, words
from sqlward_codegen.infer.edge_values import EDGE_VALUES, POLYMORPHIC

CALLS_PER_FUNCTION = 300

# Reviewed by hand: a NULL depends on something that no list of values would show (a pattern
# that does not match, the session, the catalog), or the function is not for queries.
REVIEWED_OUT = words(
    """substring regexp_match regexp_matches regexp_substr json_extract_path
    json_extract_path_text jsonb_extract_path jsonb_extract_path_text
    jsonb_path_query_first jsonb_path_match jsonb_path_query_array_tz
    jsonb_path_match_tz jsonb_path_query_first_tz jsonb_path_exists_opr
    jsonb_path_match_opr json_object_field json_object_field_text jsonb_object_field
    jsonb_object_field_text json_array_element json_array_element_text
    jsonb_array_element jsonb_array_element_text array_position array_positions
    array_length array_lower array_upper array_dims array_ndims lower upper scale
    min_scale to_char date_part extract current_setting set_config xpath format_type
    path_center poly_center lseg_interpt box_intersect line_interpt
    uuid_extract_timestamp uuid_extract_version     getdatabaseencoding query_to_xml currtid current_schema
    jsonb_set_lax row_security_active unnest path_add     ts_debug ts_lexize querytree"""
)
# Total, but the probe's values make only errors, or the build has no XML.
REVIEWED_IN = words(
    """make_timestamp make_timestamptz xmlcomment xmltext xml_is_well_formed regexp_instr
    xml_is_well_formed_document xml_is_well_formed_content xmlexists"""
)
_OUT_PREFIXES = tuple(
    words(
        """pg_ has_ to_reg ri_ gin_ gist_ brin spg_ bt hash binary_ lo_ inet_client inet_server
        txid_ amvalidate ts_ in_range gts table_to schema_to database_to cursor_to"""
    )
)
_KEPT = words(
    "ts_rank ts_rank_cd ts_delete ts_rewrite ts_match_vq ts_match_qv ts_headline btrim hashtext"
)
# `lower` and `upper` of text share their names with those of ranges, `to_char` of numbers its
# name with that of times, which gives NULL for infinity and for an empty format.
_KEPT_OIDS = frozenset(
    (870, 871, 936, 937, 877, 883, 2012, 2013, 1680, 1699, 1772, 1773, 1774, 1775, 1776)
)


@dataclass(frozen=True, slots=True)
class Probed:
    """One function of one server; `nulls` are calls that gave NULL, `answers` those that did not."""

    oid: int
    name: str
    kind: str
    argument_types: tuple[str, ...]
    is_strict: bool
    is_volatile: bool
    is_set: bool
    result_type: str
    is_variadic: bool = False
    answers: int = 0
    nulls: tuple[str, ...] = ()

    @property
    def is_total(self) -> bool:
        """Whether the function may be listed as total."""
        if self.name in REVIEWED_IN and self.is_strict and not self.nulls:
            return True
        return self.answers > 0 and not self.nulls and is_candidate(self)


_FUNCTIONS = f"""
SELECT p.oid::int8, p.proname, p.prokind::text, p.proisstrict, p.provolatile = 'v', p.proretset,
       p.prorettype::regtype::text, p.provariadic <> 0,
       ARRAY(SELECT t.typname::text FROM unnest(p.proargtypes) WITH ORDINALITY a(oid, n)
             JOIN pg_type t ON t.oid = a.oid ORDER BY a.n)
FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.oid < {FIRST_UNPINNED_OID}
ORDER BY p.oid
"""

# Calls stand in the server, so that thousands of errors cost no round trips.
_CALLER = """
CREATE FUNCTION pg_temp.sqlward_calls(calls text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE answer text[] := '{}'; one text; gave boolean;
BEGIN
  FOREACH one IN ARRAY calls LOOP
    BEGIN
      EXECUTE one INTO gave;
      answer := answer || CASE WHEN gave THEN 'null' ELSE 'value' END;
    EXCEPTION WHEN OTHERS THEN
      answer := answer || 'error'::text;
    END;
  END LOOP;
  RETURN answer;
END $$
"""


def functions(connection: psycopg.Connection[Any]) -> list[Probed]:
    """Give the functions of pg_catalog, not yet probed."""
    rows = connection.execute(_FUNCTIONS.encode()).fetchall()
    return [
        Probed(
            oid=oid,
            name=name,
            kind=kind,
            argument_types=tuple(types),
            is_strict=strict,
            is_volatile=volatile,
            is_set=is_set,
            result_type=result,
            is_variadic=variadic,
        )
        for oid, name, kind, strict, volatile, is_set, result, variadic, types in rows
    ]


def is_candidate(function: Probed) -> bool:
    """Say whether a function computes a value from values, as far as name and types tell."""
    if function.kind != "f" or not function.is_strict or function.is_set:
        return False
    if function.is_volatile or function.oid in _KEPT_OIDS:
        return not function.is_volatile
    if function.name in REVIEWED_OUT:
        return False
    if function.name.startswith(_OUT_PREFIXES) and function.name not in _KEPT:
        return False
    return function.result_type not in ("internal", "cstring", "void", "trigger", "record")


def probe(connection: psycopg.Connection[Any], known: Iterable[Probed]) -> Iterator[Probed]:
    """Call each candidate with edge values; the others come back as they are."""
    connection.execute("CREATE TYPE pg_temp.sqlward_enum AS ENUM ('a', 'b', 'c')")
    connection.execute(_CALLER)
    connection.execute("SET statement_timeout = '20s'")
    for function in known:
        calls = _calls(function) if is_candidate(function) else []
        if not calls:
            yield function
            continue
        row = connection.execute("SELECT pg_temp.sqlward_calls(%s)", (calls,)).fetchone()
        answers = row[0] if row else []
        nulls = tuple(c for c, answer in zip(calls, answers, strict=True) if answer == "null")
        yield replace(function, answers=answers.count("value"), nulls=nulls)


def _calls(function: Probed) -> list[str]:
    found: list[str] = []
    for round_ in POLYMORPHIC:
        types = [round_.get(t, t) for t in function.argument_types]
        if all(t in EDGE_VALUES for t in types):
            found += _calls_with(function, types)
        if types == list(function.argument_types):
            break
    return found


def _calls_with(function: Probed, types: Sequence[str]) -> list[str]:
    choices = [[_literal(value, t) for value in EDGE_VALUES[t]] for t in types]
    if function.is_variadic:
        choices[-1] = [f"VARIADIC {value}" for value in choices[-1]]
    calls = list(itertools.islice(itertools.product(*choices), 20_000))
    if len(calls) > CALLS_PER_FUNCTION:
        calls = random.Random(0).sample(calls, CALLS_PER_FUNCTION)
    # `IS NULL` of a row looks into it: its text is NULL only if the row is.
    name = f'pg_catalog."{function.name}"'
    return [f"SELECT ({name}({', '.join(call)}))::text IS NULL" for call in calls]


def _literal(value: str, type_name: str) -> str:
    if type_name == "record":
        return value
    if type_name == "anyenum":
        return f"'{value}'::pg_temp.sqlward_enum"
    return f"'{value}'::" + (
        f'pg_catalog."{type_name}"' if type_name != "bit" else "bit varying::pg_catalog.bit"
    )


def merged(servers: Sequence[Sequence[Probed]]) -> list[Probed]:
    """Give one list for all servers: total is what is total wherever it exists.

    An OID that is not the same function everywhere is left out.
    """
    by_oid: dict[int, list[Probed]] = {}
    for found in servers:
        for function in found:
            by_oid.setdefault(function.oid, []).append(function)
    return [
        _worst(same) for _, same in sorted(by_oid.items()) if len({_identity(f) for f in same}) == 1
    ]


def _identity(function: Probed) -> tuple[object, ...]:
    return (function.name, function.kind, function.is_strict)


def _worst(same: list[Probed]) -> Probed:
    nulls = tuple(call for function in same for call in function.nulls)
    return replace(same[0], answers=min(f.answers for f in same), nulls=nulls)


def listing(found: Iterable[Probed]) -> str:
    """Give the text of `builtin_functions.txt`."""
    lines = [_HEADER, *(_line(function) for function in found if function.kind != "p")]
    return "\n".join(lines) + "\n"


_HEADER = """\
# Written by `python -m sqlward_codegen.infer.probe`; do not edit.
# oid marks name arguments
# marks: f(unction) a(ggregate) w(indow), then s(trict) v(olatile) m(any rows) t(otal)"""


def _line(function: Probed) -> str:
    marks = function.kind
    marks += "s" if function.is_strict else ""
    marks += "v" if function.is_volatile else ""
    marks += "m" if function.is_set else ""
    marks += "t" if function.is_total else ""
    return f"{function.oid} {marks} {function.name} {len(function.argument_types)}"


def main(arguments: Sequence[str]) -> int:
    """Probe the servers given and write the list."""
    servers = []
    for dsn in arguments:
        with psycopg.connect(dsn, autocommit=True) as connection:
            servers.append(list(probe(connection, functions(connection))))
    text = listing(merged(servers))
    Path(__file__).with_name("builtin_functions.txt").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
