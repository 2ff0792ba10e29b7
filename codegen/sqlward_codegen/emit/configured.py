"""The overrides of the configuration, read and reported at their places in its file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property, partial

from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label
from sqlward_codegen.model import Span
from sqlward_codegen.settings.toml_places import TomlPlaces
from sqlward_codegen.types.overrides import ResolvedOverride, resolve, unused_override


class ConfiguredOverrides:
    """The overrides of a project: those that can be read, and diagnostics for the others.

    The configuration's file is read again only where something has to be reported.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self.diagnostics: list[Diagnostic] = []
        self.resolved = tuple(self._resolve())

    def unused(self, used: Collection[int]) -> list[Diagnostic]:
        """Warn of those that apply to nothing; `used` are the positions of the others."""
        return [
            unused_override(o.override, partial(self._label, o.number))
            for o in self.resolved
            if o.number not in used
        ]

    def _resolve(self) -> Iterable[ResolvedOverride]:
        for number, override in enumerate(self._config.overrides):
            try:
                yield resolve(number, override)
            except CompileError:
                self.diagnostics += self._located(number)

    def _located(self, number: int) -> tuple[Diagnostic, ...]:
        """Run into the same mistake once more, now with the places of the file."""
        try:
            resolve(number, self._config.overrides[number], partial(self._label, number))
        except CompileError as error:
            return error.diagnostics
        return ()

    def _label(self, number: int, key: str) -> tuple[Label, ...]:
        if self._places is None:
            return ()
        source = self._config.source
        prefix = ("tool", "sqlward") if source.name == "pyproject.toml" else ()
        start, end = self._places.find((*prefix, "overrides", number, key))
        path = source.relative_to(self._config.root).as_posix()
        return (Label(Span(path, start, end)),)

    @cached_property
    def _places(self) -> TomlPlaces | None:
        try:
            return TomlPlaces(self._config.source.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
