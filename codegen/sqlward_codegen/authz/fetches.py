"""`update chat via GetChat(id=@id)`: the fetched object is the one that the statement touches."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.authz.case import Case, shown_list, table_keys
from sqlward_codegen.authz.creates import unknown_parameter
from sqlward_codegen.authz.directives import Rule, Strategy
from sqlward_codegen.authz.identity import Identity, identities
from sqlward_codegen.authz.resources import Resource, TableName, shown_table
from sqlward_codegen.authz.rows import Rows, table_of
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import Access, Command, Query, Write


@dataclass(frozen=True, slots=True)
class _Fetch:
    query: Query
    access: Access
    identity: Identity
    given: tuple[tuple[int, int], ...]


def prove_via(case: Case, rule: Rule, resource: Resource) -> tuple[ProvedRule, set[int]] | None:
    """Give the rule and the occurrences it covers; None with a complaint."""
    assert rule.action is not None and rule.fetch is not None
    if case.query.command.is_bulk:
        case.complain(
            "SW460",
            f"`{case.name}` is `{case.query.command}`, which takes no `via`",
            rule,
            help="write `-- authz: custom`, or make it one statement over arrays: "
            "`= ANY (sqlc.slice(ids))`",
        )
        return None
    query = _fetch_query(case, rule)
    identity = _identity(case, rule, resource, query) if query else None
    given = _given(case, rule, query) if query and identity else None
    if query is None or identity is None or given is None or query.access is None:
        return None
    fetch = _Fetch(query, query.access, identity, given)
    covered = _covered(case, fetch)
    if not covered and not _is_referred_to(case, fetch, resource):
        _not_the_same(case, rule, resource, fetch)
        return None
    is_locked = identity.occurrence in query.access.locked
    if case.writes and not is_locked and query.locking is None:
        case.complain(
            "SW428",
            f"`{query.name}` neither locks its row nor can be run with FOR UPDATE",
            rule.fetch,
            help=f"end `{query.name}` with `FOR UPDATE OF …`, or fetch by a simpler query",
        )
        return None
    proved = ProvedRule(
        Strategy.VIA,
        rule.action.text,
        resource.name,
        identity.parts,
        fetch=query.name,
        given=given,
        locks=case.writes,
        locking_variant=case.writes and not is_locked,
        ids=tuple(sorted(_ids(case, fetch, resource))),
    )
    return proved, covered


def _fetch_query(case: Case, rule: Rule) -> Query | None:
    assert rule.fetch is not None
    name = rule.fetch.text
    found = case.others.get(name)
    if found is None:
        close = did_you_mean(name, case.others)
        case.complain(
            "SW424",
            f"there is no query `{name}`",
            rule.fetch,
            help=close or "write it: a `:one` or `:opt` that gives the whole row",
        )
        return None
    if found.command not in (Command.ONE, Command.OPT):
        case.complain(
            "SW424",
            f"`{name}` is `{found.command}`, and a fetch gives one row",
            rule.fetch,
            help="take a `:one` or `:opt`",
        )
        return None
    if found.access and any(o.write is not Write.NOTHING for o in found.access.occurrences):
        case.complain("SW424", f"`{name}` writes, and a fetch only reads", rule.fetch)
        return None
    return found


def _identity(case: Case, rule: Rule, resource: Resource, query: Query) -> Identity | None:
    found = identities(query.access, resource) if query.access else []
    best = found[0] if found else None
    if best is not None and best.is_whole:
        return best
    missing = [f"{shown_table(resource.table)}.{c}" for c in best.missing] if best else []
    why = f"its row lacks {shown_list(missing)}" if missing else "its row comes from elsewhere"
    if best is not None and best.is_optional:
        why = "an outer join can leave it out"
    assert rule.fetch is not None
    case.complain(
        "SW425",
        f"`{query.name}` does not fetch a whole `{resource.name}`: {why}",
        rule.fetch,
        help=f"let it select all columns by which a `{resource.name}` is checked",
    )
    return None


def _given(case: Case, rule: Rule, query: Query) -> tuple[tuple[int, int], ...] | None:
    """Give (number in the fetch, number in the query) of each parameter that is handed on."""
    assert rule.fetch is not None
    before = len(case.diagnostics)
    names = {p.name: p for p in query.parameters}
    own = {p.number: p for p in case.query.parameters}
    pairs: list[tuple[int, int]] = []
    for given in rule.given:
        wanted = names.get(given.name.text)
        number = case.parameter(given.parameter.text)
        if wanted is None:
            case.complain(
                "SW426",
                f"`{query.name}` has no parameter `{given.name.text}`",
                given.name,
                help=did_you_mean(given.name.text, names) or f"it has {shown_list(list(names))}",
            )
        elif number is None:
            unknown_parameter(case, given)
        elif own[number].type_oid != wanted.type_oid:
            case.complain(
                "SW426",
                f"`@{given.parameter.text}` and `{given.name.text}` of `{query.name}` are of "
                "different types",
                given.parameter,
            )
        else:
            pairs.append((wanted.number, number))
    said = {given.name.text for given in rule.given}
    left = [name for name in names if name not in said]
    if left:
        case.complain(
            "SW426",
            f"`{query.name}` needs {shown_list(left)} too",
            rule.fetch,
            help=f"write `{query.name}({', '.join(f'{n}=@{n}' for n in names)})`",
        )
    return None if len(case.diagnostics) > before else tuple(pairs)


def _held(case: Case, fetch: _Fetch) -> dict[TableName, list[dict[str, set[int]]]]:
    """Give, by table, what the query's own parameters fix in the rows of the fetched object."""
    rows = Rows(fetch.access, case.resources)
    handed = dict(fetch.given)
    found: dict[TableName, list[dict[str, set[int]]]] = {}
    for number in sorted(rows.belonging({fetch.identity.occurrence})):
        fixed = {
            column: {handed[n] for n in numbers if n in handed}
            for column, numbers in rows.fixed(number).items()
        }
        table = table_of(fetch.access.occurrences[number])
        found.setdefault(table, []).append(fixed)
    return found


