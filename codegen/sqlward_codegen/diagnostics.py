"""What the user is told: a code, a message, places in files and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlward_codegen.model import Span


class Severity(StrEnum):
    """How bad it is: an error stops the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what is to be said about it (may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `message` is lower case without a full stop, the user's own words in backticks. The first
    label is where it is; `help` is the way out.
    """

    code: str
    message: str
    labels: tuple[Label, ...] = ()
    help: str | None = None
    severity: Severity = Severity.ERROR
    notes: tuple[str, ...] = ()


class CompileError(Exception):
    """Carries the diagnostics that end the work on one unit (a file, a query, a run)."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics))


def error(code: str, message: str, *labels: Label, help: str | None = None) -> CompileError:
    """Give the exception for one error diagnostic: `raise error("SW101", …)`."""
    return CompileError([Diagnostic(code, message, labels, help)])
