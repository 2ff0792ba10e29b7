"""One parameter used with two types: PostgreSQL names one place, the user needs both."""

from __future__ import annotations

from typing import Final

from sqlward_codegen.asking.answer import ServerError
from sqlward_codegen.diagnostics import Label
from sqlward_codegen.model import ParameterSource, Span, Statement

_UNDEFINED_FUNCTION: Final = "42883"
_AMBIGUOUS_PARAMETER: Final = "42P08"
_DATATYPE_MISMATCH: Final = "42804"
_STATES: Final = frozenset((_UNDEFINED_FUNCTION, _AMBIGUOUS_PARAMETER, _DATATYPE_MISMATCH))

_NEAR: Final = 3
"""How many characters may lie between the operator that is refused and the parameter."""


def other_uses(statement: Statement, error: ServerError, place: Span) -> tuple[Label, ...]:
    """Give the other places of the parameter that stands at the place of an error of types."""
    if error.sqlstate not in _STATES:
        return ()
    uses = [(_gap(span, place), span, p) for p in statement.parameters for span in p.spans]
    gap, here, parameter = min(uses, key=lambda use: use[0], default=(_NEAR + 1, place, None))
    if parameter is None or gap > _NEAR:
        return ()
    text = f"`{_name(parameter)}` has another type here"
    return tuple(Label(span, text) for span in parameter.spans if span != here)


def _gap(span: Span, place: Span) -> int:
    return max(span.start - place.end, place.start - span.end, 0)


def _name(parameter: ParameterSource) -> str:
    return parameter.name or f"${parameter.number}"
