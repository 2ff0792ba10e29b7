"""What the user sees when a store cannot be made of their queries."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from emit_world import CONFIG, World, query
from goldens_support import assert_golden
from sqlward_codegen.catalog import TypeKind
from sqlward_codegen.config import Config, Override
from sqlward_codegen.emit import plan
from sqlward_codegen.messages.render import render
from sqlward_codegen.model import Query, Span

Case = tuple[World, tuple[Query, ...], Config]


def unknown_type() -> Case:
    world = World()
    world.type(TypeKind.BASE, "geometry", extension="postgis")
    columns = (world.column("id", "uuid"), world.column("at", "public.geometry"))
    sql = "SELECT id, at FROM places WHERE at = $1"
    parameter = world.parameter(1, "at", "public.geometry")
    start = len("-- name: FindPlace :opt\n") + sql.index("$1")
    found = replace(parameter, span=Span("queries/chats.sql", start, start + 2))
    return world, (query("FindPlace", ":opt", columns, [found], sql=sql),), CONFIG


def same_method() -> Case:
    return (
        World(),
        (query("GetURL", ":exec"), query("GetUrl", ":exec", path="queries/users.sql")),
        CONFIG,
    )


def taken_method() -> Case:
    return World(), (query("Transaction", ":exec"),), CONFIG


def taken_class() -> Case:
    world = World()
    world.table("get_chat_rows", ("id", "int4"))
    columns = (world.column("a", "int4"), world.column("b", "int4"))
    return world, (query("GetChat", ":opt", columns),), CONFIG


def batch_without_parameters() -> Case:
    return World(), (query("Tick", ":batchexec"),), CONFIG


@pytest.mark.parametrize(
    "case",
    [
        unknown_type,
        same_method,
        taken_method,
        taken_class,
        batch_without_parameters,
    ],
    ids=lambda case: case.__name__,
)
def test_diagnostics(case: Callable[[], Case]) -> None:
    """Each mistake is shown with its place in the query file and the way out."""
    world, queries, config = case()
    texts = {
        q.statement.query.path: f"-- name: {q.name} {q.command}\n{q.statement.sql};\n"
        for q in queries
    }

    found = plan(queries, world.catalog, config).diagnostics

    assert_golden(f"diagnostics/emit/{case.__name__}.txt", render(found, texts.get))


OVERRIDES = """\
[[overrides]]
db_type = "uuid"
python_type = "not a type"

[[overrides]]
db_type = "uuid"
python_type = "str"
decode = "decode()"

[[overrides]]
db_type = "public.nothing"
python_type = "str"

[[overrides]]
column = "chats.nothing"
python_type = "str"

[[overrides]]
query_column = "GetChat.nothing"
python_type = "str"

[[overrides]]
parameter = "GetChat.nothing"
python_type = "str"
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sqlward.toml", OVERRIDES),
        ("pyproject.toml", OVERRIDES.replace("[[", "[[tool.sqlward.")),
        ("gone.toml", None),
    ],
)
def test_overrides(tmp_path: Path, name: str, text: str | None) -> None:
    """Overrides that cannot work are shown in the configuration, as long as it can be read."""
    if text is not None:
        (tmp_path / name).write_text(text)
    made = tuple(Override(**table) for table in tomllib.loads(OVERRIDES)["overrides"])
    config = replace(CONFIG, root=tmp_path, source=tmp_path / name, overrides=made)

    found = plan((), World().catalog, config).diagnostics

    golden = f"diagnostics/emit/overrides_{name.removesuffix('.toml')}.txt"
    assert_golden(golden, render(found, lambda path: text))
