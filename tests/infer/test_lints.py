"""Lints: each with what it is for, and a near miss about which it is silent."""

from __future__ import annotations

import pytest
from infer.understanding import World
from sqlward_codegen.diagnostics import Severity

JOIN = "FROM chats c JOIN users u ON u.id = c.owner_id"
LEFT_JOIN = "FROM chats c LEFT JOIN users u ON u.id = c.owner_id"

FOUND = {
    "update all": ("SW220", "UPDATE chats SET archived = true", "chats"),
    "delete all": ("SW220", "DELETE FROM messages", "messages"),
    "delete all in a CTE": (
        "SW220",
        "WITH gone AS (DELETE FROM messages RETURNING id) SELECT count(*) FROM gone",
        "messages",
    ),
    "update all from": (
        "SW220",
        "UPDATE chats c SET title = u.username FROM users u",
        "c",
    ),
    "not in": (
        "SW221",
        "SELECT id FROM orgs WHERE id NOT IN (SELECT org_id FROM chats)",
        "NOT IN",
    ),
    "different from all": (
        "SW221",
        "SELECT id FROM orgs WHERE id <> ALL (SELECT org_id FROM chats)",
        "WHERE id <> ALL (SELECT org_id FROM chats)",
    ),
    "not in an outer join": (
        "SW221",
        f"SELECT id FROM users WHERE id NOT IN (SELECT u.id {LEFT_JOIN})",
        "NOT IN",
    ),
    "equal to null": ("SW222", "SELECT id FROM users WHERE email = NULL", "= NULL"),
    "different from null": ("SW222", "SELECT id FROM users WHERE email <> NULL", "<> NULL"),
    "null in a list": (
        "SW222",
        "SELECT id FROM users WHERE email IN ('x', NULL)",
        "WHERE email IN ('x', NULL)",
    ),
    "when null": (
        "SW222",
        "SELECT CASE email WHEN NULL THEN 1 END FROM users",
        "SELECT CASE email WHEN NULL THEN 1 END FROM users",
    ),
    "parameter of an unused CTE": ("SW223", "WITH x AS (SELECT $1::int AS n) SELECT 1", "$1"),
    "star over a join": ("SW224", f"SELECT * {JOIN}", "*"),
    "two stars": ("SW224", f"SELECT c.*, u.* {JOIN}", "*"),
    "left join filtered": ("SW225", f"SELECT c.id {LEFT_JOIN} WHERE u.deleted", "u"),
    "left join compared": ("SW225", f"SELECT c.id {LEFT_JOIN} WHERE u.username = $1", "u"),
    "right join filtered": (
        "SW225",
        "SELECT u.id FROM chats c RIGHT JOIN users u ON u.id = c.owner_id WHERE c.archived",
        "c",
    ),
    "limit without order": ("SW226", "SELECT id FROM chats LIMIT 5", "LIMIT 5"),
    "limit by what can tie": (
        "SW226",
        "SELECT id FROM chats ORDER BY created_at LIMIT 5",
        "ORDER BY created_at",
    ),
    "offset by what can tie": (
        "SW226",
        "SELECT id FROM chats ORDER BY title OFFSET $1",
        "ORDER BY title",
    ),
    "limit over a join by one key": (
        "SW226",
        "SELECT c.id, m.n FROM chats c JOIN messages m ON m.chat_id = c.id ORDER BY c.id LIMIT 5",
        "ORDER BY c.id",
    ),
    "limit by a nullable unique column": (
        "SW226",
        "SELECT id, code FROM providers ORDER BY code LIMIT 5",
        "ORDER BY code",
    ),
    "one by what can tie": (
        "SW227",
        "SELECT id FROM chats ORDER BY created_at LIMIT 1",
        "ORDER BY created_at",
    ),
    "any one": ("SW227", "SELECT id FROM chats LIMIT 1", "LIMIT 1"),
    "forgotten condition": (
        "SW228",
        "SELECT c.id FROM chats c, users u WHERE c.archived AND u.deleted",
        "u",
    ),
    "half of the conditions": (
        "SW228",
        "SELECT c.id FROM chats c, users u, orgs o WHERE c.owner_id = u.id",
        "o",
    ),
    "insert where not exists": (
        "SW229",
        "INSERT INTO chats (owner_id, title) SELECT $1, $2"
        " WHERE NOT EXISTS (SELECT FROM chats WHERE title = $2)",
        "chats",
    ),
    "insert where count": (
        "SW229",
        "INSERT INTO providers (id, provider) SELECT $1, $2"
        " WHERE (SELECT count(*) FROM providers WHERE provider = $2) = 0",
        "providers",
    ),
}

