"""Parameters: what they are called, whether they may be NULL, which column they stand for."""

from __future__ import annotations

import pytest
from infer.understanding import World
from sqlward_codegen.model import ColumnRef

NAMES = {
    "compared": ("SELECT 1 FROM chats WHERE title = $1", ["title"]),
    "compared from the left": ("SELECT 1 FROM chats WHERE $1 = title", ["title"]),
    "range": (
        "SELECT 1 FROM chats WHERE created_at >= $1 AND created_at < $2",
        ["created_at", "created_at_2"],
    ),
    "between": (
        "SELECT 1 FROM messages WHERE n BETWEEN $1 AND $2",
        ["n", "n_2"],
    ),
    "any": ("SELECT 1 FROM chats WHERE id = ANY($1)", ["ids"]),
    "any of what ends in s": ("SELECT 1 FROM chats WHERE status = ANY($1)", ["status"]),
    "in": ("SELECT 1 FROM chats WHERE model IN ($1, $2)", ["model", "model_2"]),
    "element of an array": ("SELECT 1 FROM users WHERE $1 = ANY(tags)", ["tag"]),
    "row": (
        "SELECT 1 FROM chats WHERE (owner_id, title) = ($1, $2)",
        ["owner_id", "title"],
    ),
    "row order": (
        "SELECT 1 FROM chats WHERE (created_at, id) > ($1, $2)",
        ["created_at", "id"],
    ),
    "in sub-query": (
        "SELECT 1 FROM chats WHERE $1 IN (SELECT username FROM users)",
        ["username"],
    ),
    "inside functions": ("SELECT 1 FROM users WHERE lower(email) = lower($1)", ["email"]),
    "pattern": ("SELECT 1 FROM users WHERE email LIKE '%' || $1 || '%'", ["email"]),
    "another kind of thing": (
        "SELECT 1 FROM chats WHERE created_at > now() - $1::interval",
        ["column_1"],
    ),
    "json key": ("SELECT 1 FROM chats WHERE labels ->> $1 = 'x'", ["column_1"]),
    "json": ("SELECT 1 FROM chats WHERE labels @> $1", ["labels"]),
    "insert": (
        "INSERT INTO users (username, email) VALUES ($1, $2)",
        ["username", "email"],
    ),
    "insert out of order": (
        "INSERT INTO users (username, email) VALUES ($2, $1)",
        ["email", "username"],
    ),
    "insert of rows": (
        "INSERT INTO users (username, email) VALUES ($1, $2), ($3, NULL)",
        ["username", "email", "username_2"],
    ),
    "insert of a query": (
        "INSERT INTO users (username, email) SELECT $1, email FROM users WHERE id = $2",
        ["username", "id"],
    ),
    "insert of a CTE": (
        "WITH given AS (SELECT $1::text AS a, $2::text AS b)"
        " INSERT INTO users (username, email) SELECT a, b FROM given",
        ["username", "email"],
    ),
    "insert of elements": (
        "INSERT INTO users (username) SELECT unnest($1::text[])",
        ["username"],
    ),
    "cast": ("INSERT INTO users (username) VALUES ($1::varchar)", ["username"]),
    "update": (
        "UPDATE chats SET title = $1, model = $2 WHERE id = $3",
        ["title", "model", "id"],
    ),
    "update by a formula": ("UPDATE messages SET n = n + $1 WHERE id = $2", ["n", "id"]),
    "several at once": (
        "UPDATE chats SET (title, model) = (SELECT $1, $2) WHERE id = $3",
        ["title", "model", "id"],
    ),
    "written wins": ("UPDATE chats SET title = $1 WHERE model = $1", ["title"]),
    "conflict": (
        "INSERT INTO users (username) VALUES ($1) ON CONFLICT (username) DO UPDATE SET email = $2",
        ["username", "email"],
    ),
    "coalesce": ("UPDATE chats SET title = coalesce($1, title)", ["title"]),
    "coalesced column": ("SELECT 1 FROM users WHERE coalesce(email, $1) = 'x'", ["email"]),
    "optional filter": (
        "SELECT 1 FROM chats WHERE $1::text IS NULL OR title = $1",
        ["title"],
    ),
    "case": (
        "SELECT CASE status WHEN $1 THEN 1 END FROM chats",
        ["status"],
    ),
    "case result": (
        "UPDATE chats SET title = CASE WHEN archived THEN $1 ELSE $2 END",
        ["title", "title_2"],
    ),
    "limit": (
        "SELECT 1 FROM chats ORDER BY id LIMIT $1 OFFSET $2",
        ["limit", "offset"],
    ),
    "argument": ("SELECT shout($1, $2)", ["message", "times"]),
    "argument by name": ("SELECT shout(times => $1, message => $2)", ["times", "message"]),
    "argument by name, of a function of PostgreSQL": (
        "SELECT 1 FROM chats WHERE created_at > now() - make_interval(days => $1)",
        ["days"],
    ),
    "alias": ("SELECT $1::text AS label", ["label"]),
    "cast twice": ("SELECT $1::int, $1::text", ["column_1"]),
    "nothing": ("SELECT $1::text, coalesce($2, 'x')", ["column_1", "column_2"]),
    "sub-query's column": (
        "SELECT 1 FROM (SELECT owner_id AS owner FROM chats) c WHERE owner = $1",
        ["owner"],
    ),
    "view's column": ("SELECT 1 FROM chat_view WHERE owner_name = $1", ["owner_name"]),
    "having": (
        "SELECT title FROM chats GROUP BY title HAVING title > $1",
        ["title"],
    ),
    "own names": (
        "SELECT 1 FROM chats WHERE title = @wanted AND model = $2 AND org_id = $3",
        ["wanted", "model", "org_id"],
    ),
    "taken name": (
        "UPDATE chats SET title = @id WHERE id = $2",
        ["id", "id_2"],
    ),
    "values": (
        "SELECT * FROM (VALUES ($1::int, $2::text)) v (code, name)",
        ["code", "name"],
    ),
}

