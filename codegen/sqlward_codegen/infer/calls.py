"""Whether a function or an operator can give NULL."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlward_codegen.infer.builtin import builtin, words
from sqlward_codegen.infer.constants import text
from sqlward_codegen.infer.standpoint import Standpoint, all_of, any_of, maybe, never
from sqlward_codegen.infer.types import type_oid
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

# Never NULL, whatever the arguments are.
_NEVER = words(
    """concat json_build_array json_build_object jsonb_build_array jsonb_build_object
    num_nulls num_nonnulls quote_nullable array_append array_prepend pg_typeof
    int4range int8range numrange daterange tsrange tstzrange"""
)
# Never NULL if the arguments are not: what the probe does not call, because it is not strict,
# or gives another value each time, or asks the session for what it always has.
_TOTAL = words(
    """overlaps random random_normal clock_timestamp timeofday
    gen_random_uuid uuidv4 uuidv7 nextval setval currval lastval
    pg_backend_pid pg_current_xact_id txid_current pg_current_snapshot txid_current_snapshot
    pg_postmaster_start_time pg_size_pretty pg_column_size
    pg_try_advisory_lock pg_try_advisory_xact_lock pg_advisory_unlock
    pg_try_advisory_lock_shared pg_try_advisory_xact_lock_shared"""
)
# Never NULL if so many leading arguments are not.
_LEADING = {
    "concat_ws": 1,
    "format": 1,
    "string_to_array": 1,
    "array_remove": 1,
    "array_replace": 1,
    "array_to_string": 2,
}
_ANY = frozenset(("array_cat",))
# Fields of a date or timestamp that infinity has too; of a time of day, all are there.
_UNBOUNDED_FIELDS = words("epoch year decade century millennium")
_TIMES = frozenset((1083, 1266))

_Rule = Callable[[Sequence[Node], Standpoint], Verdict]


def call(node: Node, at: Standpoint) -> Verdict:
    """Judge a FUNCEXPR."""
    if node.flag("funcretset"):
        return set_column(node, 1, at)
    return call_of(node.number("funcid"), node.nodes("args"), at, node.flag("funcvariadic"))


def operator(node: Node, at: Standpoint) -> Verdict:
    """Judge an OPEXPR (or one of the same form)."""
    if node.flag("opretset"):
        return maybe("an operator that returns a set can give NULL")
    return call_of(node.number("opfuncid"), node.nodes("args"), at)


def call_of(
    oid: int, arguments: Sequence[Node], at: Standpoint, is_variadic: bool = False
) -> Verdict:
    """Judge a function by OID and arguments."""
    known = builtin(oid)
    if known and known.name in _NEVER and not is_variadic:
        return never(f"`{known.name}()` never gives NULL")
    if known and known.name in _LEADING and not is_variadic:
        needed = arguments[: _LEADING[known.name]]
        return all_of((at.verdict(a) for a in needed), f"`{known.name}()` never gives NULL")
    if known and known.name in ("extract", "date_part") and len(arguments) == 2:
        return _extracted(known.name, arguments, at)
    if known and known.name in _ANY:
        return any_of([at.verdict(a) for a in arguments], "all arrays may be NULL")
    if is_total(oid, at):
        return all_of((at.verdict(a) for a in arguments), "a total function of values")
    return maybe(f"{_shown(oid, at)} can give NULL")


def _extracted(name: str, arguments: Sequence[Node], at: Standpoint) -> Verdict:
    field, source = arguments
    if text(field) in _UNBOUNDED_FIELDS or type_oid(source, at.scope.catalog) in _TIMES:
        return all_of((at.verdict(a) for a in arguments), "that field is always there")
    return maybe(f"`{name}()` of infinity is NULL")


def is_total(oid: int, at: Standpoint) -> bool:
    """Say whether a function never gives NULL for arguments that are not NULL."""
    known = builtin(oid)
    if known is not None:
        return known.is_total or known.name in _TOTAL
    return oid in at.judge.options.total_functions


def _shown(oid: int, at: Standpoint) -> str:
    known = builtin(oid)
    function = at.scope.catalog.function_by_oid.get(oid)
    name = known.name if known else function.name if function else None
    return f"`{name}()`" if name else "a function that is not known to be total"


# The columns of set-returning functions: True where never NULL.
_SETS: dict[str, tuple[bool, ...]] = {
    "generate_series": (True,),
    "generate_subscripts": (True,),
    "json_array_elements": (True,),
    "jsonb_array_elements": (True,),
    "json_object_keys": (True,),
    "jsonb_object_keys": (True,),
    "json_each": (True, True),
    "jsonb_each": (True, True),
    "json_each_text": (True, False),
    "jsonb_each_text": (True, False),
    "regexp_matches": (True,),
    "regexp_split_to_table": (True,),
    "jsonb_path_query": (True,),
}


def set_column(node: Node, column: int, at: Standpoint, width: int = 1) -> Verdict:
    """Judge a column, from 1, of the rows that a set-returning function gives.

    `width` is how many columns it has in FROM (1 in a target list).
    """
    if node.tag != "FUNCEXPR":
        return maybe("a set-returning expression can give NULL")
    known = builtin(node.number("funcid"))
    name = known.name if known else ""
    arguments = node.nodes("args")
    columns = _SETS.get(name, ())
    if column <= len(columns) and columns[column - 1] and width == len(columns):
        return never(f"`{name}()` gives no NULL")
    if name == "string_to_table" and len(arguments) == 2:
        return never("`string_to_table()` gives no NULL without a null string")
    if name == "unnest" and width == 1 and len(arguments) == 1:
        return _unnested(node, arguments[0], at)
    return maybe(f"{_shown(node.number('funcid'), at)} can give NULL")


_UNNEST_MULTIRANGE = 1293


def _unnested(node: Node, array: Node, at: Standpoint) -> Verdict:
    if node.number("funcid") == _UNNEST_MULTIRANGE:
        return never("a multirange holds no NULL")
    return at.elements(array)


def target_sets(query: Node) -> int:
    """Count the set-returning functions in a target list: several pad each other with NULL."""
    return sum(
        node.flag("funcretset") or node.flag("opretset")
        for entry in query.nodes("targetList")
        for node in entry.walk()
    )
