"""The directive that fits a query without one, computed from what it does."""

from __future__ import annotations

from sqlward_codegen.authz.case import Case
from sqlward_codegen.authz.identity import identities
from sqlward_codegen.authz.resources import Resource, shown_table
from sqlward_codegen.authz.rows import table_of
from sqlward_codegen.model import Command, Occurrence, Write

_ACTIONS = {Write.INSERT: "create", Write.DELETE: "delete"}
_RELATED = "owner", "organization"


def missing_rule(case: Case) -> None:
    """Complain that a query has no rule, and offer one."""
    case.complain(
        "SW410",
        f"`{case.name}` has no `-- authz:` directive",
        label="who may run it?",
        help=_offer(case),
    )


def _offer(case: Case) -> str:
    targets = [
        (number, occurrence)
        for number, occurrence in enumerate(case.access.occurrences)
        if occurrence.write is not Write.NOTHING
    ]
    for number, target in targets:
        offered = _for_write(case, number, target)
        if offered:
            return offered
    if not targets:
        offered = _for_read(case)
        if offered:
            return offered
    return _otherwise(case)


def _for_write(case: Case, number: int, target: Occurrence) -> str | None:
    table = table_of(target)
    resource = case.resources.of(table)
    if resource is None:
        name = shown_table(table)
        return f"`{case.name}` writes `{name}`: declare it in `schema/resources.toml` first"
    action = _ACTIONS.get(target.write, "update")
    if resource.is_system:
        return f"`{case.name}` writes `{shown_table(table)}`: `-- authz: {action} system`"
    child = case.resources.parent_of.get(table)
    if child is not None:
        return _for_child(case, number, resource, child.column, child.key)
    if target.write is Write.INSERT:
        return _create(case, resource, target)
    return _guard(case, number, resource, action, target)


def _create(case: Case, resource: Resource, target: Occurrence) -> str:
    values = {v.column: v.parameter for v in target.values}
    landing = [
        (part, column, case.parameter_name(number))
        for part, column in resource.parts
        if part in _RELATED and (number := values.get(column))
    ]
    given = ", ".join(f"{part}=@{name}" for part, _, name in landing)
    rule = f"`-- authz: create {resource.name}{f'({given})' if given else ''}`"
    if not landing:
        return f"`{case.name}` inserts into `{shown_table(resource.table)}`: {rule}"
    _, column, name = landing[0]
    place = f"{shown_table(resource.table)}.{column}"
    return f"`{case.name}` writes `{place}` from `@{name}`: {rule}"


def _guard(case: Case, number: int, resource: Resource, action: str, target: Occurrence) -> str:
    alias = target.alias
    return (
        f"`{case.name}` {target.write}s rows of `{shown_table(resource.table)}`: `-- authz: guard "
        f"{action} {resource.name}`, with `AND sqlward.authorized({alias})` in its WHERE"
    )


def _for_child(case: Case, number: int, resource: Resource, column: str, key: str) -> str:
    table = shown_table(table_of(case.access.occurrences[number]))
    numbers = sorted(case.rows.parameters(number, column))
    form = f"update {resource.name}"
    if numbers:
        name = case.parameter_name(numbers[0])
        fetch = _fetch_by(case, resource, key)
        called = f"{fetch[0]}({fetch[1]}=@{name})" if fetch else f"…({key}=@{name})"
        return (
            f"`{case.name}` writes rows of `{table}` by `@{name}`: `-- authz: {form} via {called}`"
        )
    return f"`{case.name}` writes `{table}`, which belongs to `{resource.name}`: `-- authz: {form} via …`"


def _fetch_by(case: Case, resource: Resource, key: str) -> tuple[str, str] | None:
    """Give the query that fetches the object by that key alone, and its parameter."""
    for query in case.others.values():
        is_single = query.command in (Command.ONE, Command.OPT) and len(query.parameters) == 1
        if not is_single or query.access is None:
            continue
        found = identities(query.access, resource)
        if not found or not found[0].is_whole:
            continue
        fixed = query.access.occurrences[found[0].occurrence].fixed
        if any(f.column == key for f in fixed):
            return query.name, query.parameters[0].name
    return None


def _for_read(case: Case) -> str | None:
    for resource in case.resources.resources:
        if resource.is_system:
            continue
        found = identities(case.access, resource)
        is_single = case.query.command in (Command.ONE, Command.OPT)
        if found and found[0].is_whole and (is_single or not case.access.narrowed):
            return f"each row of `{case.name}` is a `{resource.name}`: `-- authz: read {resource.name}`"
    return None


def _otherwise(case: Case) -> str:
    for occurrence in case.access.occurrences:
        table = table_of(occurrence)
        resource = case.resources.of(table)
        if resource is None:
            continue
        if resource.is_system:
            return f"`{case.name}` reads `{shown_table(table)}`: `-- authz: read system`"
        if table == resource.table:
            return (
                f"`{case.name}` reads `{shown_table(table)}`: `-- authz: filter read "
                f"{resource.name}`, with `AND sqlward.authorized({occurrence.alias})` in its WHERE"
            )
        return (
            f"`{case.name}` reads `{shown_table(table)}`, which belongs to `{resource.name}`: "
            f"`-- authz: read {resource.name} via …`"
        )
    if case.access.occurrences:
        name = shown_table(table_of(case.access.occurrences[0]))
        return f"`{case.name}` reads `{name}`: declare it in `schema/resources.toml` first"
    return 'it touches no table: `-- authz: none "reason"`'
