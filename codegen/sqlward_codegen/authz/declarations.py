"""Read `schema/resources.toml`; what is wrong with it is told at its place in the file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final

from sqlward_codegen.authz.resources import (
    STANDARD_ACTIONS,
    SYSTEM,
    Child,
    Resource,
    Resources,
    TableName,
)
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.model import Span
from sqlward_codegen.reading.sources import decoded, shown
from sqlward_codegen.settings.config_file import toml_failure
from sqlward_codegen.settings.config_table import Complaints, Table
from sqlward_codegen.settings.toml_places import TomlPlaces

NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
"""What a resource or an action can be called: it becomes a member of an enum, and part of SQL's
neighbourhood in directives."""

COLUMNS: Final = ("id", "owner", "organization", "user_acl", "group_acl")


@dataclass(frozen=True)
class Declarations:
    """The resources, and what is needed to speak of them at their places."""

    resources: Resources
    path: str
    text: str
    diagnostics: tuple[Diagnostic, ...]

    def complaints(self) -> Complaints:
        """Give what gathers further findings about the file."""
        return Complaints(self.path, TomlPlaces(self.text), ())


def read_declarations(config: Config) -> Declarations:
    """Give what the project declares of its resources; never raises for what is wrong with it."""
    path = shown(config.resources, config.root)
    try:
        data = config.resources.read_bytes()
    except OSError as failure:
        return _nothing(path, _unreadable(path, failure))
    text = decoded(data, path)
    if isinstance(text, Diagnostic):
        return _nothing(path, text)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as failure:
        message, place = toml_failure(text, str(failure))
        label = Label(Span(path, place, place + 1))
        return _nothing(path, Diagnostic("SW401", f"`{path}` is not TOML: {message}", (label,)))
    reader = _Reader(Complaints(path, TomlPlaces(text), ()))
    resources = reader.read(values)
    return Declarations(resources, path, text, tuple(reader.complaints.found))


def _nothing(path: str, diagnostic: Diagnostic) -> Declarations:
    return Declarations(Resources(()), path, "", (diagnostic,))


def _unreadable(path: str, failure: OSError) -> Diagnostic:
    if isinstance(failure, FileNotFoundError):
        return Diagnostic(
            "SW401",
            f"`{path}` does not exist, and the layer `authz` needs it",
            help='say which table is which resource: `[chats]`, then `resource = "chat"`, '
            '`owner = "owner_id"`',
        )
    reason = (failure.strerror or "unreadable").lower()
    return Diagnostic("SW401", f"`{path}` cannot be read: {reason}")


def table_name(key: str) -> TableName:
    """Give schema and table of a key: `chats`, `audit.log`."""
    schema, dot, name = key.partition(".")
    return (schema, name) if dot else ("public", key)


class _Reader:
    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self._resources: list[Resource] = []
        self._children: list[Child] = []
        self._names: dict[str, str] = {}

    def read(self, values: dict[str, Any]) -> Resources:
        for key, entry in _tables(values):
            if not isinstance(entry, dict):
                self.complaints.add(
                    "SW402", f"`{key}` is no table of the file", (key,), f"write `[{key}]`"
                )
                continue
            table = Table(
                entry, tuple(key.split(".")) if key not in values else (key,), self.complaints
            )
            if "parent" in entry:
                self._child(key, table)
            else:
                self._resource(key, table)
            table.finish()
        return Resources(tuple(self._resources), tuple(self._children))

    def _child(self, key: str, table: Table) -> None:
        parent, column = table.text("parent", ""), table.text("column", "")
        if not parent:
            table.complain(
                "SW402", f"`{key}` names no parent", "parent", 'write `parent = "chats"`'
            )
            return
        self._children.append(Child(table_name(key), table_name(parent), column))

    def _resource(self, key: str, table: Table) -> None:
        name = table.text("resource", "")
        columns = {column: table.text(column, "") or None for column in COLUMNS}
        if name != SYSTEM:
            columns["id"] = columns["id"] or "id"
        actions = table.texts("actions", STANDARD_ACTIONS)
        text_ids = table.texts("text_ids")
        if not name:
            table.complain(
                "SW402",
                f"`{key}` is neither a resource nor the child of one",
                None,
                f'write `resource = "{_singular(key)}"`, or `parent = "…"` if its rows belong '
                "to the object of another table",
            )
            return
        if not NAME.fullmatch(name):
            table.complain(
                "SW402",
                f"`{name}` cannot name a resource",
                "resource",
                "take lower-case letters, digits and `_`",
            )
            return
        for action in (a for a in actions if not NAME.fullmatch(a)):
            table.complain(
                "SW402",
                f"`{action}` cannot name an action",
                "actions",
                "take lower-case letters, digits and `_`",
            )
        other = self._names.setdefault(name, key)
        if other != key and name != SYSTEM:
            table.complain(
                "SW402",
                f"`{other}` is the resource `{name}` already",
                "resource",
                f'give it a name of its own, or write `parent = "{other}"`',
            )
            return
        self._resources.append(
            Resource(
                name=name,
                table=table_name(key),
                actions=tuple(dict.fromkeys(actions)),
                text_ids=text_ids,
                **columns,
            )
        )


def _tables(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Give (name, entry) of each table; `[audit.log]` is the table `log` of the schema `audit`."""
    found: list[tuple[str, Any]] = []
    for key, entry in values.items():
        if isinstance(entry, dict) and entry and all(isinstance(v, dict) for v in entry.values()):
            found += [(f"{key}.{name}", inner) for name, inner in entry.items()]
        else:
            found.append((key, entry))
    return found


def _singular(key: str) -> str:
    from sqlward_codegen.names import singular, snake_case

    return singular(snake_case(key.rpartition(".")[2], "thing"))