NULLABLE = {
    "nullable column": ("INSERT INTO users (username, email) VALUES ('x', $1)", True),
    "not null column": ("INSERT INTO users (username, email) VALUES ($1, 'x')", False),
    "both": (
        "INSERT INTO chats (owner_id, title, model) SELECT id, $1, $1 FROM users",
        False,
    ),
    "compared": ("SELECT 1 FROM users WHERE email = $1", False),
    "written and compared": ("UPDATE users SET email = $1 WHERE email <> $1", False),
    "coalesce": ("UPDATE chats SET title = coalesce($1, title)", True),
    "last of coalesce": ("SELECT coalesce(email, $1) FROM users", False),
    "tested": ("SELECT 1 FROM chats WHERE $1::text IS NULL OR title = $1", True),
    "distinct from": ("SELECT 1 FROM users WHERE email IS DISTINCT FROM $1", True),
    "distinct from what is never null": (
        "SELECT 1 FROM users WHERE username IS DISTINCT FROM $1",
        False,
    ),
    "through a view": ("INSERT INTO open_chats (title) VALUES ($1)", False),
    "in a formula": ("INSERT INTO users (username, email) VALUES ('x', lower($1))", False),
    "cast into a nullable column": (
        "INSERT INTO users (username, email) VALUES ('x', $1::varchar)",
        True,
    ),
    "narg": ("SELECT 1 FROM users WHERE email = sqlc.narg(email)", True),
    "limit": ("SELECT 1 FROM users ORDER BY id LIMIT $1", False),
    "argument": ("SELECT shout($1, 2)", False),
}


@pytest.mark.parametrize("case", NAMES)
def test_names(world: World, case: str) -> None:
    """A parameter is called after what it meets."""
    sql, expected = NAMES[case]

    assert [p.name for p in world.parameters(sql)] == expected


