"""The user's own types through a generated store: at run time, and as type checkers see them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pydantic
import pytest
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import Binaries
from type_projects import generate, imported, load

HERE = Path(__file__).parent / "overridden"
FIRST, SECOND = UUID(int=1), UUID(int=2)


@pytest.fixture(scope="module")
def project(default_binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the project, compiled."""
    folder = tmp_path_factory.mktemp("overridden") / "project"
    shutil.copytree(HERE, folder)
    generate(folder, {}, default_binaries)
    return folder


@pytest.fixture(scope="module")
def package(project: Path) -> Iterator[ModuleType]:
    """Its store."""
    with imported(project, "overridden_store") as package:
        yield package
    del sys.modules["own_types"]


@pytest.fixture
def own(package: ModuleType) -> ModuleType:
    """The types of its own."""
    return import_module("own_types")


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """An empty database with its schema."""
    with postgres.database() as dsn:
        load(dsn, (HERE / "schema.sql").read_text())
        yield dsn


@pytest.fixture
def store(opened: Callable[[ModuleType, str], Any], package: ModuleType, dsn: str) -> Any:
    """The store on it: the sync one, then the async one."""
    return opened(package, dsn)


def account(package: ModuleType, own: ModuleType, **changes: Any) -> dict[str, Any]:
    """Give the values of an account."""
    settings = own.Settings(
        since=datetime(2024, 1, 2, tzinfo=UTC),
        key=SECOND,
        price=Decimal("1.10"),
        by_number={1: "one"},
        tags={"a"},
    )
    return {
        "id": own.Key(FIRST),
        "others": [own.Key(SECOND), None],
        "parent": None,
        "owner_id": 7,
        "amount": Decimal("12.50"),
        "email": own.Email("a@b"),
        "emails": [own.Email("c@d"), None],
        "home": own.Place(1.0, 2.5),
        "places": [own.Place(0.0, -1.0), None],
        "settings": own.Settings(
            settings.since, settings.key, Decimal(2), {-2: "minus"}, inner=settings
        ),
        "entries": [own.Entry("first", b"\x00\xff")],
        "profile": own.Profile(type="person", born=datetime(1990, 1, 1), age=3),
        "profiles": [own.Profile(type="a"), own.Profile(type="b")],
        "limits": {"chats": 3},
        "plan": own.Plan([1, 2], own.Entry("planned")),
        "plans": [own.Plan([]), None],
        "urgency": package.Urgency.NOW,
        **changes,
    }


async def test_every_override_there_and_back(
    package: ModuleType, own: ModuleType, store: Any
) -> None:
    """Values of the user's types go in and come out, by every command."""
    values = account(package, own)
    expected = package.Ledger(**values)

    assert expected == await store.put_account(**values)
    assert expected == await store.get_account(own.Key(FIRST))
    assert None is await store.get_account(own.Key(SECOND))
    assert [expected] == [row async for row in store.list_accounts([own.Key(FIRST)])]


async def test_absent_values(package: ModuleType, own: ModuleType, store: Any) -> None:
    """A NULL is None and is never given to a converter."""
    absent = dict.fromkeys(("emails", "places", "entries", "profile"))
    values = account(package, own, **absent, others=[], profiles=[], plans=[])

    assert package.Ledger(**values) == await store.put_account(**values)


async def test_bulk_and_joins(package: ModuleType, own: ModuleType, store: Any) -> None:
    """COPY and batches convert their items, an embed its columns."""
    first = account(package, own)
    second = account(package, own, id=own.Key(SECOND), parent=own.Key(FIRST), owner_id=8)
    copied = await store.copy_accounts(
        [package.CopyAccountsParams(**values) for values in (first, second)]
    )

    assert 2 == copied
    one, two = package.Ledger(**first), package.Ledger(**second)
    expected = [package.GetParentsRow(one, None), package.GetParentsRow(two, one)]
    assert expected == await store.get_parents()

    moved = await store.move_accounts(
        [
            package.MoveAccountsParams(own.Place(9.0, 9.0), own.Profile(type="x"), own.Key(FIRST)),
            package.MoveAccountsParams(own.Place(8.0, 8.0), None, own.Key(SECOND)),
        ]
    )

    assert [7, 8] == moved
    assert [own.Profile(type="x")] == await store.get_profiles(7)
    assert [None] == await store.get_profiles(8)


async def test_single_places(package: ModuleType, own: ModuleType, store: Any) -> None:
    """An override of one query's column or parameter is about that place alone."""
    values = account(package, own)
    await store.put_account(**values)

    assert package.SumBalancesRow(12.5, [7]) == await store.sum_balances()
    assert [own.Key(FIRST)] == await store.find_accounts(1250)
    assert [] == await store.find_accounts(1251)
    assert [values["settings"]] == await store.get_settings()
    assert 1 == await store.set_plans(plans=[own.Plan([3])], others=[], owner_id=7)


@pytest.mark.parametrize(
    ("column", "error"),
    [("settings", msgspec.ValidationError), ("profile", pydantic.ValidationError)],
)
async def test_json_that_does_not_fit(
    package: ModuleType, own: ModuleType, store: Any, dsn: str, column: str, error: type[Exception]
) -> None:
    """A document of another shape is the validation error of the type's own library."""
    await store.put_account(**account(package, own))
    with psycopg.connect(dsn) as connection:
        connection.execute(f"""UPDATE accounts SET {column} = '{{"age": -1}}'""".encode())

    with pytest.raises(error):
        await store.get_account(own.Key(FIRST))


@pytest.mark.parametrize(
    "checker",
    [["mypy", "--strict", "--warn-unused-ignores"], ["pyright", "--pythonpath", sys.executable]],
    ids=["mypy", "pyright"],
)
@pytest.mark.usefixtures("package")
def test_type_checkers_agree(project: Path, checker: list[str]) -> None:
    """`usage.py` asserts the type of every call; the generated code has no finding either."""
    done = subprocess.run(
        [sys.executable, "-m", *checker, "."], cwd=project, capture_output=True, text=True
    )

    assert 0 == done.returncode, done.stdout + done.stderr
