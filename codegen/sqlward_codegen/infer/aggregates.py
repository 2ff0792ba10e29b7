"""Whether an aggregate or a window function can give NULL."""

from __future__ import annotations

from collections.abc import Iterable

from sqlward_codegen.infer.builtin import function_name, words
from sqlward_codegen.infer.predicates import Outcome, proved_by
from sqlward_codegen.infer.rows import groups_all, input_yields_row
from sqlward_codegen.infer.standpoint import Standpoint, all_of, maybe, never
from sqlward_codegen.model import Verdict
from sqlward_codegen.tree import Node

# Never NULL, also over no rows.
_COUNTS = words("count regr_count rank dense_rank percent_rank cume_dist")
# Never NULL over at least one row, whatever the arguments are.
_COLLECTORS = words(
    """array_agg json_agg jsonb_agg json_object_agg jsonb_object_agg json_object_agg_unique
    json_object_agg_unique jsonb_object_agg_unique json_agg_strict jsonb_agg_strict
    json_object_agg_strict jsonb_object_agg_strict json_object_agg_unique_strict
    jsonb_object_agg_unique_strict"""
)
# Never NULL over at least one row of arguments that are not NULL.
_TOTAL = words(
    """min max sum avg bool_and bool_or every bit_and bit_or bit_xor any_value range_agg
    range_intersect_agg xmlagg var_pop stddev_pop covar_pop regr_avgx regr_avgy regr_sxx
    regr_syy regr_sxy mode percentile_disc percentile_cont"""
)

_WINDOW_COUNTS = words("row_number rank dense_rank percent_rank cume_dist")

_START_UNBOUNDED, _START_CURRENT, _START_PRECEDING = 0x20, 0x200, 0x800
_END_UNBOUNDED, _END_CURRENT, _END_FOLLOWING = 0x100, 0x400, 0x4000
_EXCLUDE_CURRENT, _EXCLUDE_GROUP = 0x8000, 0x10000


def aggregate(node: Node, at: Standpoint) -> Verdict:
    """Judge an AGGREF."""
    name = function_name(node.number("aggfnoid"))
    if name in _COUNTS:
        return never(f"`{name}()` never gives NULL")
    if name is None or node.number("agglevelsup") != 0:
        return maybe("an aggregate that is not known to be total can give NULL")
    if node.node("aggfilter"):
        return maybe(f"`{name}()` is NULL when FILTER lets no row through")
    query = at.scope.query
    if groups_all(query) and not input_yields_row(at.scope):
        return maybe(f"`{name}()` is NULL over no rows")
    return _over_rows(name, _arguments(node), node.nodes("aggdirectargs"), at.level.rows)


def _over_rows(name: str, arguments: list[Node], direct: list[Node], at: Standpoint) -> Verdict:
    if name in _COLLECTORS:
        return never(f"`{name}()` over at least one row")
    if name == "string_agg":
        return all_of([at.verdict(arguments[0])], "`string_agg()` over at least one row")
    if name in _TOTAL:
        values = (at.verdict(argument) for argument in (*arguments, *direct))
        return all_of(values, f"`{name}()` over at least one row")
    return maybe(f"`{name}()` can give NULL")


def _arguments(node: Node) -> list[Node]:
    entries = [entry for entry in node.nodes("args") if not entry.flag("resjunk")]
    return [argument for entry in entries if (argument := entry.node("expr"))]


def aggregate_elements(node: Node, at: Standpoint) -> Verdict:
    """Judge the elements of the array that an AGGREF gives."""
    name = function_name(node.number("aggfnoid"))
    arguments = _arguments(node)
    if name != "array_agg" or len(arguments) != 1 or node.number("agglevelsup") != 0:
        return maybe("the elements can be NULL")
    rows = at.level.rows
    rows = rows.refined(proved_by(node.node("aggfilter"), Outcome.TRUE, rows.scope))
    verdict = rows.verdict(arguments[0])
    # array_agg of arrays makes one more dimension, whose elements are theirs.
    return rows.elements(arguments[0]) if _is_array_argument(node, at) else verdict


_ARRAY_AGG_OF_ARRAY = 4053


def _is_array_argument(node: Node, at: Standpoint) -> bool:
    return node.number("aggfnoid") == _ARRAY_AGG_OF_ARRAY


def window(node: Node, at: Standpoint) -> Verdict:
    """Judge a WINDOWFUNC."""
    name = function_name(node.number("winfnoid"))
    if name in _WINDOW_COUNTS or name in _COUNTS:
        return never(f"`{name}()` never gives NULL")
    if name is None:
        return maybe("a window function that is not known to be total can give NULL")
    arguments = node.nodes("args")
    # Evaluated for other rows too: what a CASE around it says of this row does not count.
    at = at.level.groups
    if name == "ntile":
        return all_of(_verdicts(arguments, at), "`ntile()` never gives NULL")
    if name in ("lag", "lead"):
        return _neighbour(name, arguments, at)
    if node.node("aggfilter"):
        return maybe(f"`{name}()` is NULL when FILTER lets no row through")
    if not _holds_current_row(node, at):
        return maybe(f"the frame of `{name}()` can be empty")
    if name in ("first_value", "last_value"):
        return all_of(_verdicts(arguments, at), f"`{name}()` of a frame with at least one row")
    return _over_rows(name, arguments, [], at)


def _neighbour(name: str, arguments: list[Node], at: Standpoint) -> Verdict:
    if len(arguments) != 3:
        return maybe(f"`{name}()` is NULL where there is no such row and no default")
    return all_of(_verdicts(arguments, at), f"`{name}()` with a default")


def _verdicts(nodes: Iterable[Node], at: Standpoint) -> list[Verdict]:
    return [at.verdict(node) for node in nodes]


def _holds_current_row(node: Node, at: Standpoint) -> bool:
    clauses = at.scope.query.nodes("windowClause")
    reference = node.number("winref")
    found = [c for c in clauses if c.number("winref") == reference]
    if len(found) != 1:
        return False
    options = found[0].number("frameOptions")
    if options & (_EXCLUDE_CURRENT | _EXCLUDE_GROUP):
        return False
    start = _START_UNBOUNDED | _START_CURRENT | _START_PRECEDING
    end = _END_UNBOUNDED | _END_CURRENT | _END_FOLLOWING
    return bool(options & start) and bool(options & end)
