"""`-- allow: CODE reason`: findings that somebody has looked at and wants to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.infer.lints.lint import LINT_CODES
from sqlward_codegen.messages.codes import explain
from sqlward_codegen.model import Directive, Statement

ALLOWABLE: Final = LINT_CODES | {"SW204"}
"""What a query may be excused from here; what other passes excuse is theirs to settle."""

_CODE: Final = re.compile(r"SW\d{3}")


def settled(statement: Statement, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Give the findings that no allowance excuses, and what is wrong with the allowances.

    An allowance needs a reason, and something to allow.
    """
    allowances = [d for d in statement.query.directives if d.name == "allow"]
    excused: set[str] = set()
    wrong: list[Diagnostic] = []
    present = {diagnostic.code for diagnostic in found}
    for allowance in allowances:
        code, _, reason = allowance.value.partition(" ")
        fault = _fault(allowance, code, reason.strip(), code in present or code in excused)
        if fault is not None:
            wrong.append(fault)
        elif code in ALLOWABLE:
            excused.add(code)
    return (*(d for d in found if d.code not in excused), *wrong)


def _fault(allowance: Directive, code: str, reason: str, is_needed: bool) -> Diagnostic | None:
    label = Label(allowance.span)
    if not _CODE.fullmatch(code) or explain(code) is None:
        return Diagnostic(
            "SW230",
            f"`{code}` is not the code of a diagnostic",
            (label,),
            help="write `-- allow: SW220 reason`",
        )
    if not reason:
        return Diagnostic(
            "SW230",
            f"the allowance of {code} has no reason",
            (label,),
            help=f"say why it is right here: `-- allow: {code} reason`",
        )
    if code.startswith("SW2") and code not in ALLOWABLE:
        return Diagnostic(
            "SW230",
            f"{code} cannot be allowed",
            (label,),
            help=f"only lints and SW204 can; `sqlward explain {code}` says what to do",
        )
    if code in ALLOWABLE and not is_needed:
        return Diagnostic(
            "SW231",
            f"nothing here needs the allowance of {code}",
            (label,),
            help="remove it",
        )
    return None
