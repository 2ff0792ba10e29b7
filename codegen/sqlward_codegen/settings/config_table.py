"""A table of the configuration, read key by key; what is wrong is gathered, not thrown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.messages.suggest import did_you_mean
from sqlward_codegen.model import Span
from sqlward_codegen.settings.toml_places import Key, TomlPlaces

_NAMES = {str: "a string", bool: "a boolean", int: "a number", float: "a number"}


class Complaints:
    """Gathers diagnostics with their places in one TOML file; `prefix` leads to our table."""

    def __init__(self, path: str, places: TomlPlaces, prefix: tuple[str, ...]) -> None:
        self.found: list[Diagnostic] = []
        self._path = path
        self._places = places
        self._prefix = prefix

    def add(self, code: str, message: str, key: tuple[Key, ...], help_text: str | None) -> None:
        """Add an error at the place of a key, or of the nearest table around it."""
        start, end = self._places.find((*self._prefix, *key))
        label = Label(Span(self._path, start, end))
        self.found.append(Diagnostic(code, message, (label,), help_text))


class Table:
    """The values of one table; each reader takes a key and its default, and checks the type."""

    def __init__(
        self, values: Mapping[str, Any], path: tuple[Key, ...], complaints: Complaints
    ) -> None:
        self._values = values
        self._path = path
        self._complaints = complaints
        self._known: list[str] = []

    def text(self, key: str, default: str) -> str:
        """Give a string."""
        value = self._take(key, default)
        return value if isinstance(value, str) else self._wrong(key, "a string", default)

    def flag(self, key: str) -> bool:
        """Give a boolean, False without one."""
        value = self._take(key, False)
        return value if isinstance(value, bool) else self._wrong(key, "`true` or `false`", False)

    def texts(
        self, key: str, default: tuple[str, ...] = (), *, alone: bool = False
    ) -> tuple[str, ...]:
        """Give a list of strings; with `alone` a single string counts as a list of one."""
        value = self._take(key, list(default))
        if alone and isinstance(value, str):
            return (value,) if value else ()
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        wanted = "a string or a list of strings" if alone else "a list of strings"
        self._wrong(key, wanted, None)
        return default

    def table(self, key: str) -> Table:
        """Give a table, an empty one without it."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            value = self._wrong(key, f"a table `[{key}]`", {})
        return Table(value, (*self._path, key), self._complaints)

    def tables(self, key: str) -> Iterator[Table]:
        """Give the tables of an array `[[key]]`."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            value = self._wrong(key, f"tables `[[{key}]]`", [])
        for position, values in enumerate(value):
            yield Table(values, (*self._path, key, position), self._complaints)

    def texts_by_key(self) -> Iterator[tuple[str, str]]:
        """Give every key with its string."""
        for key in self._values:
            value = self.text(key, "")
            if value:
                yield key, value

    def finish(self) -> None:
        """Complain of the keys that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                known = ", ".join(f"`{k}`" for k in sorted(self._known))
                help_text = did_you_mean(key, self._known) or f"the keys are {known}"
                self.complain("SW004", f"unknown key `{key}`", key, help_text)

    def complain(self, code: str, message: str, key: str | None, help_text: str | None) -> None:
        """Add an error at the place of a key of this table, or of the table itself."""
        path = self._path if key is None else (*self._path, key)
        self._complaints.add(code, message, path, help_text)

    def unknown_value(
        self, code: str, what: str, value: str, key: str, known: Iterable[str]
    ) -> None:
        """Complain of a value that is none of those known."""
        names = ", ".join(f"`{k}`" for k in known)
        help_text = did_you_mean(value, known) or f"one of {names}"
        self.complain(code, f"unknown {what} `{value}`", key, help_text)

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        return self._values.get(key, default)

    def _wrong(self, key: str, wanted: str, default: Any) -> Any:
        found = _NAMES.get(type(self._values[key])) or _article(self._values[key])
        self.complain("SW005", f"`{key}` must be {wanted}, found {found}", key, None)
        return default


def _article(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else "a date"
