"""The names of one generated module: what it defines, and what it therefore imports."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection

from sqlward_codegen.names import unique
from sqlward_codegen.types.annotation import BUILTINS, UNION, Annotation

_ALWAYS_FREE = frozenset({"None", "..."})
_LOCALS = frozenset({"item", "items_2", "items_3", "rows", "self", "value", "values"})
_NUMBER = re.compile(r"(\d+)")


class Scope:
    """Settles under which name a module sees what it uses, and collects the imports.

    What is imported yields to what the module defines: to `defined` names of the module
    itself; where it is a type, to `attributes` of the module's classes, inside which the type
    is named (`from datetime import date as date_`); where it is called, to `local` names of
    arguments.
    """

    def __init__(
        self,
        module: str,
        defined: Collection[str] = (),
        attributes: Collection[str] = (),
        local: Collection[str] = (),
    ) -> None:
        self._module = module
        self._taken = set(defined)
        self._hidden = {False: frozenset(attributes), True: _LOCALS.union(local)}
        self._names: dict[tuple[str, str, bool], str] = {}
        self._annotations: dict[Annotation, str] = {}

    def name(self, module: str, name: str, *, called: bool = False) -> str:
        """Give the name under which the module sees `module.name`."""
        if module == self._module or name in _ALWAYS_FREE:
            return name
        known = self._names.get((module, name, called))
        if known is None:
            known = self._names[module, name, called] = self._choose(module, name, called)
        return known

    def _choose(self, module: str, name: str, called: bool) -> str:
        hidden = self._hidden[called]
        other = self._names.get((module, name, not called))
        if other is not None and other not in hidden:
            return other
        chosen = name
        taken = self._taken | hidden
        if name in taken:
            chosen = f"{name}_" if f"{name}_" not in taken else unique(name, taken)
        self._taken.add(chosen)
        return chosen

    def annotation(self, annotation: Annotation) -> str:
        """Give the annotation's text in this module."""
        text = self._annotations.get(annotation)
        if text is None:
            text = self._annotations[annotation] = self._text(annotation)
        return text

    def imports(self) -> tuple[str, ...]:
        """Give the import statements in isort's order, an empty line between its sections."""
        sections: dict[int, dict[str, set[tuple[str, str]]]] = {}
        for (module, name, _), chosen in self._names.items():
            if module != BUILTINS or name != chosen:
                groups = sections.setdefault(_section(module), {})
                groups.setdefault(module, set()).add((name, chosen))
        lines: list[str] = []
        for _, modules in sorted(sections.items()):
            if lines:
                lines.append("")
            for module in sorted(modules, key=_natural):
                lines += _import_lines(module, modules[module])
        return tuple(lines)

    def _text(self, annotation: Annotation) -> str:
        if annotation.name == UNION:
            return " | ".join(self.annotation(a) for a in annotation.arguments)
        text = self.name(annotation.module, annotation.name)
        if annotation.arguments:
            text += f"[{', '.join(self.annotation(a) for a in annotation.arguments)}]"
        return f"{text} | None" if annotation.nullable else text


def _import_lines(module: str, names: Collection[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    plain = sorted((name for name, chosen in names if name == chosen), key=_member)
    if plain:
        line = f"from {module} import {', '.join(plain)}"
        if len(line) > 100:
            line = f"from {module} import (\n    " + ",\n    ".join(plain) + ",\n)"
        lines.append(line)
    for name, chosen in sorted(names, key=lambda pair: (_member(pair[0]), pair[1])):
        if name != chosen:
            lines.append(f"from {module} import {name} as {chosen}")
    return lines


def _section(module: str) -> int:
    if module.startswith("."):
        return 2
    return 0 if module.partition(".")[0] in sys.stdlib_module_names else 1


def _natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part.lower())
        for part in _NUMBER.split(text)
        if part
    )


def _member(name: str) -> tuple[int, tuple[tuple[bool, int, str], ...], str]:
    """Constants first, then classes, then the rest: isort's `order-by-type`."""
    if len(name) > 1 and name.isupper():
        return 0, _natural(name), name
    return (1 if name[:1].isupper() else 2), _natural(name), name
