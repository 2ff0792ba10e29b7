"""`create chat(owner=@owner_id, …)`: the object's parts are the parameters that land in it."""

from __future__ import annotations

from sqlward_codegen.authz.case import Case, shown_list
from sqlward_codegen.authz.directives import Given, Rule, Strategy
from sqlward_codegen.authz.resources import Resource, shown_table
from sqlward_codegen.authz.rows import table_of
from sqlward_codegen.authz.rules import Part, ProvedRule
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import Occurrence, Write


def prove_create(case: Case, rule: Rule, resource: Resource) -> tuple[ProvedRule, set[int]] | None:
    """Give the rule and the occurrences it covers; None with a complaint."""
    targets = [
        number
        for number, occurrence in enumerate(case.access.occurrences)
        if occurrence.write is Write.INSERT and table_of(occurrence) == resource.table
    ]
    table = shown_table(resource.table)
    if not targets:
        case.complain(
            "SW420",
            f"`{case.name}` inserts nothing into `{table}`, the table of `{resource.name}`",
            rule,
            help="a `create` rule is about the rows that the statement inserts itself; take "
            f"`create {resource.name} via …` for another object",
        )
        return None
    before = len(case.diagnostics)
    parts = [part for given in rule.given if (part := _part(case, given, resource)) is not None]
    if len(case.diagnostics) > before:
        return None
    for number in targets:
        _holds(case, rule, resource, case.access.occurrences[number], parts)
    if len(case.diagnostics) > before:
        return None
    proved = ProvedRule(Strategy.CREATE, "create", resource.name, tuple(parts))
    return proved, set(targets)


def _part(case: Case, given: Given, resource: Resource) -> Part | None:
    columns = dict(resource.parts)
    if given.name.text not in columns:
        names = list(columns)
        case.complain(
            "SW421",
            f"`{resource.name}` has no `{given.name.text}`",
            given.name,
            help=did_you_mean(given.name.text, names) or f"it has {shown_list(names)}",
        )
        return None
    number = case.parameter(given.parameter.text)
    if number is None:
        unknown_parameter(case, given)
        return None
    return Part(given.name.text, number)


def unknown_parameter(case: Case, given: Given) -> None:
    """Say that a directive names a parameter that the query does not have."""
    names = [p.name for p in case.query.parameters]
    close = did_you_mean(given.parameter.text, names)
    case.complain(
        "SW421",
        f"`{case.name}` has no parameter `@{given.parameter.text}`",
        given.parameter,
        help=close or (f"it has {shown_list([f'@{n}' for n in names])}" if names else None),
    )


def _holds(
    case: Case, rule: Rule, resource: Resource, target: Occurrence, parts: list[Part]
) -> None:
    if target.upserts:
        case.complain(
            "SW423",
            f"`{case.name}` may update a `{resource.name}` that is there already, whoever owns it",
            rule,
            label="ON CONFLICT DO UPDATE",
            help="make it two queries, an INSERT with this rule and an UPDATE with `guard`, or "
            "write `-- authz: custom`",
        )
        return
    values = {value.column: value.parameter for value in target.values}
    given = {part.name: part.number for part in parts}
    for part, column in resource.parts:
        place = f"{shown_table(resource.table)}.{column}"
        if part in given:
            _lands(case, rule, part, place, given[part], column in values, values.get(column))
        elif part != "id":
            _is_left_out(case, rule, resource, part, column, values)


def _lands(
    case: Case,
    rule: Rule,
    part: str,
    place: str,
    number: int,
    is_written: bool,
    value: int | None,
) -> None:
    if is_written and value == number:
        return
    name = case.parameter_name(number)
    given = next(g for g in rule.given if g.name.text == part)
    if not is_written:
        found = f"`{case.name}` leaves `{place}` to its default"
    elif value:
        found = f"`{case.name}` writes `{place}` from `@{case.parameter_name(value)}`"
    else:
        found = f"`{case.name}` writes something else into `{place}`"
    case.complain(
        "SW422",
        f"`{part}` is checked as `@{name}`, but {found}",
        given.parameter,
        help=f"write `{part}=@{case.parameter_name(value)}`" if value else None,
    )


def _is_left_out(
    case: Case,
    rule: Rule,
    resource: Resource,
    part: str,
    column: str,
    values: dict[str, int | None],
) -> None:
    """Complain of a part that the object has in the table, but not in the rule."""
    place = f"{shown_table(resource.table)}.{column}"
    if column in values:
        value = values[column]
        if value == 0:
            return
        if value:
            name = case.parameter_name(value)
            case.complain(
                "SW422",
                f"`{case.name}` writes `{place}` from `@{name}`, and the rule does not check it",
                rule,
                help=f"add `{part}=@{name}`",
            )
            return
        case.complain(
            "SW422",
            f"`{case.name}` writes `{place}` from an expression, so that it cannot be checked "
            "before",
            rule,
            help="hand the value in as a parameter, or write `-- authz: custom`",
        )
        return
    relation = next(
        (r for r in case.catalog.relations if (r.schema, r.name) == resource.table), None
    )
    found = next((c for c in relation.columns if c.name == column), None) if relation else None
    if found is not None and (found.has_default or found.is_generated or found.is_identity):
        if part.endswith("_acl"):
            return  # nobody is on the list of what is only about to be
        case.complain(
            "SW422",
            f"`{place}` gets its default, which the rule does not check",
            rule,
            help=f"insert it from a parameter, and add `{part}=@{column}`",
        )
