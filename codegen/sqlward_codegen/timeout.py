"""`-- timeout: 5s`: how long a statement may run."""

from __future__ import annotations

import re
from typing import Final

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.model import Directive, RawQuery

_UNITS: Final = {"ms": 1, "s": 1000, "min": 60_000}
_TIME: Final = re.compile(r"(\d+)\s*(ms|s|min)")
_LONGEST: Final = 2**31 - 1
"""Milliseconds: `statement_timeout` is a 32-bit integer."""


def timeout_of(query: RawQuery) -> float | None:
    """Give the seconds that a sound query declares, None when it declares none."""
    for directive in query.directives:
        if directive.name == "timeout":
            return _milliseconds(directive) / 1000
    return None


def check_timeout(query: RawQuery) -> Diagnostic | None:
    """Give what is wrong with a query's timeout."""
    directives = [d for d in query.directives if d.name == "timeout"]
    if len(directives) > 1:
        return _bad(directives[1], "a query has one timeout")
    for directive in directives:
        if not 0 < _milliseconds(directive) <= _LONGEST:
            return _bad(directive, f"`{directive.value}` is not a time that a statement can have")
    return None


def _milliseconds(directive: Directive) -> int:
    match = _TIME.fullmatch(directive.value)
    return int(match[1]) * _UNITS[match[2]] if match else 0


def _bad(directive: Directive, message: str) -> Diagnostic:
    help = "write one `-- timeout: 5s`, with `ms`, `s` or `min`"
    return Diagnostic("SW119", message, (Label(directive.span),), help=help)