@pytest.mark.parametrize("case", NULLABLE)
def test_nullability(world: World, case: str) -> None:
    """A parameter may be NULL where the statement provides for it."""
    sql, expected = NULLABLE[case]
    (parameter,) = world.parameters(sql)

    assert parameter.verdict.nullable is expected, parameter.verdict.reason


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM chats WHERE id = $1", "id"),
        ("SELECT 1 FROM chats WHERE id = ANY($1)", "id"),
        ("SELECT 1 FROM open_chats WHERE chat_id = $1", "id"),
        ("UPDATE chats SET position = $1 WHERE true", "position"),
        ("INSERT INTO open_chats (title) VALUES ($1)", "title"),
        ("SELECT 1 FROM chats WHERE title LIKE $1", None),
        ("SELECT 1 FROM chats WHERE lower(title) = $1", None),
        ("SELECT 1 FROM chats WHERE labels @> $1", None),
        ("SELECT $1::int", None),
    ],
)
def test_column(world: World, sql: str, expected: str | None) -> None:
    """The column whose values a parameter takes is known, for its overrides."""
    (parameter,) = world.parameters(sql)

    assert parameter.column == (ColumnRef("public", "chats", expected) if expected else None)


def test_written_to(world: World) -> None:
    """A parameter knows every column that its very value lands in."""
    (parameter,) = world.parameters(
        "INSERT INTO chats (owner_id, title, model) SELECT id, $1, $1 FROM users"
    )

    expected = (ColumnRef("public", "chats", "model"), ColumnRef("public", "chats", "title"))
    assert parameter.written_to == expected


@pytest.mark.parametrize(
    ("sql", "elements", "dimensions"),
    [
        ("SELECT 1 FROM chats WHERE id = ANY($1)", False, 1),
        ("UPDATE users SET tags = $1 WHERE true", True, 1),
        ("UPDATE chats SET grid = $1 WHERE true", True, 2),
        ("SELECT unnest($1::text[])", False, 1),
    ],
)
def test_arrays(world: World, sql: str, elements: bool, dimensions: int) -> None:
    """The elements of an array may be NULL only where a column takes them."""
    (parameter,) = world.parameters(sql)

    assert parameter.elements is not None
    assert (parameter.elements.nullable, parameter.dimensions) == (elements, dimensions)


def test_slice(world: World) -> None:
    """`sqlc.slice` is an array parameter of its own name."""
    (parameter,) = world.parameters("SELECT 1 FROM chats WHERE id IN (sqlc.slice(wanted))")

    assert (parameter.name, parameter.is_slice, parameter.dimensions) == ("wanted", True, 1)


def test_span(world: World) -> None:
    """A parameter knows where it stands first."""
    sql = "SELECT 1 FROM chats WHERE id = @chat"
    understood = world.understand(sql)
    assert understood.query is not None
    span = understood.query.parameters[0].span

    assert span is not None
    assert (world.folder / span.path).read_text()[span.start : span.end] == "@chat"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "INSERT INTO chats (owner_id, title) VALUES (@x, @x)",
            "inconsistent types deduced for parameter `x`",
        ),
        (
            "SELECT 1 FROM chats WHERE id = @x AND title = @x",
            "operator does not exist: text = uuid",
        ),
    ],
)
def test_two_types(world: World, sql: str, message: str) -> None:
    """One name used with two types is an error that shows both places."""
    (found,) = world.diagnostics(sql, ":exec")
    first, second = found.labels
    text = (world.folder / first.span.path).read_text()
    places = [i for i in range(len(text)) if text.startswith("@x", i)]

    assert found.message == f"PostgreSQL refuses `Probe`: {message}"
    assert second.text == "`x` has another type here"
    assert second.span.start == places[0]
    assert first.span.start in (places[1], places[1] - len("= "))


def test_two_types_that_agree(world: World) -> None:
    """Integers of two widths are no contradiction: the parameter has the type of its first use."""
    sql = "SELECT 1 FROM messages WHERE id = @x AND n = @x"

    assert world.diagnostics(sql) == ()
