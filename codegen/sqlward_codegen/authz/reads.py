"""`read chat`: each row that comes back is the object."""

from __future__ import annotations

from sqlward_codegen.authz.case import Case, shown_list
from sqlward_codegen.authz.directives import Rule, Strategy
from sqlward_codegen.authz.identity import Identity, identities
from sqlward_codegen.authz.resources import Resource, shown_table
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.model import Command

_SINGLE = (Command.ONE, Command.OPT)
_SEVERAL = (Command.MANY, Command.ITER)


def prove_read(case: Case, rule: Rule, resource: Resource) -> tuple[ProvedRule, set[int]] | None:
    """Give the rule and the occurrences it covers; None with a complaint."""
    assert rule.action is not None
    action = rule.action.text
    form = f"{action} {resource.name}"
    if case.writes:
        case.complain(
            "SW433",
            f"`{case.name}` writes, and `{form}` looks at its rows only when it is too late",
            rule,
            help=f"write `-- authz: guard {form}` with `sqlward.authorized(…)` in its WHERE, or "
            f"`-- authz: {form} via …`",
        )
        return None
    if case.query.command not in (*_SINGLE, *_SEVERAL):
        case.complain(
            "SW433",
            f"`{case.name}` is `{case.query.command}`: there are no rows to look at",
            rule,
            help="make it `:one`, `:opt`, `:many` or `:iter`",
        )
        return None
    found = identities(case.access, resource)
    mixes_rows = "a window function" in case.access.narrowed
    if case.access.narrowed and (case.query.command in _SEVERAL or mixes_rows):
        words = [n for n in case.access.narrowed if n.isupper()]
        what = "" if mixes_rows else shown_list(words)
        what = what or case.access.narrowed[-1]
        case.complain(
            "SW432",
            f"`{case.name}` has {what}, and leaving out rows afterwards would falsify its result",
            rule,
            help=f"write `-- authz: filter {form}`, with `AND sqlward.authorized("
            f"{_alias(case, resource)})` in its WHERE",
        )
        return None
    best = found[0] if found else None
    if best is None or not best.is_whole:
        _no_identity(case, rule, resource, best)
        return None
    proved = ProvedRule(Strategy.READ, action, resource.name, best.parts)
    return proved, {best.occurrence}


def _alias(case: Case, resource: Resource) -> str:
    found = case.rows.of(resource.table)
    return case.access.occurrences[found[0]].alias if found else resource.table[1]


def _no_identity(case: Case, rule: Rule, resource: Resource, best: Identity | None) -> None:
    table = shown_table(resource.table)
    assert rule.action is not None
    if best is None:
        case.complain(
            "SW430",
            f"the rows of `{case.name}` come from no `{table}`",
            rule,
            help=f"name the resource that they are, or fetch the `{resource.name}` that they "
            f"belong to: `-- authz: {rule.action.text} {resource.name} via …`",
        )
        return
    alias = case.access.occurrences[best.occurrence].alias
    if best.is_optional:
        case.complain(
            "SW431",
            f"the `{table}` of a row of `{case.name}` may be missing: an outer join can leave it "
            "out",
            rule,
            help=f"join `{alias}` with JOIN, or name the resource that is always there",
        )
        return
    columns = [f"{alias}.{column}" for column in best.missing]
    case.complain(
        "SW430",
        f"the rows of `{case.name}` do not carry {shown_list(columns)}, by which a "
        f"`{resource.name}` is checked",
        rule,
        help=f"select {shown_list(columns)} as well, or `sqlc.embed({alias})`; or write "
        f"`-- authz: filter {rule.action.text} {resource.name}`",
    )
