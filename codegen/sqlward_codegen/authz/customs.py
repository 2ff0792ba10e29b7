"""`custom`: a function of the application's policy module, which has to be there."""

from __future__ import annotations

from sqlward_codegen.authz.case import Case, shown_list
from sqlward_codegen.authz.directives import Rule, Strategy
from sqlward_codegen.authz.policy import Policy
from sqlward_codegen.authz.rules import ProvedRule
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.names import snake_case


def prove_custom(case: Case, rule: Rule, policy: Policy) -> ProvedRule | None:
    """Give the rule; None with a complaint."""
    name = snake_case(case.name, "query")
    names = ["rows"] if case.query.command.is_bulk else _arguments(case)
    signature = f"def {name}(check: Check{', *, ' + ', '.join(names) if names else ''}) -> None"
    if policy.path is None:
        case.complain(
            "SW450",
            f"`{case.name}` is `custom`, and there is no policy module"
            + (f" `{policy.module}`" if policy.module else ""),
            rule,
            help='name it, `policy = "store.policy"`, and write it'
            if policy.module is None
            else f"write it: `{policy.module.replace('.', '/')}.py`, with `{signature}`",
        )
        return None
    if policy.failure is not None:
        case.complain("SW450", f"`{policy.path}` cannot be read: {policy.failure}", rule)
        return None
    function = policy.function(name)
    if function is None:
        close = did_you_mean(name, (f.name for f in policy.functions))
        case.complain(
            "SW450",
            f"`{policy.path}` has no function `{name}`",
            rule,
            help=close or f"write it: `{signature}`",
        )
        return None
    missing = [n for n in names if n not in function.parameters and not function.takes_all]
    extra = [n for n in function.parameters if n not in names]
    if missing or extra or not function.has_check:
        found = f"does not take {shown_list(missing)}" if missing else ""
        found = found or (
            f"takes {shown_list(extra)}, which `{case.name}` has not" if extra else ""
        )
        case.complain(
            "SW451",
            f"`{name}` of `{policy.path}` {found or 'does not take what checks'}",
            rule,
            help=f"write `{signature}`",
        )
        return None
    return ProvedRule(Strategy.CUSTOM, reason="async" if function.is_async else "")


def _arguments(case: Case) -> list[str]:
    return [snake_case(p.name, "parameter") for p in case.query.parameters]
