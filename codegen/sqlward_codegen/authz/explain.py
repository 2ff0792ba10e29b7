"""Say in words who may run a query: `sqlward query NAME --authz`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.authz.authorize import Authorization
from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.authz.lock import exposed_text
from sqlward_codegen.authz.resources import Resource, shown_table
from sqlward_codegen.authz.rules import ProvedRule, RuledQuery
from sqlward_codegen.names import snake_case


def explain_rules(ruled: RuledQuery, authorization: Authorization) -> str:
    """Give the paragraph for a query."""
    lines = [f"{ruled.query.name} {ruled.query.command}"]
    for rule in ruled.rules:
        lines += [f"  {line}" for line in _rule(rule, ruled, authorization)]
    if len(ruled.rules) > 1:
        lines.append("  All of these must allow it.")
    if ruled.exposed:
        lines.append(f"  Whoever may run it also sees {exposed_text(ruled)}.")
    return "\n".join(lines) + "\n"


def _rule(rule: ProvedRule, ruled: RuledQuery, authorization: Authorization) -> Iterator[str]:
    names = {p.number: f"@{p.name}" for p in ruled.query.parameters}
    resource = authorization.resources.by_name.get(rule.resource)
    table = shown_table(resource.table) if resource else ""
    may = f"the subject may {rule.action} "
    match rule.strategy:
        case Strategy.READ:
            several = ruled.query.command.value in (":many", ":iter")
            yield f"Each row that comes back is a {rule.resource}, made of {_columns(resource)}."
            yield (
                f"Rows whose {rule.resource} the subject may not {rule.action} are left out."
                if several
                else f"It is handed out if {may}it; else NotAuthorizedError is raised."
            )
        case Strategy.CREATE:
            parts = ", ".join(f"{p.name} {names[p.number]}" for p in rule.parts)
            made = f" with {parts}" if parts else ""
            yield f"Before anything runs, {may}a {rule.resource}{made}:"
            yield f"exactly what the statement then inserts into {table}."
        case Strategy.VIA:
            given = ", ".join(names[own] for _, own in rule.given)
            lock = ", its row locked" if rule.locks else ""
            yield f"In one transaction: {rule.fetch}({given}) fetches the {rule.resource}{lock};"
            yield f"{may}it; then the statement runs, which the same key holds to that row."
        case Strategy.FILTER:
            yield f"The statement sees only the rows of {table} that {may.strip()}:"
            yield "the filter is part of its WHERE. A subject with every right runs without it."
        case Strategy.GUARD:
            yield f"The statement touches only the rows of {table} that {may.strip()}, in one step."
            yield "If it touches nothing, NotAuthorizedError is raised."
        case Strategy.SYSTEM:
            yield f"Before anything runs, {may}the deployment (the resource `system`)."
        case Strategy.CUSTOM:
            policy = authorization.policy
            yield f"{policy.module}.{snake_case(ruled.query.name, 'query')} decides; see {policy.path}."
        case Strategy.NONE:
            yield f"Everybody may, also without an actor: {rule.reason}."


def _columns(resource: Resource | None) -> str:
    if resource is None:
        return "its columns"
    return ", ".join(column for _, column in resource.parts)
