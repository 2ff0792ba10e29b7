"""Whether a value is what its annotation says, all the way down."""

from __future__ import annotations

import types
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, ForwardRef, NewType, Union, get_args, get_origin, get_type_hints

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from sqlward.json import JsonValue


def mismatch(value: Any, declared: Any, path: str = "result") -> str | None:
    """Say where `value` is not what `declared` says; None when it is.

    Types are compared exactly: a `str` where a `StrEnum` is declared is a mismatch, and so is a
    member of a `StrEnum` where `str` is.
    """
    if declared is Any or declared is object:
        return None
    if declared in ("JsonValue", ForwardRef("JsonValue")):  # the alias is recursive
        declared = JsonValue
    if declared is None:
        declared = type(None)
    while isinstance(declared, NewType):
        declared = declared.__supertype__
    origin = get_origin(declared)
    if origin in (Union, types.UnionType):
        return _of_union(value, get_args(declared), path)
    if origin is None:
        return _of_class(value, declared, path)
    if type(value) is not origin:
        return f"{path} is a {type(value).__name__}, declared {declared}"
    return _of_parts(value, get_args(declared), path)


def _of_union(value: Any, members: tuple[Any, ...], path: str) -> str | None:
    found = [mismatch(value, member, path) for member in members]
    if None in found:
        return None
    likeliest = [f for f in found if f is not None and not f.startswith(f"{path} is a ")]
    names = " | ".join(getattr(member, "__name__", str(member)) for member in members)
    return (likeliest or [f"{path} is a {type(value).__name__}, declared {names}"])[0]


def _of_class(value: Any, declared: Any, path: str) -> str | None:
    if type(value) is not declared:
        return f"{path} is a {type(value).__name__}, declared {declared.__name__}"
    if not is_dataclass(declared):
        return None
    hints = get_type_hints(declared)
    found = (
        mismatch(getattr(value, f.name), hints[f.name], f"{path}.{f.name}")
        for f in fields(declared)
    )
    return next((f for f in found if f is not None), None)


def _of_parts(value: Any, arguments: tuple[Any, ...], path: str) -> str | None:
    if isinstance(value, Range):
        bounds = (b for b in (value.lower, value.upper) if b is not None)
        return _first((b, arguments[0], f"{path} (bound)") for b in bounds)
    if isinstance(value, Multirange):
        return _first(
            (r, types.GenericAlias(Range, (arguments[0],)), f"{path}[{i}]")
            for i, r in enumerate(value)
        )
    if isinstance(value, dict):
        keys = _first((key, arguments[0], f"{path} (key)") for key in value)
        return keys or _first((v, arguments[1], f"{path}[{k!r}]") for k, v in value.items())
    return _first((item, arguments[0], f"{path}[{i}]") for i, item in enumerate(value))


def _first(parts: Iterator[tuple[Any, Any, str]]) -> str | None:
    return next((m for m in (mismatch(*part) for part in parts) if m is not None), None)


def row_type(declared: Any) -> Any:
    """Give `T` of an `Iterator[T]` or `AsyncIterator[T]`, None for any other annotation."""
    if get_origin(declared) in (Iterator, AsyncIterator):
        return get_args(declared)[0]
    return None
