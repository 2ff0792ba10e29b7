"""The booktest example: an enum, arrays, a unique key and a function."""

from __future__ import annotations

from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from sqlward import UniqueViolation

AVAILABLE = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


async def _book(example: ModuleType, store: Any, author_id: int, isbn: str, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "book_type": example.BookType.FICTION,
        "title": "my book title",
        "year": 2016,
        "available": AVAILABLE,
        "tags": [],
    }
    return await store.create_book(author_id=author_id, isbn=isbn, **(values | fields))


async def test_an_author_is_created_and_read(example: ModuleType, store: Any) -> None:
    """`CreateAuthor` returns the row that `GetAuthor` reads."""
    author = await store.create_author("Unknown Master")

    assert example.Author(1, "Unknown Master") == author
    assert author == await store.get_author(author.author_id)


async def test_a_book_keeps_its_values(example: ModuleType, store: Any) -> None:
    """The enum, the time and the array come back as they went in, with their types."""
    author = await store.create_author("Unknown Master")
    book = await _book(
        example, store, author.author_id, "1", book_type=example.BookType.NONFICTION, tags=["a"]
    )

    assert (
        example.Book(
            book_id=1,
            author_id=author.author_id,
            isbn="1",
            book_type=example.BookType.NONFICTION,
            title="my book title",
            year=2016,
            available=AVAILABLE,
            tags=["a"],
        )
        == book
    )
    assert example.BookType is type(book.book_type)
    assert book == await store.get_book(book.book_id)


async def test_books_are_found_by_title_and_year(example: ModuleType, store: Any) -> None:
    """Both have to match."""
    author = await store.create_author("Unknown Master")
    await _book(example, store, author.author_id, "1", year=2001)
    wanted = await _book(example, store, author.author_id, "2", year=2016)

    assert [wanted] == await store.books_by_title_year(title="my book title", year=2016)


async def test_books_are_found_by_tags(example: ModuleType, store: Any) -> None:
    """One shared tag is enough; the author's name comes from the outer join."""
    author = await store.create_author("Unknown Master")
    await _book(example, store, author.author_id, "1", tags=["cool", "unique"])
    await _book(example, store, author.author_id, "2", tags=["other"])

    found = await store.books_by_tags(["cool", "hot"])

    assert [
        example.BooksByTagsRow(1, "my book title", "Unknown Master", "1", ["cool", "unique"])
    ] == (found)


async def test_a_book_is_changed_and_deleted(example: ModuleType, store: Any) -> None:
    """`UpdateBook` keeps the number that `UpdateBookISBN` changes."""
    author = await store.create_author("Unknown Master")
    book = await _book(example, store, author.author_id, "1")

    await store.update_book(title="changed", tags=["x"], book_id=book.book_id)
    changed = await store.get_book(book.book_id)

    assert ("changed", ["x"], "1") == (changed.title, changed.tags, changed.isbn)

    await store.update_book_isbn(title="again", tags=[], book_id=book.book_id, isbn="NEW")
    changed = await store.get_book(book.book_id)

    assert ("again", [], "NEW") == (changed.title, changed.tags, changed.isbn)

    await store.delete_book(book.book_id)

    assert [] == await store.books_by_title_year(title="again", year=2016)


async def test_the_number_of_a_book_is_unique(example: ModuleType, store: Any) -> None:
    """The database refuses a second book with it; the constraint has a name to compare with."""
    author = await store.create_author("Unknown Master")
    await _book(example, store, author.author_id, "1")

    with pytest.raises(UniqueViolation) as caught:
        await _book(example, store, author.author_id, "1")

    assert example.UniqueConstraint.BOOKS_ISBN_KEY is caught.value.constraint


async def test_a_function_says_hello(store: Any) -> None:
    """A function in FROM gives its value."""
    assert "hello world" == await store.say_hello("world")
