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

    `defined` are the names that the module and its classes define themselves: what is
    imported yields to them (`from datetime import date as date_`). `local` are names of
    arguments, which hide imported functions (not types) where they are used.
    """

    def __init__(
        self, module: str, defined: Collection[str] = (), local: Collection[str] = ()
    ) -> None:
        self._module = module
        self._taken = set(defined)
        self._local = _LOCALS.union(local)
        self._names: dict[tuple[str, str], str] = {}
        self._annotations: dict[Annotation, str] = {}

    def name(self, module: str, name: str, *, called: bool = False) -> str:
        """Give the name under which the module sees `module.name`."""
        if module == self._module or name in _ALWAYS_FREE:
            return name
        known = self._names.get((module, name))
        if known is not None:
            return known
        taken = self._taken | self._local if called else self._taken
        chosen = name
        if name in taken:
            chosen = f"{name}_" if f"{name}_" not in taken else unique(name, taken)
        if module != BUILTINS or chosen != name:
            self._taken.add(chosen)
        self._names[module, name] = chosen
        return chosen

    def annotation(self, annotation: Annotation) -> str:
        """Give the annotation's text in this module."""
        text = self._annotations.get(annotation)
        if text is None:
            text = self._annotations[annotation] = self._text(annotation)
        return text

    def imports(self) -> tuple[str, ...]:
        """Give the import statements in isort's order, an empty line between its sections."""
        sections: dict[int, dict[str, list[tuple[str, str]]]] = {}
        for (module, name), chosen in self._names.items():
            if module != BUILTINS or name != chosen:
                groups = sections.setdefault(_section(module), {})
                groups.setdefault(module, []).append((name, chosen))
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


def _import_lines(module: str, names: list[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    plain = sorted((name for name, chosen in names if name == chosen), key=_member)
    if plain:
        line = f"from {module} import {', '.join(plain)}"
        if len(line) > 100:
            line = f"from {module} import (\n    " + ",\n    ".join(plain) + ",\n)"
        lines.append(line)
    for name, chosen in sorted(names, key=lambda pair: _member(pair[0])):
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
