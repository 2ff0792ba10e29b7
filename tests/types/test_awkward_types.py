"""Types, names and values at the edges, through a generated store."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import psycopg
import pytest
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import Binaries
from type_cases import same
from type_projects import generate, imported, load

from sqlward import JSON_NULL, NotNullViolation, ParameterError, Range, UnrepresentableValueError

HERE = Path(__file__).parent / "awkward"


@pytest.fixture(scope="module")
def package(
    default_binaries: Binaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """The store of the folder `awkward`."""
    folder = tmp_path_factory.mktemp("awkward") / "project"
    shutil.copytree(HERE, folder)
    generate(folder, {}, default_binaries)
    with imported(folder, "awkward_store") as package:
        yield package


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


def _view(package: ModuleType, odd: Any) -> Any:
    return package.OddSchemaPointOfView(
        class_="c",
        self_=-1,
        mood=package.OddSchemaMyMood.BAD,
        été=[package.OtherOdd.ELSEWHERE, None],
        column_1st=Range(odd, None, "[)"),
    )


def _values(package: ModuleType, id: int, odd: Any) -> dict[str, Any]:
    view = _view(package, odd)
    nested = package.Nested(
        view=view,
        views=[view, None],
        words=["a", None],
        word_lists=[["b"], None, []],
        span=Range(1, 5),
    )
    deeper = package.Deeper(nested=nested, many=[nested, None], span_list=[Range(2, None), None])
    return {
        "id": id,
        "odd": odd,
        "odds": [odd, None, odd],
        "view": view,
        "range": Range(odd, odd, "[]"),
        "deeper": deeper,
        "grade": odd,
    }


async def test_every_label_is_a_member(package: ModuleType, store: Any) -> None:
    """Labels that are empty, reserved, not ASCII or alike are members in every place."""
    rows = [_values(package, id, odd) for id, odd in enumerate(package.Odd)]
    put = [await store.put_odd_values(**row) for row in rows]

    assert 29 == len(rows)
    assert all(same(package.OddValue(**row), got) for row, got in zip(rows, put, strict=True))


async def test_labels_are_copied(package: ModuleType, store: Any) -> None:
    """A binary COPY writes each label, in composites, domains and ranges too."""
    rows = [_values(package, id, odd) for id, odd in enumerate(package.Odd)]
    copied = await store.copy_odd_values([package.CopyOddValuesParams(**row) for row in rows])
    found = await store.find_odd_values(odd=package.Odd.EMPTY, odds=list(package.Odd))

    assert 29 == copied
    assert all(same(package.OddValue(**row), got) for row, got in zip(rows, found, strict=True))


async def test_fields_of_nested_composites(package: ModuleType, store: Any) -> None:
    """A composite taken out of another one is of its class."""
    row = _values(package, 1, package.Odd.A_B)
    await store.put_odd_values(**row)

    [found] = await store.list_deeper()

    nested = row["deeper"].nested
    assert same(package.ListDeeperRow(nested, nested.view, [nested, None]), found)


async def test_whole_rows_as_values(package: ModuleType, store: Any) -> None:
    """A table's row used as a value is of a class, also in an array."""
    await store.put_person(id=1, name="Ada", odd=package.Odd.EMPTY)
    ada = package.PersonRecord(1, "Ada", package.Odd.EMPTY)

    assert [package.ListRowsRow(1, ada, [ada])] == await store.list_rows()


async def test_void_and_literals(package: ModuleType, store: Any) -> None:
    """A void function gives None; a literal without type is text, a bare NULL is None."""
    assert None is await store.do_nothing(1)
    assert None is await store.do_nothing_quietly(1)
    assert package.LiteralsRow("text", None, 1, [], [1, None]) == await store.literals()


async def test_limited_types(package: ModuleType, store: Any) -> None:
    """Lengths and precisions, of arrays too, are PostgreSQL's business, by INSERT and COPY."""
    values: dict[str, Any] = {
        "word": "abc",
        "words": ["abcde", None],
        "price": Decimal("12.34"),
        "prices": [Decimal("0.10")],
        "fixed": "ab ",
        "bits": "0101",
        "many": ["1", "1111", None],
        "at": datetime(2024, 2, 29, 12, tzinfo=UTC),
        "spans": [timedelta(days=1, seconds=1)],
    }
    put = await store.put_limited(id=1, **values)
    await store.copy_limited([package.CopyLimitedParams(id=2, **values)])

    assert same(package.Limited(id=1, **values), put)
    assert same(package.Limited(id=2, **values), await store.get_limited(2))


