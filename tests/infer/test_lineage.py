"""Lineage: what flows into each output column and each written one; origins and names."""

from __future__ import annotations

import pytest
from infer.understanding import World
from sqlward_codegen.diagnostics import CompileError

FLOWS: dict[str, tuple[str, set[str], set[int]]] = {
    "column": ("SELECT title FROM chats", {"chats.title"}, set()),
    "expression": (
        "SELECT lower(c.title) || u.email || $1::text FROM chats c, users u WHERE c.owner_id = u.id",
        {"chats.title", "users.email"},
        {1},
    ),
    "view": ("SELECT owner_name FROM chat_view", {"users.username"}, set()),
    "materialized view": (
        "SELECT chat_id FROM chat_counts",
        {"messages.chat_id"},
        set(),
    ),
    "sub-query": (
        "SELECT x FROM (SELECT title || model AS x FROM chats) c",
        {"chats.title", "chats.model"},
        set(),
    ),
    "CTE": (
        "WITH c AS (SELECT title AS x FROM chats) SELECT x FROM c",
        {"chats.title"},
        set(),
    ),
    "recursive CTE": (
        "WITH RECURSIVE m (id, body) AS (SELECT id, body FROM messages WHERE id = $1"
        " UNION ALL SELECT p.id, p.body || m.body FROM messages p JOIN m ON p.parent = m.id)"
        " SELECT body FROM m",
        {"messages.body"},
        set(),
    ),
    "union": (
        "SELECT title FROM chats UNION SELECT username FROM users",
        {"chats.title", "users.username"},
        set(),
    ),
    "scalar sub-query": (
        "SELECT (SELECT username FROM users u WHERE u.id = c.owner_id) FROM chats c",
        {"users.username"},
        set(),
    ),
    "array sub-query": (
        "SELECT ARRAY(SELECT body FROM messages m WHERE m.chat_id = c.id) FROM chats c",
        {"messages.body"},
        set(),
    ),
    "aggregate": (
        "SELECT string_agg(title, ',' ORDER BY created_at) FILTER (WHERE archived) FROM chats",
        {"chats.title"},
        set(),
    ),
    "window": (
        "SELECT lag(title) OVER (PARTITION BY owner_id ORDER BY id) FROM chats",
        {"chats.title"},
        set(),
    ),
    "case": (
        "SELECT CASE WHEN archived THEN title ELSE model END FROM chats",
        {"chats.title", "chats.model"},
        set(),
    ),
    "case over a value": (
        "SELECT CASE status WHEN $1 THEN title END FROM chats",
        {"chats.title"},
        set(),
    ),
    "exists": ("SELECT EXISTS (SELECT title FROM chats)", set(), set()),
    "null test": ("SELECT email IS NULL FROM users", set(), set()),
    "count": ("SELECT count(*) FROM users", set(), set()),
    "whole row": (
        "SELECT o FROM orgs o",
        {"orgs.id", "orgs.name"},
        set(),
    ),
    "row as json": (
        "SELECT to_jsonb(o) FROM orgs o",
        {"orgs.id", "orgs.name"},
        set(),
    ),
    "values": (
        "SELECT x FROM (VALUES ($1::text), ('b')) v (x)",
        set(),
        {1},
    ),
    "function in FROM": (
        "SELECT t FROM users u, unnest(u.tags) AS t",
        {"users.tags"},
        set(),
    ),
    "lateral": (
        "SELECT l.x FROM users u CROSS JOIN LATERAL (SELECT u.email || 'x' AS x) l",
        {"users.email"},
        set(),
    ),
    "merged column": (
        "SELECT id FROM chats FULL JOIN users USING (id)",
        {"chats.id", "users.id"},
        set(),
    ),
    "grouped": (
        "SELECT lower(title) FROM chats GROUP BY lower(title)",
        {"chats.title"},
        set(),
    ),
    "written and returned": (
        "INSERT INTO users (username, email) VALUES ($1, $2) RETURNING email",
        {"users.email"},
        {2},
    ),
    "returned of an update from another table": (
        "UPDATE chats c SET title = u.username FROM users u WHERE u.id = c.owner_id"
        " RETURNING c.title",
        {"chats.title", "users.username"},
        set(),
    ),
    "returned of a delete": (
        "DELETE FROM chats WHERE id = $1 RETURNING title",
        {"chats.title"},
        set(),
    ),
    "modifying CTE": (
        "WITH w AS (INSERT INTO users (username) VALUES ($1) RETURNING username)"
        " SELECT username FROM w",
        {"users.username"},
        {1},
    ),
    "excluded": (
        "INSERT INTO users (username, email) VALUES ($1, $2)"
        " ON CONFLICT (username) DO UPDATE SET email = excluded.username RETURNING email",
        {"users.email", "users.username"},
        {1, 2},
    ),
}


