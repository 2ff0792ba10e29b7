"""How the parts of a message are set off on a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.diagnostics import Severity


@dataclass(frozen=True, slots=True)
class Style:
    """Escape sequences by what they set off; all empty in plain text."""

    error: str = ""
    warning: str = ""
    quiet: str = ""
    bold: str = ""
    reset: str = ""

    def severity(self, severity: Severity, text: str) -> str:
        """Set off an error's or a warning's word."""
        return self._set(self.error if severity is Severity.ERROR else self.warning, text)

    def margin(self, text: str) -> str:
        """Set off line numbers, rules and arrows."""
        return self._set(self.quiet, text)

    def strong(self, text: str) -> str:
        """Set off the headline."""
        return self._set(self.bold, text)

    def caret(self, text: str, *, is_main: bool) -> str:
        """Set off a caret row: the main place, or one beside it."""
        return self._set(self.error if is_main else self.quiet, text)

    def _set(self, sequence: str, text: str) -> str:
        return f"{sequence}{text}{self.reset}" if sequence else text


PLAIN = Style()


def colored() -> Style:
    """Give the style of a terminal with colors."""
    return Style("\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m")
