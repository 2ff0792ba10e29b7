"""Whether a statement returns at most one row, and what proves it."""

from __future__ import annotations

from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.model import Cardinality


def cardinality(scope: Scope) -> Cardinality:
    """Say whether the statement returns at most one row."""
    return Cardinality(True, "not analysed")