@pytest.mark.parametrize("case", FLOWS)
def test_output_lineage(world: World, case: str) -> None:
    """The first output column knows all columns and parameters that flow into it."""
    sql, columns, parameters = FLOWS[case]
    lineage = world.columns(sql)[0].lineage

    assert ({str(c) for c in lineage.columns}, set(lineage.parameters)) == (columns, parameters)


ORIGINS = {
    "column": ("SELECT title FROM chats", "chats.title"),
    "view": ("SELECT owner_name FROM chat_view", "users.username"),
    "sub-query": ("SELECT x FROM (SELECT title AS x FROM chats) c", "chats.title"),
    "CTE": ("WITH c AS (SELECT title AS x FROM chats) SELECT x FROM c", "chats.title"),
    "outer join": (
        "SELECT u.email FROM chats c LEFT JOIN users u ON u.id = c.owner_id",
        "users.email",
    ),
    "union of the same": (
        "SELECT title FROM chats WHERE archived UNION SELECT title FROM chats",
        "chats.title",
    ),
    "returning": (
        "INSERT INTO users (username) VALUES ($1) RETURNING username",
        "users.username",
    ),
    "scalar sub-query": (
        "SELECT (SELECT username FROM users LIMIT 1)",
        "users.username",
    ),
    "grouped": ("SELECT title FROM chats GROUP BY title", "chats.title"),
    "left column of USING": ("SELECT id FROM chats JOIN users USING (id)", "chats.id"),
    "recursive": (
        "WITH RECURSIVE m (id) AS (SELECT id FROM messages UNION ALL"
        " SELECT p.id FROM messages p JOIN m ON p.parent = m.id) SELECT id FROM m",
        "messages.id",
    ),
    "expression": ("SELECT lower(title) FROM chats", None),
    "union of others": ("SELECT title FROM chats UNION SELECT username FROM users", None),
    "full join": ("SELECT id FROM chats FULL JOIN users USING (id)", None),
    "constant": ("SELECT 1", None),
    "cast": ("SELECT title::varchar(3) FROM chats", None),
}


@pytest.mark.parametrize("case", ORIGINS)
def test_origin(world: World, case: str) -> None:
    """A column that hands on a table column unchanged knows which."""
    sql, expected = ORIGINS[case]
    origin = world.columns(sql)[0].origin

    assert (str(origin) if origin else None) == expected


WRITES: dict[str, tuple[str, dict[str, tuple[set[str], set[int]]]]] = {
    "insert": (
        "INSERT INTO users (username, email) VALUES ($1, lower($2))",
        {"users.username": (set(), {1}), "users.email": (set(), {2})},
    ),
    "insert of rows": (
        "INSERT INTO users (username) VALUES ($1), ($2)",
        {"users.username": (set(), {1, 2})},
    ),
    "insert of a query": (
        "INSERT INTO users (username) SELECT title FROM chats WHERE id = $1",
        {"users.username": ({"chats.title"}, set())},
    ),
    "update": (
        "UPDATE chats SET title = title || $1 WHERE id = $2",
        {"chats.title": ({"chats.title"}, {1})},
    ),
    "several at once": (
        "UPDATE chats c SET (title, model) = (SELECT u.username, $1 FROM users u LIMIT 1)",
        {
            "chats.title": ({"users.username"}, set()),
            "chats.model": (set(), {1}),
        },
    ),
    "conflict": (
        "INSERT INTO users (username, email) VALUES ($1, $2)"
        " ON CONFLICT (username) DO UPDATE SET email = excluded.email",
        {"users.username": (set(), {1}), "users.email": ({"users.email"}, {2})},
    ),
    "through a view": (
        "UPDATE open_chats SET title = $1 WHERE chat_id = $2",
        {"chats.title": (set(), {1})},
    ),
    "merge": (
        "MERGE INTO providers p USING (SELECT $1::int AS id, username FROM users) s"
        " ON p.id = s.id WHEN MATCHED THEN UPDATE SET provider = s.username"
        " WHEN NOT MATCHED THEN INSERT (id, provider) VALUES (s.id, $2)",
        {
            "providers.provider": ({"users.username"}, {2}),
            "providers.id": (set(), {1}),
        },
    ),
    "CTE": (
        "WITH w AS (UPDATE chats SET title = $1 WHERE id = $2) SELECT 1",
        {"chats.title": (set(), {1})},
    ),
}


