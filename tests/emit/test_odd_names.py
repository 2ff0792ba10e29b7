"""Whatever things are called in SQL, the generated store imports and passes the type checkers."""

from __future__ import annotations

import importlib
import subprocess
import sys
import typing
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest
from emit_world import World, query, with_overrides
from sqlward_codegen.config import Config, Override
from sqlward_codegen.emit import emit_store
from sqlward_codegen.emit.plan import GeneratedFile
from sqlward_codegen.model import CopyTarget, EmbeddedRelation, Query, Verdict

ROOT = Path(__file__).parents[2]

APP = """\
from dataclasses import dataclass
from typing import NewType
from uuid import UUID

ChatId = NewType("ChatId", UUID)

@dataclass
class Settings:
    theme: str

class Labels(list[str]): ...

def list(value: object) -> Labels: return Labels()
def values(value: Labels) -> object: return []
"""

CHECK = """\
from odd_store import AsyncSqlStore, AsyncStore, SqlStore, Store

def stores(sync: SqlStore, asynchronous: AsyncSqlStore) -> tuple[Store, AsyncStore]:
    return sync, asynchronous
"""


def odd_world() -> World:
    world = World()
    odd_labels = ("", "1", "a-b", "a b", "A_B", "None", "name", "mro", "é", "表", "_x_", "__y__")
    world.enum("Odd Enum", *odd_labels, comment='Ends in a quote "')
    world.enum("empty")
    world.enum("str_enum", "x")
    world.composite("point", x="float8", list="text[]")
    world.table(
        "everything",
        ("class", "text"),
        ("self", "text"),
        ("None", "text"),
        ("list", "int4[]"),
        ("date", "date"),
        ("datetime", "timestamptz"),
        ("Some Column", "text"),
        ("some_column", "text null"),
        ("dataclass", "bool"),
        ("überraschung", "text"),
        ("1st", "int4"),
        ("__init__", "text"),
        ("str", "text"),
        ("enum", "public.Odd Enum"),
        ("labels", "text[]"),
        ("settings", "jsonb null"),
        comment='"Quoted" \\ backslash',
        comments={"class": 'Ends in "quotes"'},
    )
    # Names of what generated modules import or define themselves.
    for name in (
        "uuids", "decimals", "datetimes", "sequences", "anys", "finals", "queries", "queriers",
        "rows", "copies", "protocols", "stores", "iterables", "type_aliases", "str_enums",
        "unique_constraints", "json_values", "exec_results", "nones", "Users", "users", "表",
    ):  # fmt: skip
        world.table(name, ("id", "uuid"), ("uuid", "uuid null"), ("n", "numeric"), ("j", "jsonb"))
    return world


def odd_queries(world: World) -> tuple[Query, ...]:
    everything = world.row("everything")
    column, parameter = world.column, world.parameter
    tables = [r.name for r in world.relations]
    embeds = (
        EmbeddedRelation("everything", "everything", "public", 0, 16, Verdict(True, ""), None),
        EmbeddedRelation("class", "queries", "public", 16, 20, Verdict(True, ""), 16),
    )
    odd = [
        parameter(1, "class", "text"),
        parameter(2, "self", "text null"),
        parameter(3, "list", "int4[]"),
        parameter(4, "List", "text", column="everything.labels"),
        parameter(5, "item", "jsonb null", column="everything.settings"),
    ]
    return (
        query("List", ":many", everything, odd, path="queries/models.sql"),
        query("Import", ":one", everything[:3], odd[:1], doc=('Says "hello"', "", "\\")),
        query("Str", ":iter", (column("int", "int4"), column("str", "text")), path="queries/1.sql"),
        query("Dict", ":opt", (*everything, *world.row("queries")), odd[1:3], embeds=embeds),
        query("Row", ":many", (column("?column?", "uuid"), column("?column?", "text")), odd[3:]),
        query("Values", ":copyfrom", (), odd, copy=CopyTarget("a b", "c", ("class", "d e"))),
        query(
            "Scalar", ":batchmany", (column("labels", "text[]", origin="everything.labels"),), odd
        ),
        query("UUID", ":batchone", everything, odd[4:], sql='SELECT """\\" FROM "x"""'),
        query("Datetime", ":execresult", (), odd[:2]),
        *(
            query(f"Get{number}", ":opt", world.row(table), path="queries/表.sql")
            for number, table in enumerate(tables)
        ),
    )


