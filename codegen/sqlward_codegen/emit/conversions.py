"""The expressions that convert values between psycopg's types and the user's."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.names import constant_case, unique
from sqlward_codegen.types.annotation import Annotation, Conversion, ConversionKind

CODECS = ".codecs"


@dataclass(slots=True)
class Codecs:
    """The JSON codecs of the store: one constant of the codecs module for each type."""

    names: dict[Annotation, str] = field(default_factory=dict)

    def name(self, type_: Annotation) -> str:
        """Give the constant's name for the type's codec."""
        known = self.names.get(type_)
        if known is None:
            parts = [constant_case(a.name) for a in (type_, *type_.arguments)]
            known = unique("_".join([*parts, "JSON"]), set(self.names.values()))
            self.names[type_] = known
        return known


def converted(
    conversion: Conversion, value: str, nullable: bool, scope: Scope, codecs: Codecs
) -> str:
    """Give the expression that converts `value`, itself an expression."""
    function = _function(conversion, scope, codecs)
    text = _applied(function, value, conversion.depth, conversion.null_elements)
    return f"{text} if {value} is not None else None" if nullable else text


def _function(conversion: Conversion, scope: Scope, codecs: Codecs) -> str:
    if conversion.kind is ConversionKind.CODEC and conversion.codec is not None:
        constant = codecs.name(conversion.codec)
        return f"{scope.name(CODECS, constant, called=True)}.{conversion.name}"
    name, dot, method = conversion.name.partition(".")
    return f"{scope.name(conversion.module, name, called=True)}{dot}{method}"


def _applied(function: str, value: str, depth: int, null_elements: bool) -> str:
    if depth == 0:
        return f"{function}({value})"
    item = "item" if depth == 1 else f"items_{depth}"
    inner = _applied(function, item, depth - 1, null_elements)
    if depth == 1 and null_elements:
        inner = f"{inner} if {item} is not None else None"
    return f"[{inner} for {item} in {value}]"
