"""The batch example: many parameter sets, one round trip."""

from __future__ import annotations

from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from sqlward import NoRowsError

AVAILABLE = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


async def _books(example: ModuleType, store: Any, *years: int) -> list[Any]:
    author = await store.create_author("Unknown Master")
    rows = (
        example.CreateBookParams(
            author_id=author.author_id,
            isbn=str(number),
            book_type=example.BookType.FICTION,
            title=f"book {number}",
            year=year,
            available=AVAILABLE,
            tags=["cool"],
        )
        for number, year in enumerate(years)
    )
    books: list[Any] = await store.create_book(rows)
    return books


async def test_batchone_gives_one_row_for_each(example: ModuleType, store: Any) -> None:
    """The rows come back in the order of the parameters, as models of the table."""
    books = await _books(example, store, 2016, 2001, 2011)

    assert [("0", 2016), ("1", 2001), ("2", 2011)] == [(book.isbn, book.year) for book in books]
    assert [example.Book] * 3 == [type(book) for book in books]
    assert example.BookType.FICTION is books[0].book_type


async def test_batchmany_gives_a_list_for_each(example: ModuleType, store: Any) -> None:
    """A parameter set without rows has an empty list in its place."""
    first, second, third = await _books(example, store, 2016, 2001, 2016)

    assert [[second], [], [first, third]] == await store.books_by_year([2001, 1999, 2016])


async def test_batchexec_runs_each(example: ModuleType, store: Any) -> None:
    """Every parameter set is executed, whichever way the parameter is written."""
    books = await _books(example, store, 2016, 2016, 2016, 2016)
    ids = [book.book_id for book in books]
    changes = [example.UpdateBookParams(title=f"new {n}", tags=[], book_id=n) for n in ids]

    await store.update_book(changes)
    [found] = await store.books_by_year([2016])

    assert [(f"new {n}", []) for n in ids] == [(book.title, book.tags) for book in found]

    await store.delete_book(ids[:1])
    await store.delete_book_named_func(ids[1:2])
    await store.delete_book_named_sign(ids[2:3])
    [left] = await store.books_by_year([2016])

    assert ids[3:] == [book.book_id for book in left]


async def test_execresult_tells_what_was_done(example: ModuleType, store: Any) -> None:
    """It has the number of rows and the server's own words."""
    [book] = await _books(example, store, 2016)

    done = await store.delete_book_exec_result(book.book_id)

    assert (1, "DELETE 1") == (done.rows, done.status)


async def test_batchone_of_a_nullable_column(example: ModuleType, store: Any) -> None:
    """A row whose only column is NULL is a row: its value is None."""
    author = await store.create_author("Unknown Master")

    assert example.Author(author.author_id, "Unknown Master", None) == author
    assert author == await store.get_author(author.author_id)
    assert [None] == await store.get_biography([author.author_id])


async def test_batchone_without_a_row_is_an_error(store: Any) -> None:
    """It is `:one`, many times."""
    with pytest.raises(NoRowsError):
        await store.get_biography([404])


async def test_an_empty_batch_does_nothing(store: Any) -> None:
    """No parameter sets, no results."""
    assert [] == await store.books_by_year([])
    assert [] == await store.create_book([])
    assert None is await store.delete_book([])
