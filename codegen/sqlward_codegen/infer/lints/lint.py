"""All lints, in the order of their codes."""

from __future__ import annotations

from typing import Final

from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.lints.finding import Lint, Subject
from sqlward_codegen.infer.lints.inserts import check_then_insert, slow_copy
from sqlward_codegen.infer.lints.joins import (
    accidental_cross_join,
    outer_join_made_inner,
    star_with_duplicates,
)
from sqlward_codegen.infer.lints.nulls import comparison_with_null, not_in_nullable
from sqlward_codegen.infer.lints.ordering import limit_without_total_order
from sqlward_codegen.infer.lints.unused import unused_parameter
from sqlward_codegen.infer.lints.writes import write_without_where

_LINTS: Final[tuple[Lint, ...]] = (
    write_without_where,
    not_in_nullable,
    comparison_with_null,
    unused_parameter,
    star_with_duplicates,
    outer_join_made_inner,
    limit_without_total_order,
    accidental_cross_join,
    check_then_insert,
    slow_copy,
)

LINT_CODES: Final = frozenset(f"SW{number}" for number in (*range(220, 230), 232))
"""The codes of lints."""


def lint(subject: Subject) -> tuple[Diagnostic, ...]:
    """Give what every lint finds, each finding once."""
    found = (finding for check in _LINTS for finding in check(subject))
    return tuple(dict.fromkeys(found))
