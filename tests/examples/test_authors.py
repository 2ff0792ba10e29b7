"""The authors example: create, read, update and delete."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from sqlward import NoRowsError


async def test_an_author_is_created_read_changed_and_deleted(
    example: ModuleType, store: Any
) -> None:
    """Every query of the example does what its name says."""
    created = await store.create_author(name="Brian Kernighan", bio="Co-author of a book on C")
    await store.create_author(name="Ada", bio=None)

    assert example.Author(1, "Brian Kernighan", "Co-author of a book on C") == created
    assert created == await store.get_author(created.id)
    assert ["Ada", "Brian Kernighan"] == [author.name for author in await store.list_authors()]

    await store.update_author(id=created.id, name="Brian W. Kernighan", bio=None)

    assert example.Author(created.id, "Brian W. Kernighan", None) == await store.get_author(
        created.id
    )

    await store.delete_author(created.id)

    assert ["Ada"] == [author.name for author in await store.list_authors()]


async def test_an_author_who_is_not_there_is_an_error(store: Any) -> None:
    """A `:one` query without a row raises."""
    with pytest.raises(NoRowsError):
        await store.get_author(404)