async def test_json_null_is_a_value(package: ModuleType, store: Any) -> None:
    """`JSON_NULL` is stored where NULL is refused; both come back as None."""
    put = await store.put_document(body=JSON_NULL, versions=[JSON_NULL, None, 1], plain=JSON_NULL)

    assert package.Document(None, [None, None, 1], None) == put
    with pytest.raises(NotNullViolation):
        await store.put_document(body=None, versions=None, plain=None)


async def test_json_null_is_no_absent_row(package: ModuleType, store: Any) -> None:
    """A joined row is there although its only column that is never NULL holds JSON's null."""
    await store.put_side(1)
    await store.put_document(body=JSON_NULL, versions=[], plain=None)

    expected = [package.ListSidesRow(1, package.Document(None, [], None))]
    assert expected == await store.list_sides()

    await store.clear_documents()
    await store.put_side(1)

    assert [package.ListSidesRow(1, None)] == await store.list_sides()


@pytest.mark.parametrize(
    ("column", "method", "value"),
    [
        ("day", "get_day", "infinity"),
        ("day", "get_day", "-infinity"),
        ("day", "list_days", "infinity"),
        ("day", "get_day", "0044-03-15 BC"),
        ("day", "get_day", "10000-01-01"),
        ("at", "get_at", "infinity"),
        ("at", "get_at", "0044-03-15 BC"),
        ("local", "get_local", "-infinity"),
        ("local", "get_local", "294276-01-01"),
        ("time", "get_time", "24:00"),
        ("span", "get_span", "178000000 years"),
        ("span", "get_span", "infinity"),
    ],
)
async def test_moments_that_python_cannot_hold(
    store: Any, dsn: str, column: str, method: str, value: str
) -> None:
    """A value outside of Python's range is an error that says so, binary or text."""
    with psycopg.connect(dsn) as connection:
        if (column, value) == ("span", "infinity") and connection.info.server_version < 170000:
            pytest.skip("intervals are finite before PostgreSQL 17")
        connection.execute(f"INSERT INTO moments (id, {column}) VALUES (1, %s)".encode(), (value,))

    with pytest.raises(UnrepresentableValueError):
        await getattr(store, method)(1)
    with pytest.raises(UnrepresentableValueError):
        await store.get_moment_as_text(1)


async def test_months_are_thirty_days(store: Any, dsn: str) -> None:
    """An interval's months and years become days, as the documentation says."""
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO moments (id, span) VALUES (1, '1 year 1 month 1 day')")

    assert timedelta(days=365 + 30 + 1) == await store.get_span(1)


async def test_moments_at_the_ends(package: ModuleType, store: Any) -> None:
    """The first and last moments of Python come back."""
    values: dict[str, Any] = {
        "day": date.max,
        "at": datetime.max.replace(tzinfo=UTC) - timedelta(days=1),
        "local": datetime.min,
        "time": time.max,
        "span": timedelta.max,
    }

    assert same(package.Moment(id=1, **values), await store.put_moment(id=1, **values))


async def test_a_parameter_that_the_type_cannot_hold(package: ModuleType, store: Any) -> None:
    """Nothing is sent; the error names the query, the position and both types."""
    with pytest.raises(ParameterError) as caught:
        await store.put_person(id="1", name="Ada", odd=None)
    message = str(caught.value)

    assert "PutPerson" in message
    assert "int4" in message
    assert "str" in message


def test_annotations_of_the_whole_package_resolve(package: ModuleType) -> None:
    """Every annotation of a class or a method can be looked up at run time."""
    for name in package.__all__:
        shown = getattr(package, name)
        get_type_hints(shown)
        for method in vars(shown).values() if isinstance(shown, type) else ():
            if callable(method):
                get_type_hints(method)
