"""`filter` and `guard`: `sqlward.authorized(alias)` decides inside of the statement itself."""

from __future__ import annotations

from sqlward_codegen.authz.case import Case, shown_list
from sqlward_codegen.authz.directives import Rule, Strategy
from sqlward_codegen.authz.resources import Resource, shown_table
from sqlward_codegen.authz.rows import table_of
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.model import Command, Write

_BULK = (Command.BATCHEXEC, Command.BATCHONE, Command.BATCHMANY, Command.COPYFROM)


def prove_filter(case: Case, rule: Rule, resource: Resource) -> tuple[ProvedRule, set[int]] | None:
    """Give the rule and the occurrences it covers; None with a complaint."""
    assert rule.action is not None
    form = f"{rule.strategy} {rule.action.text} {resource.name}"
    pushdown = case.query.statement.pushdown
    if pushdown is None:
        case.complain(
            "SW434",
            f"`{case.name}` has no `sqlward.authorized({_alias(case, resource)})`",
            rule,
            help=f"add `AND sqlward.authorized({_alias(case, resource)})` to its WHERE",
        )
        return None
    if not _right_kind(case, rule):
        return None
    if case.access.misplaced:
        for wrong in case.access.misplaced:
            call = pushdown.calls[min(wrong.call, len(pushdown.calls) - 1)]
            case.complain(
                "SW435",
                f"`sqlward.authorized({call.alias})` does not restrict `{case.name}`",
                call.span,
                label=wrong.reason,
                help="let it stand alone in WHERE, joined with the rest by AND",
            )
        return None
    roots = {n for n in case.rows.of(resource.table) if case.access.occurrences[n].is_authorized}
    others = [
        o for o in case.access.occurrences if o.is_authorized and table_of(o) != resource.table
    ]
    if others or not roots:
        found = shown_table(table_of(others[0])) if others else "no table"
        case.complain(
            "SW436",
            f"`sqlward.authorized({pushdown.calls[0].alias})` is about `{found}`, and `{form}` "
            f"about `{shown_table(resource.table)}`",
            pushdown.calls[0].span,
            help=f"give it the alias of `{shown_table(resource.table)}`",
        )
        return None
    proved = ProvedRule(rule.strategy, rule.action.text, resource.name)
    return proved, roots


def _right_kind(case: Case, rule: Rule) -> bool:
    assert rule.action is not None and rule.resource is not None
    rest = f"{rule.action.text} {rule.resource.text}"
    is_stream = case.query.command is Command.ITER and rule.strategy is Strategy.GUARD
    if case.query.command in _BULK or is_stream:
        case.complain(
            "SW460",
            f"`{case.name}` is `{case.query.command}`, which takes no `{rule.strategy}`",
            rule,
            help="write `-- authz: custom`, or make it one statement over arrays: "
            "`= ANY (sqlc.slice(ids))`",
        )
        return False
    if rule.strategy is Strategy.FILTER and case.writes:
        case.complain(
            "SW438",
            f"`{case.name}` writes, and `filter` is for what only reads",
            rule,
            help=f"write `-- authz: guard {rest}`: if nothing is touched, that is an error then",
        )
        return False
    if rule.strategy is Strategy.GUARD and not case.writes:
        case.complain(
            "SW438",
            f"`{case.name}` writes nothing, and `guard` is for what does",
            rule,
            help=f"write `-- authz: filter {rest}`",
        )
        return False
    return True


def _alias(case: Case, resource: Resource) -> str:
    found = case.rows.of(resource.table)
    targets = [n for n in found if case.access.occurrences[n].write is not Write.NOTHING]
    for number in (*targets, *found):
        return case.access.occurrences[number].alias
    return resource.table[1]


def unclaimed_filter(case: Case) -> None:
    """Complain of `sqlward.authorized` in a query without `filter` or `guard`."""
    pushdown = case.query.statement.pushdown
    if pushdown is None:
        return
    word = "guard update" if case.writes else "filter read"
    tables = shown_list([call.alias for call in pushdown.calls])
    case.complain(
        "SW434",
        f"`{case.name}` has `sqlward.authorized`, but no rule that says what for",
        pushdown.calls[0].span,
        help=f"write `-- authz: {word} …`, with the resource of {tables}",
    )
