"""What a statement writes and gives away beyond the objects that its rules are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlward_codegen.authz.case import Case, shown_list
from sqlward_codegen.authz.directives import Exposure, Strategy
from sqlward_codegen.authz.resources import shown_table
from sqlward_codegen.authz.rows import table_of
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import OccurrenceColumn, Span, Write

ALL = "*"
READ = "read"


def check_writes(
    case: Case, proved: Sequence[tuple[ProvedRule, Collection[int]]], rules_span: Span
) -> None:
    """Complain of written tables that no rule is about."""
    for number, occurrence in enumerate(case.access.occurrences):
        if occurrence.write is Write.NOTHING:
            continue
        rules = [rule for rule, covered in proved if number in covered]
        table = shown_table(table_of(occurrence))
        if occurrence.write is Write.MERGE and not _is_plain(rules):
            case.complain(
                "SW440",
                f"`{case.name}` merges into `{table}`, and which rows that touches is not proved",
                rules_span,
                help="write an UPDATE and an INSERT, or `-- authz: custom`",
            )
            continue
        if any(rule.action != READ for rule in rules):
            continue
        if rules:
            case.complain(
                "SW440",
                f"`{case.name}` {_verb(occurrence.write)} `{table}`, and its rule asks for "
                f"`{READ}` only",
                rules_span,
                help="ask for the action that it is: `update`, `delete`, …",
            )
            continue
        _unruled_write(case, number, table, rules_span)


def check_moves(
    case: Case, proved: Sequence[tuple[ProvedRule, Collection[int]]], span: Span
) -> None:
    """Complain of rows that an UPDATE hands from one object to another that nobody asked about."""
    ids = {number for rule, _ in proved if rule.action != READ for number in rule.ids}
    if any(rule.strategy in _UNPROVED for rule, _ in proved):
        return
    for occurrence in case.access.occurrences:
        child = case.resources.parent_of.get(table_of(occurrence))
        if child is None or occurrence.write not in (Write.UPDATE, Write.MERGE):
            continue
        value = next((v for v in occurrence.values if v.column == child.column), None)
        if value is None or value.parameter in ids:
            continue
        resource = case.resources.of(child.table)
        name = resource.name if resource else ""
        given = f"@{case.parameter_name(value.parameter)}" if value.parameter else "…"
        case.complain(
            "SW445",
            f"`{case.name}` moves rows of `{shown_table(child.table)}` to another `{name}`, and no "
            "rule is about that one",
            span,
            help=f"fetch it as well: `-- authz: update {name} via …({child.key}={given})`",
        )


_UNPROVED = (Strategy.CUSTOM, Strategy.NONE)


def _is_plain(rules: Sequence[ProvedRule]) -> bool:
    """Whether one of the rules does not depend on which rows there are."""
    return any(rule.strategy in (*_UNPROVED, Strategy.SYSTEM) for rule in rules)


def _unruled_write(case: Case, number: int, table: str, span: Span) -> None:
    occurrence = case.access.occurrences[number]
    resource = case.resources.of(table_of(occurrence))
    if resource is None:
        _undeclared(case, table, span)
        return
    action = {Write.INSERT: "create", Write.DELETE: "delete"}.get(occurrence.write, "update")
    why = " (ON CONFLICT DO UPDATE may touch a row of another object)" if occurrence.upserts else ""
    case.complain(
        "SW440",
        f"`{case.name}` {_verb(occurrence.write)} `{table}`, and no rule is about those rows{why}",
        span,
        help=f"add a rule for the `{resource.name}` they belong to: `-- authz: {action} "
        f"{resource.name} …`",
    )


def _verb(write: Write) -> str:
    verbs = {
        Write.INSERT: "inserts into",
        Write.UPDATE: "updates",
        Write.DELETE: "deletes from",
        Write.MERGE: "merges into",
    }
    return verbs[write]


def _undeclared(case: Case, table: str, span: Span) -> None:
    case.complain(
        "SW443",
        f"`{table}` is not declared: nobody can say whose rows they are",
        span,
        help=f"declare `[{table}]` in `schema/resources.toml`, as a resource or with a `parent`",
    )


def check_exposures(
    case: Case,
    covered: Collection[int],
    exposures: Sequence[Exposure],
    span: Span,
    filtered: str = "",
) -> tuple[tuple[str, str], ...]:
    """Complain of columns that reach the result, or another row, and that nobody named.

    `filtered` is the resource that `sqlward.authorized` is about. Gives (resource, column) of
    each that is named.
    """
    named = _named(case, exposures)
    used: set[tuple[str, str]] = set()
    flowing = {f for output in case.access.outputs for f in output.flows}
    flowing |= set(case.access.written)
    unnamed: dict[tuple[str, str], list[str]] = {}
    for column in sorted(flowing):
        _column(case, column, covered, named, used, unnamed, span)
    for (resource, alias), columns in unnamed.items():
        if resource == filtered:
            _unfiltered(case, alias, columns, span)
        else:
            _exposed(case, resource, columns, span)
    if not unnamed:
        _counted(case, covered, named, used, span)
    for exposure in exposures:
        for word in exposure.columns:
            if (exposure.resource.text, word.text) not in used and not case.diagnostics:
                case.complain(
                    "SW442",
                    f"`{case.name}` does not give away `{exposure.resource.text}({word.text})`",
                    word,
                    help="take it out",
                )
    return tuple(sorted(used))


def _named(case: Case, exposures: Sequence[Exposure]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for exposure in exposures:
        name = exposure.resource.text
        if name not in case.resources.by_name:
            case.complain(
                "SW413",
                f"there is no resource `{name}`",
                exposure.resource,
                help=did_you_mean(name, case.resources.by_name)
                or f"the resources are {shown_list(sorted(case.resources.by_name))}",
            )
        found |= {(name, column.text) for column in exposure.columns}
    return found


def _column(
    case: Case,
    column: OccurrenceColumn,
    covered: Collection[int],
    named: set[tuple[str, str]],
    used: set[tuple[str, str]],
    unnamed: dict[tuple[str, str], list[str]],
    span: Span,
) -> None:
    if column.occurrence in covered:
        return
    table = table_of(case.access.occurrences[column.occurrence])
    resource = case.resources.of(table)
    if resource is None:
        if not any(d.code == "SW443" and shown_table(table) in d.message for d in case.diagnostics):
            _undeclared(case, shown_table(table), span)
        return
    for name in (column.column, ALL):
        if (resource.name, name) in named:
            used.add((resource.name, name))
            return
    alias = case.access.occurrences[column.occurrence].alias
    own = (resource.name, alias if table == resource.table else "")
    columns = unnamed.setdefault(own, [])
    if column.column not in columns:
        columns.append(column.column)


def _unfiltered(case: Case, alias: str, columns: list[str], span: Span) -> None:
    if not alias:
        case.complain(
            "SW437",
            f"`{case.name}` gives away {shown_list(columns)}, and no `sqlward.authorized` says "
            "whose",
            span,
            help="join the table with the one that `sqlward.authorized` restricts, by the column "
            "that refers to it",
        )
        return
    case.complain(
        "SW437",
        f"`{case.name}` gives away {shown_list(columns)} of `{alias}`, which no "
        "`sqlward.authorized` restricts",
        span,
        help=f"add `AND sqlward.authorized({alias})` where `{alias}` is selected",
    )


def _exposed(case: Case, resource: str, columns: list[str], span: Span) -> None:
    case.complain(
        "SW441",
        f"`{case.name}` gives away {shown_list(columns)} of a `{resource}` that no rule is about",
        span,
        help=f"if that is meant, say so: `-- exposes: {resource}({', '.join(columns)})`",
    )


def _counted(
    case: Case,
    covered: Collection[int],
    named: set[tuple[str, str]],
    used: set[tuple[str, str]],
    span: Span,
) -> None:
    """Complain of rows that show by their number alone, if no rule is about any of them."""
    exposed = {name for name, _ in used}
    for group in case.access.counted:
        if set(group) & set(covered):
            continue
        tables = {table_of(case.access.occurrences[number]) for number in group}
        resources = [case.resources.of(table) for table in sorted(tables)]
        names = [r.name for r in resources if r is not None]
        if set(names) & exposed:
            continue
        meant = next((n for n in names if (n, ALL) in named), None)
        if meant is not None:
            used.add((meant, ALL))
            continue
        if not names:
            _undeclared(case, shown_table(min(tables)), span)
            return
        case.complain(
            "SW441",
            f"`{case.name}` tells how many rows of `{shown_table(min(tables))}` there are, and no "
            "rule is about them",
            span,
            help=f"if that is meant, say so: `-- exposes: {names[0]}(*)`",
        )
        return
