"""The pass: every query's directives, proved to be about what the query does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlward_codegen.authz.case import Case, shown_list
from sqlward_codegen.authz.checked import checked
from sqlward_codegen.authz.creates import prove_create
from sqlward_codegen.authz.customs import prove_custom
from sqlward_codegen.authz.declarations import Declarations
from sqlward_codegen.authz.directives import Exposure, Rule, Strategy, read_exposures, read_rule
from sqlward_codegen.authz.exposure import check_exposures, check_moves, check_writes
from sqlward_codegen.authz.fetches import prove_via
from sqlward_codegen.authz.filters import prove_filter, unclaimed_filter
from sqlward_codegen.authz.offers import missing_rule
from sqlward_codegen.authz.policy import Policy
from sqlward_codegen.authz.reads import prove_read
from sqlward_codegen.authz.resources import SYSTEM, Resource, Resources, shown_table
from sqlward_codegen.authz.rows import table_of
from sqlward_codegen.authz.rules import ProvedRule, RuledQuery
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import Access, Query

Proved = tuple[ProvedRule, Collection[int]]

_PUSHED = (Strategy.FILTER, Strategy.GUARD)
_UNPROVED = (Strategy.CUSTOM, Strategy.NONE)


@dataclass(frozen=True)
class Authorization:
    """The rules of a whole store, or what is wrong with them."""

    resources: Resources
    queries: tuple[RuledQuery, ...]
    policy: Policy
    diagnostics: tuple[Diagnostic, ...]


def authorize(
    queries: Iterable[Query], declarations: Declarations, policy: Policy, catalog: Catalog
) -> Authorization:
    """Give the proved rules of all queries, and everything that is wrong with the others."""
    resources, found = checked(declarations, catalog)
    if found:
        return Authorization(resources, (), policy, found)
    by_name = {query.name: query for query in queries}
    ruled: list[RuledQuery] = []
    diagnostics: list[Diagnostic] = []
    for query in by_name.values():
        case = Case(query, query.access or Access(), resources, catalog, by_name)
        judged = _Judge(case, policy).judge()
        diagnostics += case.diagnostics
        if judged is not None:
            ruled.append(judged)
    return Authorization(resources, tuple(ruled), policy, tuple(diagnostics))


class _Judge:
    def __init__(self, case: Case, policy: Policy) -> None:
        self._case = case
        self._policy = policy

    def judge(self) -> RuledQuery | None:
        case = self._case
        rules, exposures = self._read()
        if case.diagnostics:
            return None
        if not rules:
            missing_rule(case)
            return None
        self._combination(rules)
        if case.diagnostics:
            return None
        proved = [found for rule in rules if (found := self._prove(rule)) is not None]
        if not any(rule.strategy in _PUSHED for rule in rules):
            unclaimed_filter(case)
        if case.diagnostics:
            return None
        exposed = self._surroundings(rules, proved, exposures)
        if case.diagnostics:
            return None
        return RuledQuery(case.query, tuple(rule for rule, _ in proved), exposed)

    def _read(self) -> tuple[list[Rule], list[Exposure]]:
        rules: list[Rule] = []
        exposures: list[Exposure] = []
        for directive in self._case.query.statement.query.directives:
            found: object = None
            if directive.name == "authz":
                rule = read_rule(directive)
                if isinstance(rule, Diagnostic):
                    self._case.diagnostics.append(rule)
                else:
                    rules.append(rule)
            elif directive.name == "exposes":
                found = read_exposures(directive)
                if isinstance(found, Diagnostic):
                    self._case.diagnostics.append(found)
                else:
                    exposures += found
        return rules, exposures

    def _combination(self, rules: list[Rule]) -> None:
        pushed = [rule for rule in rules if rule.strategy in _PUSHED]
        if len(pushed) > 1:
            self._case.complain(
                "SW412",
                f"`{self._case.name}` has two rules that `sqlward.authorized` would have to keep",
                pushed[1],
                help="keep one of them, and fetch the other's object: `… via …`",
            )
        lone = next((rule for rule in rules if rule.strategy is Strategy.NONE), None)
        if lone is not None and len(rules) > 1:
            self._case.complain(
                "SW412",
                f"`{self._case.name}` is exempt, and has another rule",
                lone,
                help="take one of the two out",
            )

    def _prove(self, rule: Rule) -> Proved | None:
        case = self._case
        everything = set(range(len(case.access.occurrences)))
        if rule.strategy is Strategy.NONE:
            return ProvedRule(Strategy.NONE, reason=rule.reason), everything
        if rule.strategy is Strategy.CUSTOM:
            custom = prove_custom(case, rule, self._policy)
            return None if custom is None else (custom, everything)
        resource = self._resource(rule)
        if resource is None:
            return None
        if rule.strategy is Strategy.SYSTEM:
            return self._system(rule)
        if resource.is_system:
            case.complain(
                "SW413",
                f"`{SYSTEM}` has no objects",
                rule.resource,
                help=f"write `-- authz: {rule.action.text if rule.action else 'read'} {SYSTEM}`",
            )
            return None
        found = _PROOFS[rule.strategy](case, rule, resource)
        if found is None:
            return None
        proved, roots = found
        return proved, case.rows.belonging(roots)

    def _resource(self, rule: Rule) -> Resource | None:
        case = self._case
        assert rule.resource is not None and rule.action is not None
        resource = case.resources.by_name.get(rule.resource.text)
        if resource is None:
            names: Mapping[str, Resource] = case.resources.by_name
            case.complain(
                "SW413",
                f"there is no resource `{rule.resource.text}`",
                rule.resource,
                help=did_you_mean(rule.resource.text, names)
                or f"the resources are {shown_list(sorted(names))}",
            )
            return None
        actions = case.resources.actions(resource.name)
        if rule.action.text not in actions:
            case.complain(
                "SW414",
                f"`{resource.name}` has no action `{rule.action.text}`",
                rule.action,
                help=did_you_mean(rule.action.text, actions)
                or f"it has {shown_list(list(actions))}; declare others in its `actions`",
            )
            return None
        return resource

    def _system(self, rule: Rule) -> Proved | None:
        case = self._case
        assert rule.action is not None
        covered = {
            number
            for number, occurrence in enumerate(case.access.occurrences)
            if (resource := case.resources.of(table_of(occurrence))) and resource.is_system
        }
        if not covered and case.access.occurrences:
            tables = dict.fromkeys(shown_table(table_of(o)) for o in case.access.occurrences)
            case.complain(
                "SW444",
                f"`{case.name}` touches {shown_list(list(tables))}, and nothing of `{SYSTEM}`",
                rule,
                help=f'declare the table with `resource = "{SYSTEM}"`, or take the rule of its '
                "own resource",
            )
            return None
        return ProvedRule(Strategy.SYSTEM, rule.action.text, SYSTEM), covered

    def _surroundings(
        self, rules: list[Rule], proved: list[Proved], exposures: list[Exposure]
    ) -> tuple[tuple[str, str], ...]:
        covered = {number for _, numbers in proved for number in numbers}
        check_writes(self._case, proved, rules[0].span)
        check_moves(self._case, proved, rules[0].span)
        self._opaque(rules)
        pushed = next((rule for rule, _ in proved if rule.strategy in _PUSHED), None)
        filtered = pushed.resource if pushed else ""
        return check_exposures(self._case, covered, exposures, rules[0].span, filtered)

    def _opaque(self, rules: list[Rule]) -> None:
        case = self._case
        if not case.access.opaque or any(rule.strategy in _UNPROVED for rule in rules):
            return
        case.complain(
            "SW446",
            f"`{case.name}` calls {shown_list(case.access.opaque)}, and nobody knows what that "
            "reads and writes",
            rules[0],
            help="declare it IMMUTABLE if it looks at no table, or write `-- authz: custom`",
        )


_PROOFS = {
    Strategy.CREATE: prove_create,
    Strategy.READ: prove_read,
    Strategy.VIA: prove_via,
    Strategy.FILTER: prove_filter,
    Strategy.GUARD: prove_filter,
}
