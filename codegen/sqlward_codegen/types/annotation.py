"""Python types as the generated code writes them, before names are settled in a module."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

BUILTINS = "builtins"


@dataclass(frozen=True, slots=True)
class Annotation:
    """The name of a type, its module and its arguments: `list[UUID | None] | None`.

    `module` is `builtins`, an importable module, or a sibling (`.enums`) of the module that
    is being written.
    """

    module: str
    name: str
    arguments: tuple[Annotation, ...] = ()
    nullable: bool = False


class ConversionKind(StrEnum):
    """How a value is converted: by a function, or by a JSON codec's method."""

    FUNCTION = "function"
    CODEC = "codec"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What turns the value psycopg gives or takes into the user's, or back.

    A function is named by `module` and `name` (`Class.method` for one of a class). A codec is that of the type `codec`, and
    `name` is its method. `depth` says through how many arrays the conversion reaches,
    `null_elements` whether their elements may be None.
    """

    kind: ConversionKind
    module: str
    name: str
    codec: Annotation | None = None
    depth: int = 0
    null_elements: bool = False


@dataclass(frozen=True, slots=True)
class PythonType:
    """What a PostgreSQL type is in Python.

    `result` is the annotation of a value that comes back, `parameter` that of one that is
    sent. `binary` is False where psycopg can load the type from its text form only.
    """

    result: Annotation
    parameter: Annotation
    binary: bool = True
    decode: Conversion | None = None
    encode: Conversion | None = None


def builtin(name: str, *arguments: Annotation) -> Annotation:
    """Give the annotation of a builtin type."""
    return Annotation(BUILTINS, name, arguments)


def or_none(annotation: Annotation, nullable: bool) -> Annotation:
    """Give the annotation with `| None` if `nullable`."""
    if not nullable or annotation.nullable or annotation == NONE:
        return annotation
    return replace(annotation, nullable=True)


UNION = "|"
NONE = builtin("None")
