"""The jets example: pilots, their jets and languages."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import psycopg
import pytest

from sqlward import ForeignKeyViolation


@pytest.fixture
def airfield(example_dsn: str) -> None:
    """Two pilots, one of whom has a jet, and three languages."""
    with psycopg.connect(example_dsn) as connection:
        connection.execute("INSERT INTO pilots VALUES (1, 'Amelia'), (2, 'Bessie')")
        connection.execute("INSERT INTO jets VALUES (7, 1, 12, 'Lockheed', 'red')")
        connection.execute("INSERT INTO languages VALUES (1, 'English'), (2, 'French')")
        connection.execute("INSERT INTO pilot_languages VALUES (1, 1), (2, 1), (2, 2)")


@pytest.mark.usefixtures("airfield")
async def test_pilots_are_counted_and_listed(example: ModuleType, store: Any) -> None:
    """An aggregate without a group is one row; its value is plain."""
    pilots = [example.Pilot(1, "Amelia"), example.Pilot(2, "Bessie")]

    assert 2 == await store.count_pilots()
    assert pilots == sorted(await store.list_pilots(), key=lambda pilot: pilot.id)


@pytest.mark.usefixtures("airfield")
async def test_a_jet_comes_with_its_pilot(example: ModuleType, store: Any) -> None:
    """`sqlc.embed` nests the models of both tables."""
    [row] = await store.list_jets_with_pilots()

    assert example.Jet(id=7, pilot_id=1, age=12, name="Lockheed", color="red") == row.jet
    assert example.Pilot(1, "Amelia") == row.pilot


@pytest.mark.usefixtures("airfield")
async def test_pilots_are_found_by_language(example: ModuleType, store: Any) -> None:
    """`pilots.*` is the table's model, although three tables are joined."""
    assert [example.Pilot(2, "Bessie")] == await store.list_pilots_of_language("French")


@pytest.mark.usefixtures("airfield")
async def test_a_pilot_is_deleted_unless_something_refers_to_them(
    example: ModuleType, example_dsn: str, store: Any
) -> None:
    """The foreign key is an error with a name; without what refers to it the row goes."""
    with pytest.raises(ForeignKeyViolation) as caught:
        await store.delete_pilot(2)

    assert example.ForeignKeyConstraint.PILOT_LANGUAGE_PILOTS_FKEY is (caught.value.constraint)

    with psycopg.connect(example_dsn) as connection:
        connection.execute("DELETE FROM pilot_languages")
    await store.delete_pilot(2)

    assert 1 == await store.count_pilots()
