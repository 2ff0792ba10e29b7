"""The ondeck example: migrations, an enum with awkward labels, comments."""

from __future__ import annotations

from datetime import datetime
from types import ModuleType
from typing import Any


async def _venue(example: ModuleType, store: Any, slug: str, city: str) -> int:
    venue_id: int = await store.create_venue(
        slug=slug,
        name=f"The {slug}",
        city=city,
        spotify_playlist="spotify:uri",
        status=example.Status("op!en"),
        statuses=[example.Status("op!en"), example.Status("clo@sed")],
        tags=["rock", "punk"],
    )
    return venue_id


async def test_cities_are_created_listed_and_renamed(example: ModuleType, store: Any) -> None:
    """Every query of `city.sql` does what its name says."""
    created = await store.create_city(name="San Francisco", slug="sf")
    await store.create_city(name="Oakland", slug="oakland")

    assert example.City("sf", "San Francisco") == created
    assert created == await store.get_city("sf")
    assert ["Oakland", "San Francisco"] == [city.name for city in await store.list_cities()]

    await store.update_city_name(slug="sf", name="SF")

    assert example.City("sf", "SF") == await store.get_city("sf")


async def test_a_venue_keeps_its_values(example: ModuleType, store: Any) -> None:
    """The enum, the array of the enum and the time without zone have their types."""
    await store.create_city(name="San Francisco", slug="sf")
    venue_id = await _venue(example, store, "fillmore", "sf")

    venue = await store.get_venue(slug="fillmore", city="sf")

    assert (venue_id, "The fillmore", "sf") == (venue.id, venue.name, venue.city)
    assert example.Status("op!en") is venue.status
    assert [example.Status("op!en"), example.Status("clo@sed")] == venue.statuses
    assert [example.Status] * 2 == [type(status) for status in venue.statuses]
    assert (None, ["rock", "punk"]) == (venue.songkick_id, venue.tags)
    assert datetime is type(venue.created_at)
    assert None is venue.created_at.tzinfo


async def test_venues_are_listed_renamed_and_deleted(example: ModuleType, store: Any) -> None:
    """Every query of `venue.sql` does what its name says."""
    await store.create_city(name="San Francisco", slug="sf")
    await _venue(example, store, "warfield", "sf")
    await _venue(example, store, "fillmore", "sf")

    assert "fillmore" == await store.update_venue_name(slug="fillmore", name="Fillmore West")
    assert ["Fillmore West", "The warfield"] == [v.name for v in await store.list_venues("sf")]

    await store.delete_venue("fillmore")

    assert ["The warfield"] == [v.name for v in await store.list_venues("sf")]


async def test_venues_are_counted_by_city(example: ModuleType, store: Any) -> None:
    """The unnamed count is a column too."""
    for slug in ("sf", "oakland"):
        await store.create_city(name=slug, slug=slug)
    for venue, city in (("fillmore", "sf"), ("warfield", "sf"), ("fox", "oakland")):
        await _venue(example, store, venue, city)

    counted = [(row.city, row.count) for row in await store.venue_count_by_city()]

    assert [("oakland", 1), ("sf", 2)] == counted


def test_the_labels_are_members_with_python_names(example: ModuleType) -> None:
    """A label that is no identifier keeps its text and gets a name."""
    assert ["op!en", "clo@sed"] == [status.value for status in example.Status]
    assert all(name.isidentifier() for name in example.Status.__members__)


def test_comments_of_a_query_become_its_docstring(example: ModuleType) -> None:
    """Line by line, for the sync method and the async one."""
    expected = "Creates a city.\nThe slug must be unique:\nit becomes part of public URLs."
    for store in (example.SqlStore, example.AsyncSqlStore):
        lines = [line.strip() for line in (store.create_city.__doc__ or "").splitlines()]

        assert expected.splitlines() == lines[:3]


def test_comments_of_a_table_reach_its_model(example: ModuleType) -> None:
    """The model's docstring is what the schema says of the table."""
    assert "A place where concerts are held" in (example.Venue.__doc__ or "")