SILENT = {
    "insert where not exists, by key": (
        "INSERT INTO users (username) SELECT $1"
        " WHERE NOT EXISTS (SELECT FROM users WHERE username = $1)"
    ),
    "insert where another table has it": (
        "INSERT INTO chats (owner_id, title) SELECT $1, $2"
        " WHERE EXISTS (SELECT FROM users WHERE email = $2)"
    ),
    "insert from the same table": (
        "INSERT INTO chats (owner_id, title) SELECT owner_id, $2 FROM chats WHERE title = $1"
    ),
    "update where": "UPDATE chats SET archived = true WHERE created_at < $1",
    "update where true": "UPDATE chats SET archived = true WHERE true",
    "insert": "INSERT INTO users (username) VALUES ($1)",
    "not in what is never null": (
        "SELECT id FROM users WHERE id NOT IN (SELECT owner_id FROM chats)"
    ),
    "not in without nulls": (
        "SELECT id FROM orgs WHERE id NOT IN (SELECT org_id FROM chats WHERE org_id IS NOT NULL)"
    ),
    "in": "SELECT id FROM orgs WHERE id IN (SELECT org_id FROM chats)",
    "not exists": (
        "SELECT id FROM orgs o WHERE NOT EXISTS (SELECT FROM chats c WHERE c.org_id = o.id)"
    ),
    "is null": "SELECT id FROM users WHERE email IS NULL",
    "not distinct from null": "SELECT id FROM users WHERE email IS NOT DISTINCT FROM NULL",
    "null as a value": "UPDATE users SET email = NULL WHERE id = $1",
    "null concatenated": "SELECT email || NULL FROM users",
    "parameter of a used CTE": "WITH x AS (SELECT $1::int AS n) SELECT n FROM x",
    "parameter of an unused write": (
        "WITH x AS (INSERT INTO users (username) VALUES ($1)) SELECT 1"
    ),
    "star of one table": "SELECT * FROM chats",
    "star over a join without duplicates": (
        "SELECT * FROM messages m JOIN (SELECT id AS chat FROM chats) c ON c.chat = m.chat_id"
    ),
    "star over USING": (
        "SELECT * FROM (SELECT id, title FROM chats) c JOIN (SELECT id, email FROM users) u"
        " USING (id)"
    ),
    "duplicates by name": f"SELECT c.id, u.id {JOIN}",
    "duplicates without a join": "SELECT c.*::text, c FROM chats c",
    "count of stars": f"SELECT count(*) {JOIN}",
    "embeds": f"SELECT sqlc.embed(c), sqlc.embed(u) {JOIN}",
    "left join without condition": f"SELECT c.id {LEFT_JOIN} WHERE c.archived",
    "left join, absent": f"SELECT c.id {LEFT_JOIN} WHERE u.id IS NULL",
    "left join, absent or": f"SELECT c.id {LEFT_JOIN} WHERE u.id IS NULL OR u.deleted",
    "left join, coalesced": f"SELECT c.id {LEFT_JOIN} WHERE coalesce(u.deleted, false) = $1",
    "left join, condition in ON": (
        "SELECT c.id FROM chats c LEFT JOIN users u ON u.id = c.owner_id AND u.deleted"
    ),
    "limit by key": "SELECT id, title FROM chats ORDER BY created_at, id LIMIT 5",
    "offset by key": "SELECT * FROM chats ORDER BY id DESC LIMIT 5 OFFSET $1",
    "limit by the unique name": "SELECT id FROM users ORDER BY username LIMIT 5",
    "limit by all of a two-column key": ("SELECT body FROM messages ORDER BY n, chat_id LIMIT 5"),
    "limit within one chat": ("SELECT body FROM messages WHERE chat_id = $1 ORDER BY n LIMIT 5"),
    "limit over a join by the many's key": (
        "SELECT c.id, m.n FROM chats c JOIN messages m ON m.chat_id = c.id ORDER BY m.id LIMIT 5"
    ),
    "limit of distinct": "SELECT DISTINCT title FROM chats ORDER BY title LIMIT 5",
    "limit of what is seen": "SELECT title FROM chats ORDER BY title LIMIT 5",
    "limit of groups": (
        "SELECT owner_id, count(*) FROM chats GROUP BY owner_id ORDER BY count(*), owner_id LIMIT 5"
    ),
    "limit of a union": ("SELECT id FROM chats UNION SELECT id FROM users ORDER BY id LIMIT 5"),
    "limit of one row": "SELECT id FROM chats WHERE id = $1 LIMIT 1",
    "order without limit": "SELECT id, title FROM chats ORDER BY title",
    "one of the same": "SELECT true FROM chats WHERE archived LIMIT 1",
    "joined by comma": "SELECT c.id FROM chats c, users u WHERE u.id = c.owner_id",
    "joined by inequality": ("SELECT a.id FROM chats a, chats b WHERE a.created_at < b.created_at"),
    "joined in a chain": (
        "SELECT 1 FROM chats c, users u, messages m WHERE u.id = c.owner_id AND m.chat_id = c.id"
    ),
    "cross join": "SELECT c.id FROM chats c CROSS JOIN users u",
    "one row by comma": "SELECT c.id, u.email FROM chats c, users u WHERE u.id = $1",
    "lateral": "SELECT t FROM users u, unnest(u.tags) AS t",
    "lateral sub-query": (
        "SELECT l.n FROM chats c, LATERAL (SELECT n FROM messages m WHERE m.chat_id = c.id) l"
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_finds(world: World, case: str) -> None:
    """A lint warns, and shows the place."""
    code, sql, place = FOUND[case]
    (found,) = world.diagnostics(sql, ":exec")
    span = found.labels[0].span

    assert (found.code, found.severity) == (code, Severity.WARNING)
    assert (world.folder / span.path).read_text()[span.start : span.end] == place


@pytest.mark.parametrize("case", SILENT)
def test_is_silent(world: World, case: str) -> None:
    """A lint says nothing about what only looks alike."""
    found = world.diagnostics(SILENT[case], ":exec")

    assert found == ()


@pytest.mark.parametrize("case", FOUND)
def test_can_be_allowed(world: World, case: str) -> None:
    """Each lint gives way to an allowance with a reason."""
    code, sql, _ = FOUND[case]

    assert world.diagnostics(sql, ":exec", f"-- allow: {code} it is meant\n") == ()


def test_help_names_the_missing_key(world: World) -> None:
    """What makes the order total is offered."""
    (found,) = world.diagnostics("SELECT id FROM chats ORDER BY created_at LIMIT 5")

    assert found.help == "append the key: `id`"


def test_finds_a_slow_copy(world: World) -> None:
    """COPY goes row by row where a default is volatile."""
    (found,) = world.diagnostics("INSERT INTO users (username) VALUES ($1)", ":copyfrom")

    assert (found.code, found.labels[0].text) == ("SW232", "`id` is left to its default")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO users (id, username) VALUES ($1, $2)",
        "INSERT INTO messages (chat_id, n, body) VALUES ($1, $2, $3)",
    ],
)
def test_is_silent_about_a_quick_copy(world: World, sql: str) -> None:
    """A value, a stable default and a sequence are no obstacle."""
    assert world.diagnostics(sql, ":copyfrom") == ()