@pytest.mark.parametrize("case", WRITES)
def test_written_lineage(world: World, case: str) -> None:
    """Each written column knows all columns and parameters that flow into it."""
    sql, expected = WRITES[case]
    found = {
        str(w.column): ({str(c) for c in w.lineage.columns}, set(w.lineage.parameters))
        for w in world.query(sql, ":exec").writes
    }

    assert found == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1, 2", ["column_1", "column_2"]),
        ("SELECT c.id, u.id FROM chats c, users u WHERE u.id = c.owner_id", ["id", "id_2"]),
        ('SELECT count(*) AS "total!", max(n) AS "highest?" FROM messages', ["total", "highest"]),
        ("SELECT lower(title), upper(title) AS lower FROM chats", ["lower", "lower_2"]),
    ],
)
def test_output_names(world: World, sql: str, expected: list[str]) -> None:
    """Output columns have names that can be told apart."""
    assert [column.name for column in world.columns(sql)] == expected


def test_declared_nullability(world: World) -> None:
    """A mark on the alias decides, and says so."""
    first, second = world.columns('SELECT model AS "model!", title AS "title?" FROM chats')

    assert (first.verdict.nullable, first.verdict.reason) == (
        False,
        "declared by the alias `model!`",
    )
    assert (second.verdict.nullable, second.verdict.reason) == (
        True,
        "declared by the alias `title?`",
    )


def test_array_dimensions(world: World) -> None:
    """An array is as deep as its column is declared, one level deep otherwise."""
    columns = world.columns(
        "SELECT c.grid, ARRAY[1], title, g.grid FROM chats c, (SELECT grid FROM chats) g"
    )

    assert [column.dimensions for column in columns] == [2, 1, 0, 2]


def test_embeds(world: World) -> None:
    """An embed covers its relation's columns; an outer join can leave it out."""
    query = world.query(
        "SELECT sqlc.embed(o), c.title, sqlc.embed(u)"
        " FROM chats c JOIN users u ON u.id = c.owner_id LEFT JOIN orgs o ON o.id = c.org_id"
    )
    org, user = query.embeds

    assert [(e.name, e.table, e.start, e.end) for e in query.embeds] == [
        ("o", "orgs", 0, 2),
        ("u", "users", 3, 9),
    ]
    assert (org.verdict.nullable, user.verdict.nullable) == (True, False)
    assert (org.discriminator, user.discriminator) == (0, 3)
    assert [c.embed for c in query.columns] == [0, 0, None, 1, 1, 1, 1, 1, 1]
    assert [c.verdict.nullable for c in query.columns[:2]] == [False, False]
    assert [str(c.origin) for c in query.columns[:2]] == ["orgs.id", "orgs.name"]


def test_embed_of_a_sub_query(world: World) -> None:
    """A sub-query can be embedded; nothing tells its absence if all its columns can be NULL."""
    query = world.query(
        "SELECT u.id, sqlc.embed(s) FROM users u"
        " LEFT JOIN (SELECT owner_id, model FROM chats) s ON s.owner_id = u.id"
    )
    (embed,) = query.embeds

    assert (embed.table, embed.start, embed.end, embed.discriminator) == (None, 1, 3, 1)
    assert [str(c.origin) for c in query.columns[1:]] == ["chats.owner_id", "chats.model"]


def test_embed_of_a_scalar(world: World) -> None:
    """A function's single value is no relation."""
    with pytest.raises(CompileError) as caught:
        world.query("SELECT sqlc.embed(g) FROM generate_series(1, 3) AS g")

    assert [d.code for d in caught.value.diagnostics] == ["SW210"]
