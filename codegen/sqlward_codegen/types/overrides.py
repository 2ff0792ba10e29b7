"""The user's own Python types: which override applies where, and what it says."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlward_codegen.catalog import Type
from sqlward_codegen.config import Override
from sqlward_codegen.diagnostics import Diagnostic, Label, Severity, error
from sqlward_codegen.model import ColumnRef
from sqlward_codegen.types.annotation import (
    BUILTINS,
    Annotation,
    Conversion,
    ConversionKind,
    PythonType,
    builtin,
)

_SPELLINGS = {
    "bigint": "int8",
    "bigserial": "int8",
    "bit varying": "varbit",
    "boolean": "bool",
    "char": "bpchar",
    "character": "bpchar",
    "character varying": "varchar",
    "decimal": "numeric",
    "double precision": "float8",
    "int": "int4",
    "integer": "int4",
    "real": "float4",
    "serial": "int4",
    "smallint": "int2",
    "time with time zone": "timetz",
    "time without time zone": "time",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}


@dataclass(frozen=True, slots=True)
class ResolvedOverride:
    """An override whose texts are read: `number` is its position in the configuration."""

    number: int
    override: Override
    type: PythonType


Place = Callable[[str], tuple[Label, ...]]
"""Gives the label of a key of an override in the configuration, none where it is not known."""


def nowhere(key: str) -> tuple[Label, ...]:
    """Give no label: for an override that stands in no file."""
    return ()


def resolve(number: int, override: Override, place: Place = nowhere) -> ResolvedOverride:
    """Read the names in an override; raises `CompileError` for one that is no name."""
    annotation = parse_annotation(override.python_type, place)
    decode, encode = _conversions(override, annotation, place)
    return ResolvedOverride(
        number, override, PythonType(annotation, annotation, True, decode, encode)
    )


def unused_override(override: Override, place: Place = nowhere) -> Diagnostic:
    """Give the warning of an override that applies to nothing."""
    key, value = _selector(override)
    return Diagnostic(
        "SW307",
        f"the override of {key} `{value}` applies to nothing",
        place(key),
        help=_SELECTOR_HELP[key],
        severity=Severity.WARNING,
    )


def matches_type(override: Override, type_: Type) -> bool:
    """Whether a `db_type` override is about the type, in any spelling PostgreSQL accepts."""
    if override.db_type is None:
        return False
    wanted = _canonical(override.db_type)
    return wanted in (type_.name, f"{type_.schema}.{type_.name}")


def matches_column(override: Override, column: ColumnRef) -> bool:
    """Whether a `column` override (globs) is about the column."""
    pattern = override.column
    if pattern is None:
        return False
    full = f"{column.schema}.{column.table}.{column.column}"
    return fnmatchcase(str(column), pattern) or fnmatchcase(full, pattern)


def parse_annotation(text: str, place: Place = nowhere) -> Annotation:
    """Read `module.Name`, a builtin's name, or one of them with arguments in brackets.

    Raises `CompileError` for anything else.
    """
    try:
        return _annotation(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        raise error(
            "SW303",
            f"`{text}` is not the name of a Python type",
            *place("python_type"),
            help="write `module.Name`, or the name of a builtin type such as `str`",
        ) from None


def _annotation(node: ast.expr) -> Annotation:
    if isinstance(node, ast.Subscript):
        inner = node.slice
        arguments = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        generic = _annotation(node.value)
        return Annotation(generic.module, generic.name, tuple(_annotation(a) for a in arguments))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and _is_none(node.right):
        plain = _annotation(node.left)
        return Annotation(plain.module, plain.name, plain.arguments, True)
    if isinstance(node, ast.Name):
        if not isinstance(getattr(builtins, node.id, None), type):
            raise ValueError(node.id)
        return builtin(node.id)
    if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis):
        return builtin("None" if node.value is None else "...")
    if isinstance(node, ast.Attribute):
        return Annotation(ast.unparse(_dotted(node.value)), node.attr)
    raise ValueError(ast.unparse(node))


def _dotted(node: ast.expr) -> ast.expr:
    inner = node
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    if not isinstance(inner, ast.Name):
        raise ValueError(ast.unparse(node))
    return node


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _conversions(
    override: Override, annotation: Annotation, place: Place
) -> tuple[Conversion | None, Conversion | None]:
    if override.json:
        return (
            Conversion(ConversionKind.CODEC, "", "decode", annotation),
            Conversion(ConversionKind.CODEC, "", "encode", annotation),
        )
    return (
        _function(override.decode, place("decode")),
        _function(override.encode, place("encode")),
    )


def _function(text: str | None, labels: tuple[Label, ...]) -> Conversion | None:
    if text is None:
        return None
    module, _, name = text.strip().rpartition(".")
    holder, _, class_name = module.rpartition(".")
    if holder and class_name[:1].isupper():
        module, name = holder, f"{class_name}.{name}"
    if not all(part.isidentifier() for part in f"{module}.{name}".split(".")):
        if not module and name in dir(builtins):
            return Conversion(ConversionKind.FUNCTION, BUILTINS, name)
        raise error(
            "SW303",
            f"`{text}` is not the name of a Python function",
            *labels,
            help="write `module.function`, `module.Class.method`, or a builtin's name such as `str`",
        )
    return Conversion(ConversionKind.FUNCTION, module, name)


_SELECTOR_HELP = {
    "db_type": "name a type of the schema or of PostgreSQL that is used: `uuid`, `public.mood`",
    "column": "name a column as `table.column`; `*` stands for any part of it",
    "query_column": "name a query and a column of its result: `GetChat.labels`",
    "parameter": "name a query and one of its parameters: `GetChat.labels`",
}


def _selector(override: Override) -> tuple[str, str]:
    for key in _SELECTOR_HELP:
        value: str | None = getattr(override, key)
        if value is not None:
            return key, value
    return "db_type", ""


def _canonical(name: str) -> str:
    wanted = name.strip().strip('"')
    is_array = wanted.endswith("[]")
    wanted = wanted.removesuffix("[]").strip().removeprefix("pg_catalog.")
    schema, dot, name = _SPELLINGS.get(wanted.lower(), wanted).rpartition(".")
    return f"{schema}{dot}{'_' if is_array else ''}{name}"
