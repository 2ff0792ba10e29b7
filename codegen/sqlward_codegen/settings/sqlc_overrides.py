"""What sqlc's type overrides for Go mean in Python: mostly nothing, as the default is right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from sqlward_codegen.settings.toml_text import toml_string

_USUAL: Final = re.compile(
    r"(^|[./])(u?int(8|16|32|64)?|float(32|64)|bool|string|byte|rune|any|error|interface\{\}"
    r"|UUID|NullUUID|Time|Duration|RawMessage|Decimal|NullDecimal|Rat|Int|Addr|Prefix|IPNet|IP"
    r"|HardwareAddr|Null[A-Z]\w*|Pg\w+|StringArray|Int64Array|BoolArray|Float64Array)$"
)
"""The last part of Go types that stand for what PostgreSQL's type is in Python anyway."""

_PGTYPE: Final = re.compile(r"pgtype\.\w+$")

_STRINGS: Final = {
    "uuid": ("str", "uuid.UUID"),
    "numeric": ("str", "decimal.Decimal"),
}
"""Types that Go users often take as strings: the functions that read and write them so."""


def overrides_toml(overrides: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Give the lines of TOML for sqlc's overrides, and notes on those left out.

    An override to the application's own Go type becomes a commented table to fill in.
    """
    lines: list[str] = []
    usual: list[str] = []
    own: list[str] = []
    for override in overrides:
        selector = _selector(override)
        if selector is None:
            continue
        key, value = selector
        go_type = _go_type(override.get("go_type"))
        functions = _string_functions(key, value, go_type)
        if functions is not None:
            lines += _table(key, value, "str", *functions)
        elif _is_usual(go_type):
            usual.append(f"`{value}`")
        else:
            lines += _stub(key, value, go_type)
            own.append(f"`{value}` ({go_type})")
    return lines, _notes(usual, own)


def _selector(override: Any) -> tuple[str, str] | None:
    if not isinstance(override, dict) or str(override.get("engine", "postgresql")) != "postgresql":
        return None
    for theirs, ours in (
        ("column", "column"),
        ("db_type", "db_type"),
        ("postgres_type", "db_type"),
    ):
        value = override.get(theirs)
        if value:
            return ours, str(value).removeprefix("pg_catalog.")
    return None


def _go_type(value: Any) -> str:
    """Give a Go type as one word: `import/path.Type`, with `*` and `[]` left out."""
    if isinstance(value, dict):
        path, name = str(value.get("import", "")), str(value.get("type", ""))
        value = f"{path}.{name}" if path else name
    return str(value or "").replace("*", "").replace("[]", "")


def _is_usual(go_type: str) -> bool:
    return not go_type or bool(_USUAL.search(go_type) or _PGTYPE.search(go_type))


def _string_functions(key: str, value: str, go_type: str) -> tuple[str, str] | None:
    return _STRINGS.get(value) if key == "db_type" and go_type == "string" else None


def _table(key: str, value: str, python_type: str, decode: str, encode: str) -> list[str]:
    return [
        "",
        "[[tool.sqlward.overrides]]",
        f"{key} = {toml_string(value)}",
        f"python_type = {toml_string(python_type)}",
        f"decode = {toml_string(decode)}",
        f"encode = {toml_string(encode)}",
    ]


def _stub(key: str, value: str, go_type: str) -> list[str]:
    return [
        "",
        f"# In Go this was {toml_string(go_type)[1:-1]}: name the Python type, or leave it out.",
        "# [[tool.sqlward.overrides]]",
        f"# {key} = {toml_string(value)}",
        '# python_type = "module.Name"',
    ]


def _notes(usual: list[str], own: list[str]) -> list[str]:
    notes = []
    if usual:
        names = ", ".join(dict.fromkeys(usual))
        notes.append(f"overrides left out, as Python's type is right without: {names}")
    if own:
        names = ", ".join(dict.fromkeys(own))
        notes.append(f"overrides to your own Go types are left as comments to fill in: {names}")
    return notes