def odd_config() -> Config:
    return with_overrides(
        Override("odd_app.Settings", column="*.settings", json=True),
        Override(
            "odd_app.Labels", column="*.labels", decode="odd_app.list", encode="odd_app.values"
        ),
        Override("odd_app.ChatId", column="users.id"),
    )


@pytest.fixture(scope="module")
def odd_files() -> tuple[GeneratedFile, ...]:
    """The files of the odd store."""
    world = odd_world()
    files, diagnostics = emit_store(odd_queries(world), world.catalog, odd_config())
    assert () == diagnostics
    return files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, odd_files: tuple[GeneratedFile, ...]) -> Path:
    """A folder with the odd store as the package `odd_store`, and what it imports."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "odd_store").mkdir()
    (folder / "odd_app.py").write_text(APP)
    (folder / "odd_check.py").write_text(CHECK)
    for file in odd_files:
        (folder / "odd_store" / file.path).write_text(file.text, encoding="utf-8")
    return folder


@pytest.fixture
def odd_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The odd store, imported."""
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module("odd_store")


def test_imports(odd_store: ModuleType) -> None:
    """The package imports and holds everything that it promises."""
    assert [] == [name for name in odd_store.__all__ if not hasattr(odd_store, name)]
    assert len(odd_store.__all__) == len(set(odd_store.__all__))


def test_every_annotation_means_something(odd_store: ModuleType) -> None:
    """All annotations resolve at run time, to what they say and not to a namesake."""
    for name in odd_store.__all__:
        thing = getattr(odd_store, name)
        if is_dataclass(thing):
            assert len(fields(thing)) == len(typing.get_type_hints(thing))

    hints = typing.get_type_hints(odd_store.Everything)
    assert "datetime.date" == f"{hints['date'].__module__}.{hints['date'].__name__}"
    assert list[int | None] == hints["list"]
    many = typing.get_type_hints(odd_store.Store.list)
    assert (odd_store.Everything,) == typing.get_args(many["return"])


def test_enum_labels_survive(odd_store: ModuleType) -> None:
    """Each label is a member of its own, whatever it looks like."""
    (world_type,) = (t for t in odd_world().types.values() if t.name == "Odd Enum")
    enum: type[StrEnum] = odd_store.OddEnum

    assert list(world_type.labels) == [member.value for member in enum]
    assert "EMPTY" == enum("").name
    assert ["A_B", "A_B_2", "A_B_3"] == [enum(label).name for label in ("a-b", "a b", "A_B")]


def test_sql_survives(odd_store: ModuleType) -> None:
    """The SQL that runs is the user's, to the last quote and backslash."""
    chats = importlib.import_module("odd_store.chats")

    assert '-- name: UUID :batchone\nSELECT """\\" FROM "x"""' == chats.UUID.sql
    assert 'COPY "a b".c (class, "d e") FROM STDIN (FORMAT BINARY)' == chats.VALUES.sql


def test_sorted_imports_and_nothing_unused(folder: Path) -> None:
    """Linting and formatting find nothing to do."""
    arguments = ["--isolated", "--no-cache", "--line-length", "100", str(folder / "odd_store")]
    lint = ["check", "--select", "E1,E4,E7,E9,F,I,UP,W"]
    settings = ["--config", 'lint.isort.known-third-party=["sqlward", "odd_app"]']
    for command in ([*lint, *settings], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

        assert 0 == done.returncode, done.stdout


def test_mypy_strict(folder: Path) -> None:
    """mypy --strict accepts every module, and the stores as what the protocols ask for."""
    arguments = ["--strict", "--python-version", "3.11", "--cache-dir", str(ROOT / ".mypy_cache")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *arguments, "-p", "odd_store", "-m", "odd_check"],
        cwd=folder,
        env={"MYPYPATH": f"{ROOT / 'src'}:{folder}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Success" in done.stdout, done.stdout + done.stderr
