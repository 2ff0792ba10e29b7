"""Arrays that are declared to hold no NULL, through a generated store: looked at when read."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import psycopg
import pytest
from sqlward_codegen.server import Server
from sqlward_codegen.server.binaries import Binaries
from type_projects import generate, imported, load

from sqlward import UnexpectedNullError

SETTINGS = """\
schema = "schema.sql"
queries = "queries"
output = "declared_store"
non_null_elements = [
    "notes.tags", "notes.grid", "notes.places", "notes.facts", "notes.keys", "tagged.tags",
]
overrides = [{ db_type = "uuid", python_type = "str", decode = "str", encode = "uuid.UUID" }]
"""
SCHEMA = """\
CREATE TYPE place AS (x int, y int);
CREATE TABLE notes (
    id     int PRIMARY KEY,
    tags   text[],
    grid   int[][] NOT NULL DEFAULT '{}',
    places place[] NOT NULL DEFAULT '{}',
    keys   uuid[] NOT NULL DEFAULT '{}',
    facts  jsonb[] NOT NULL DEFAULT '{}',
    sure   text[] NOT NULL DEFAULT '{}' CHECK (array_position(sure, NULL) IS NULL)
);
CREATE TABLE owners (id int PRIMARY KEY, note_id int);
CREATE VIEW tagged AS SELECT id, array_remove(tags, 'x') AS tags FROM notes;
"""
QUERIES = """\
-- name: GetNote :one
SELECT * FROM notes WHERE id = @id;

-- name: ListTags :many
SELECT tags FROM notes ORDER BY id;

-- name: IterTags :iter
SELECT tags FROM notes ORDER BY id;

-- name: BatchTags :batchone
SELECT tags FROM notes WHERE id = @id;

-- name: ListGrids :many
SELECT grid FROM notes ORDER BY id;

-- name: ListPlaces :many
SELECT id, places FROM notes ORDER BY id;

-- name: ListKeys :many
SELECT keys FROM notes ORDER BY id;

-- name: ListFacts :many
SELECT facts FROM notes ORDER BY id;

-- name: ListSure :many
SELECT sure FROM notes ORDER BY id;

-- name: ListEachTag :many
SELECT id, unnest(tags) AS tag FROM notes ORDER BY id;

-- name: ListLonger :many
SELECT tags || ARRAY['end'] AS longer FROM notes ORDER BY id;

-- name: ListOwners :many
SELECT o.id, sqlc.embed(n) FROM owners o LEFT JOIN notes n ON n.id = o.note_id ORDER BY o.id;

-- name: ListTagged :many
SELECT * FROM tagged ORDER BY id;
"""


@pytest.fixture(scope="module")
def package(
    default_binaries: Binaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """The project's store."""
    folder = tmp_path_factory.mktemp("declared")
    files: dict[str, str | bytes] = {
        "sqlward.toml": SETTINGS,
        "schema.sql": SCHEMA,
        "queries/notes.sql": QUERIES,
    }
    generate(folder, files, default_binaries)
    with imported(folder, "declared_store") as package:
        yield package


@pytest.fixture
def dsn(postgres: Server) -> Iterator[str]:
    """An empty database with its schema."""
    with postgres.database() as dsn:
        load(dsn, SCHEMA)
        yield dsn


@pytest.fixture
def store(opened: Callable[[ModuleType, str], Any], package: ModuleType, dsn: str) -> Any:
    """The store on it: the sync one, then the async one."""
    return opened(package, dsn)


def run(dsn: str, sql: str) -> None:
    """Run a statement behind the store's back."""
    with psycopg.connect(dsn) as connection:
        connection.execute(sql.encode())


CLEAN = (
    "INSERT INTO notes (id, tags, grid, places) VALUES (1, '{a,b}', '{{1,2},{3,4}}', '{\"(1,)\"}')"
)


async def test_arrays_without_null_are_read(store: Any, package: ModuleType, dsn: str) -> None:
    """What was declared holds: every value comes back, an absent array and an absent row too."""
    run(dsn, CLEAN)
    run(dsn, "INSERT INTO owners VALUES (1, 1), (2, NULL)")
    run(dsn, "INSERT INTO notes (id) VALUES (2)")

    assert ["a", "b"] == (await store.get_note(1)).tags
    assert [["a", "b"], None] == await store.list_tags()
    assert [[[1, 2], [3, 4]], []] == await store.list_grids()
    assert [[], []] == await store.list_keys()
    assert [["a", "b", "end"], ["end"]] == await store.list_longer()
    assert ["a", "b"] == [row.tag for row in await store.list_each_tag()]
    assert [True, False] == [row.n is not None for row in await store.list_owners()]
    assert [["a", "b"], None] == [row.tags for row in await store.list_tagged()]
    assert [package.Place(1, None)] == (await store.list_places())[0].places


@pytest.mark.parametrize(
    ("method", "column", "values"),
    [
        ("list_tags", "tags", "tags = '{a,NULL}'"),
        ("list_grids", "grid", "grid = '{{1,2},{3,NULL}}'"),
        ("list_places", "places", "places = ARRAY[NULL]::place[]"),
        # Before `decode`, which would make text of it.
        ("list_keys", "keys", "keys = ARRAY[NULL]::uuid[]"),
        ("list_each_tag", "tag", "tags = '{NULL}'"),
        ("list_longer", "longer", "tags = '{NULL}'"),
        ("list_owners", "tags", "tags = '{NULL}'"),
        ("list_tagged", "tags", "tags = '{NULL}'"),
    ],
)
async def test_a_null_that_was_declared_away(
    store: Any, dsn: str, method: str, column: str, values: str
) -> None:
    """A NULL where none was declared to be is an error that names the query and the column."""
    run(dsn, CLEAN)
    run(dsn, f"UPDATE notes SET {values}")
    run(dsn, "INSERT INTO owners VALUES (1, 1)")
    name = "".join(word.title() for word in method.split("_"))

    with pytest.raises(UnexpectedNullError) as caught:
        await getattr(store, method)()

    assert (name, column) == (caught.value.query, caught.value.column)
    assert (
        f"`{name}` returned NULL in `{column}`, "
        "but the configuration declares it to hold none (`non_null_elements`)"
    ) == str(caught.value)
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))


async def test_every_way_of_reading_looks(store: Any, dsn: str) -> None:
    """A row by itself, one of a stream and one of a batch are looked at alike."""
    run(dsn, CLEAN)
    run(dsn, "UPDATE notes SET tags = '{NULL}'")

    with pytest.raises(UnexpectedNullError):
        await store.get_note(1)
    with pytest.raises(UnexpectedNullError):
        [tags async for tags in store.iter_tags()]
    with pytest.raises(UnexpectedNullError):
        await store.batch_tags([1])


async def test_null_in_an_array_of_json(store: Any, dsn: str) -> None:
    """JSON's null and SQL's NULL are both None, which is a JSON value: nothing is refused."""
    run(dsn, "INSERT INTO notes (id, facts) VALUES (1, ARRAY['null', NULL, '1']::jsonb[])")

    assert [[None, None, 1]] == await store.list_facts()


def test_only_what_is_declared_is_looked_at(package: ModuleType) -> None:
    """An array that a CHECK keeps free of NULL is read as it is."""
    from declared_store import notes  # type: ignore[import-not-found]

    assert "itemgetter" == type(notes.LIST_SURE.row).__name__
    assert "function" == type(notes.LIST_TAGS.row).__name__
