"""Diagnostics as text: a headline, excerpts of the user's files with carets, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlward_codegen.diagnostics import Diagnostic, Label, Severity
from sqlward_codegen.messages.excerpt import Mark, excerpt
from sqlward_codegen.messages.lines import Lines
from sqlward_codegen.messages.style import PLAIN, Style, colored

ReadText = Callable[[str], str | None]
"""Gives the text of a file by the path in its spans, None when it cannot be read."""

WIDTH = 80


def render(
    diagnostics: Iterable[Diagnostic], read: ReadText, *, color: bool = False, width: int = WIDTH
) -> str:
    """Give what the user sees: every diagnostic once, by file and place, and a closing count.

    Excerpts are cut to `width` columns. The text has no final newline; it is empty without
    diagnostics.
    """
    page = _Page(read, colored() if color else PLAIN, width)
    ordered = sorted(dict.fromkeys(diagnostics), key=_place)
    if not ordered:
        return ""
    parts = [page.diagnostic(d) for d in ordered]
    return "\n\n".join([*parts, page.closing(ordered)])


def machine_form(diagnostic: Diagnostic, read: ReadText) -> dict[str, Any]:
    """Give the diagnostic as values that `json` writes; lines and columns count from 1."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "labels": [_machine_label(label, read) for label in diagnostic.labels],
        "help": diagnostic.help,
        "notes": list(diagnostic.notes),
    }


def _machine_label(label: Label, read: ReadText) -> dict[str, Any]:
    span = label.span
    form: dict[str, Any] = {
        "path": span.path,
        "start": span.start,
        "end": span.end,
        "text": label.text,
    }
    text = read(span.path)
    if text is not None:
        lines = Lines(text)
        form["line"], form["column"] = lines.position(span.start)
        form["end_line"], form["end_column"] = lines.position(span.end)
    return form


def _place(diagnostic: Diagnostic) -> tuple[str, int, str]:
    if not diagnostic.labels:
        return "", 0, diagnostic.code
    span = diagnostic.labels[0].span
    return span.path, span.start, diagnostic.code


class _Page:
    """Renders with one reader, style and width; each file is read once."""

    def __init__(self, read: ReadText, style: Style, width: int) -> None:
        self._read = read
        self._style = style
        self._width = width
        self._files: dict[str, Lines | None] = {}

    def diagnostic(self, diagnostic: Diagnostic) -> str:
        """Give the rows of one diagnostic."""
        digits = self._digits(diagnostic.labels)
        rows = [self._headline(diagnostic)]
        main = diagnostic.labels[0] if diagnostic.labels else None
        for number, (path, labels) in enumerate(_by_file(diagnostic.labels)):
            rows += self._file(path, labels, main, digits, "--> " if number == 0 else "::: ")
        for word, text in _endings(diagnostic):
            rows.append(self._ending(word, text, digits))
        return "\n".join(rows)

    def closing(self, diagnostics: Sequence[Diagnostic]) -> str:
        """Give the last line: `error: 3 errors, 1 warning`."""
        counts = [
            (severity, sum(d.severity is severity for d in diagnostics)) for severity in Severity
        ]
        worst = next(severity for severity, count in counts if count)
        said = ", ".join(f"{n} {s.value}{'s' * (n != 1)}" for s, n in counts if n)
        return f"{self._style.severity(worst, worst.value)}: {said}"

    def _headline(self, diagnostic: Diagnostic) -> str:
        severity = diagnostic.severity
        mark = self._style.severity(severity, f"{severity.value}[{diagnostic.code}]")
        indent = " " * len(f"{severity.value}[{diagnostic.code}]: ")
        return f"{mark}: {self._style.strong(_indented(diagnostic.message, indent))}"

    def _file(
        self, path: str, labels: list[Label], main: Label | None, digits: int, arrow: str
    ) -> list[str]:
        lines = self._lines(path)
        first = labels[0].span
        if lines is None:
            return [" " * digits + self._style.margin(arrow) + path]
        line, column = lines.position(first.start)
        head = " " * digits + self._style.margin(arrow) + f"{path}:{line}:{column}"
        marks = [Mark(m.span.start, m.span.end, m.text, is_main=m is main) for m in labels]
        return [head, *excerpt(lines, marks, digits, self._style, self._width)]

    def _ending(self, word: str, text: str, digits: int) -> str:
        pad = " " * (digits + 1)
        indent = " " * (digits + len(f" = {word}: "))
        return (
            f"{pad}{self._style.margin('=')} {self._style.strong(word)}: {_indented(text, indent)}"
        )

    def _digits(self, labels: Iterable[Label]) -> int:
        """Give the width of the largest line number that the diagnostic shows."""
        digits = 1
        for label in labels:
            lines = self._lines(label.span.path)
            if lines is not None:
                last = max(label.span.start, label.span.end - 1)
                digits = max(digits, len(str(lines.position(last)[0])))
        return digits

    def _lines(self, path: str) -> Lines | None:
        if path not in self._files:
            text = self._read(path)
            self._files[path] = None if text is None else Lines(text)
        return self._files[path]


def _by_file(labels: Iterable[Label]) -> list[tuple[str, list[Label]]]:
    found: dict[str, list[Label]] = {}
    for label in labels:
        found.setdefault(label.span.path, []).append(label)
    return list(found.items())


def _endings(diagnostic: Diagnostic) -> list[tuple[str, str]]:
    notes = [("note", note) for note in diagnostic.notes]
    return [*notes, ("help", diagnostic.help)] if diagnostic.help else notes


def _indented(text: str, indent: str) -> str:
    return text.rstrip().replace("\r", "").replace("\n", "\n" + indent)