def _covered(case: Case, fetch: _Fetch) -> set[int]:
    """Give the occurrences whose rows are of the fetched object, by the same parameters."""
    rows = case.rows
    held = _held(case, fetch)
    roots: set[int] = set()
    for number, occurrence in enumerate(case.access.occurrences):
        table = table_of(occurrence)
        for fixed in held.get(table, ()):
            if occurrence.write is not Write.INSERT and _same_row(case, rows, number, table, fixed):
                roots.add(number)
        child = case.resources.parent_of.get(table)
        for fixed in held.get(child.parent, ()) if child else ():
            if rows.held_by(number, {child.parent: fixed} if child else {}):
                roots.add(number)
    return rows.belonging(roots)


def _same_row(
    case: Case, rows: Rows, number: int, table: TableName, fixed: dict[str, set[int]]
) -> bool:
    own = rows.fixed(number)
    return any(
        all(own.get(column, set()) & fixed.get(column, set()) for column in key)
        for key in table_keys(table, case.catalog)
    )


def _ids(case: Case, fetch: _Fetch, resource: Resource) -> set[int]:
    """Give the query's parameters that are the fetched object's id."""
    held = _held(case, fetch).get(resource.table, ())
    return {number for fixed in held for number in fixed.get(resource.id or "", set())}


def _is_referred_to(case: Case, fetch: _Fetch, resource: Resource) -> bool:
    """Whether the statement writes the fetched object's id into a column that refers to it."""
    keys = _ids(case, fetch, resource)
    tables = {(r.schema, r.name): r for r in case.catalog.relations}
    target = tables.get(resource.table)
    for occurrence in case.access.occurrences:
        relation = tables.get(table_of(occurrence))
        if relation is None or target is None:
            continue
        referring = {
            relation.column(own)
            for constraint in case.catalog.constraints
            if constraint.relation_oid == relation.oid and constraint.target_oid == target.oid
            for own in constraint.columns
        }
        names = {column.name for column in referring if column is not None}
        if any(v.column in names and v.parameter in keys for v in occurrence.values):
            return True
    return False


def _not_the_same(case: Case, rule: Rule, resource: Resource, fetch: _Fetch) -> None:
    table = shown_table(resource.table)
    names = {number: case.parameter_name(number) for _, number in fetch.given}
    given = shown_list([f"@{name}" for name in names.values()]) or "no parameter"
    touched = [
        shown_table(table_of(o)) for o in case.access.occurrences if o.write is not Write.NOTHING
    ] or [shown_table(table_of(o)) for o in case.access.occurrences]
    mine = list(dict.fromkeys(touched))
    case.complain(
        "SW427",
        f"`{fetch.query.name}` fetches the `{resource.name}` of {given}, but nothing holds "
        f"`{case.name}` to that row of `{table}`",
        rule,
        label=f"it touches {shown_list(mine)}" if mine else "it touches no table",
        help=f"let its WHERE fix the same key as `{fetch.query.name}` does, by the same parameter",
    )
