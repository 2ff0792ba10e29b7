"""At most one row: what proves it, what does not, and what is said then."""

from __future__ import annotations

import pytest
from infer.understanding import World

PROVED = {
    "primary key": "SELECT * FROM chats WHERE id = $1",
    "two columns": "SELECT * FROM messages WHERE chat_id = $1 AND n = 5",
    "row equality across integer types": (
        "SELECT * FROM messages m WHERE (m.chat_id, m.n) = ($1, $2::bigint)"
    ),
    "partitioned": "SELECT * FROM events WHERE k = $1 AND at = $2",
    "nullable unique column": "SELECT * FROM providers WHERE code = $1",
    "list of one": "SELECT * FROM chats WHERE id IN ($1)",
    "array of one": "SELECT * FROM chats WHERE id = ANY(ARRAY[$1::uuid])",
    "not distinct from, never null": ("SELECT * FROM providers WHERE id IS NOT DISTINCT FROM $1"),
    "partial index": "SELECT * FROM chats WHERE owner_id = $1 AND title = $2 AND NOT archived",
    "partial index, other writing": (
        "SELECT * FROM chats WHERE owner_id = $1 AND title = $2 AND archived = false"
    ),
    "partial index, IS FALSE": (
        "SELECT * FROM chats WHERE owner_id = $1 AND title = $2 AND archived IS FALSE"
    ),
    "expression index": "SELECT * FROM orgs WHERE lower(name) = lower($1)",
    "joined by key": "SELECT * FROM chats c JOIN users u ON u.id = c.owner_id WHERE c.id = $1",
    "join using": "SELECT * FROM chats JOIN users USING (id) WHERE id = $1",
    "left joined by key": (
        "SELECT * FROM chats c LEFT JOIN users u ON u.id = c.owner_id WHERE c.id = $1"
    ),
    "right joined by key": (
        "SELECT * FROM users u RIGHT JOIN chats c ON u.id = c.owner_id WHERE c.id = $1"
    ),
    "from the other side": (
        "SELECT c.* FROM chats c JOIN messages m ON m.chat_id = c.id WHERE m.id = $1"
    ),
    "two steps": (
        "SELECT 1 FROM messages m, chats c, users u"
        " WHERE m.id = $1 AND c.id = m.chat_id AND u.id = c.owner_id"
    ),
    "view": "SELECT * FROM chat_view WHERE id = $1",
    "view, renamed": "SELECT * FROM open_chats WHERE chat_id = $1",
    "partial index through a view": ("SELECT * FROM open_chats WHERE owner_id = $1 AND title = $2"),
    "materialized view": "SELECT * FROM chat_counts WHERE chat_id = $1",
    "sub-query": "SELECT * FROM (SELECT id AS k, title FROM chats) c WHERE k = $1",
    "CTE": "WITH c AS (SELECT * FROM chats) SELECT * FROM c WHERE id = $1",
    "a row number": (
        "SELECT * FROM (SELECT *, row_number() OVER (ORDER BY title) AS n FROM chats) c WHERE n = 1"
    ),
    "a row number of a partition": (
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY owner_id ORDER BY title) AS n"
        " FROM chats) c WHERE n = 1 AND owner_id = $1"
    ),
    "a row number of a partition that is fixed inside": (
        "WITH c AS (SELECT *, row_number() OVER (PARTITION BY owner_id ORDER BY title) AS n"
        " FROM chats WHERE owner_id = $1) SELECT * FROM c WHERE c.n = $2"
    ),
    "aggregate": "SELECT count(*) FROM chats",
    "having without group": "SELECT 1 FROM chats HAVING count(*) > 3",
    "empty grouping set": "SELECT count(*) FROM chats GROUP BY ()",
    "group of a fixed column": (
        "SELECT owner_id, count(*) FROM chats WHERE owner_id = $1 GROUP BY owner_id"
    ),
    "grouped sub-query": (
        "SELECT c.id, s.n FROM chats c LEFT JOIN"
        " (SELECT chat_id, count(*) AS n FROM messages GROUP BY chat_id) s"
        " ON s.chat_id = c.id WHERE c.id = $1"
    ),
    "distinct of a fixed column": "SELECT DISTINCT owner_id FROM chats WHERE owner_id = $1",
    "distinct on a fixed column": (
        "SELECT DISTINCT ON (owner_id) * FROM chats WHERE owner_id = $1 ORDER BY owner_id, id"
    ),
    "lateral limit": (
        "SELECT c.id, m.n FROM chats c CROSS JOIN LATERAL"
        " (SELECT n FROM messages WHERE chat_id = c.id ORDER BY n DESC LIMIT 1) m"
        " WHERE c.id = $1"
    ),
    "uncorrelated scalar sub-query": (
        "SELECT * FROM chats WHERE id = (SELECT chat_id FROM messages ORDER BY id LIMIT 1)"
    ),
    "stable function": "SELECT * FROM events WHERE k = $1 AND at = now()",
    "scalar function in FROM": "SELECT * FROM lower($1) AS l",
    "no FROM": "SELECT $1::int + 1",
    "exists": "SELECT EXISTS (SELECT 1 FROM chats)",
    "limit": "SELECT * FROM chats ORDER BY id LIMIT 1",
    "limit of nothing": "SELECT * FROM chats LIMIT 0",
    "fetch first": "SELECT * FROM chats ORDER BY id FETCH FIRST ROW ONLY",
    "except": "SELECT id FROM chats WHERE id = $1 EXCEPT SELECT id FROM users",
    "intersect": "SELECT id FROM users INTERSECT SELECT id FROM chats WHERE id = $1",
    "values": "VALUES ($1::int, 2)",
    "insert": "INSERT INTO users (username) VALUES ($1) RETURNING *",
    "upsert": (
        "INSERT INTO users (username) VALUES ($1)"
        " ON CONFLICT (username) DO UPDATE SET deleted = false RETURNING *"
    ),
    "insert one row of a query": (
        "INSERT INTO users (username) SELECT username FROM users WHERE id = $1 RETURNING id"
    ),
    "update": "UPDATE chats SET title = $2 WHERE id = $1 RETURNING *",
    "update from many": (
        "UPDATE users u SET deleted = true FROM chats c"
        " WHERE u.id = $1 AND c.owner_id = u.id RETURNING u.*"
    ),
    "delete": "DELETE FROM chats WHERE id = $1 RETURNING id",
    "modifying CTE": (
        "WITH u AS (UPDATE chats SET title = $2 WHERE id = $1 RETURNING *)"
        " SELECT u.*, o.username FROM u JOIN users o ON o.id = u.owner_id"
    ),
}

UNPROVED = {
    "a row number of each partition": (
        "SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY owner_id) AS n FROM chats) c"
        " WHERE n = 1",
        "`c` can have several rows",
    ),
    "another number of a row": (
        "SELECT * FROM (SELECT id, rank() OVER (ORDER BY title) AS n FROM chats) c WHERE n = 1",
        "`c` can have several rows",
    ),
    "the first row numbers": (
        "SELECT * FROM (SELECT id, row_number() OVER (ORDER BY title) AS n FROM chats) c"
        " WHERE n <= 3",
        "`c` can have several rows",
    ),
    "no condition": ("SELECT * FROM chats", "nothing fixes a key of `chats`"),
    "column without key": (
        "SELECT * FROM providers WHERE provider = $1",
        "`provider` is not unique",
    ),
    "part of a key": ("SELECT * FROM messages WHERE chat_id = $1", "`chat_id` is not unique"),
    "partial index": (
        "SELECT * FROM chats WHERE owner_id = $1 AND title = $2",
        "`chats_title_active` is unique only under its own WHERE condition",
    ),
    "partial index, the other half": (
        "SELECT * FROM chats WHERE owner_id = $1 AND title = $2 AND archived",
        "`chats_title_active` is unique only under its own WHERE condition",
    ),
    "deferrable key": ("SELECT * FROM providers WHERE late = $1", "`late` is not unique"),
    "inherited": ("SELECT * FROM shapes WHERE id = $1", "`id` is not unique"),
    "another expression": (
        "SELECT * FROM orgs WHERE upper(name) = $1",
        "nothing fixes a key of `orgs`",
    ),
    "pattern": (
        "SELECT * FROM users WHERE username LIKE $1",
        "nothing fixes a key of `users`",
    ),
    "either": (
        "SELECT * FROM chats WHERE id = $1 OR id = $2",
        "nothing fixes a key of `chats`",
    ),
    "list": ("SELECT * FROM chats WHERE id IN ($1, $2)", "nothing fixes a key of `chats`"),
    "array": (
        "SELECT * FROM chats WHERE id = ANY($1::uuid[])",
        "nothing fixes a key of `chats`",
    ),
    "all": ("SELECT * FROM chats WHERE id >= $1", "nothing fixes a key of `chats`"),
    "not distinct from, may be null": (
        "SELECT * FROM providers WHERE code IS NOT DISTINCT FROM $1",
        "`code` is not unique",
    ),
    "volatile function": (
        "SELECT * FROM chats WHERE id = gen_random_uuid()",
        "nothing fixes a key of `chats`",
    ),
    "volatile function of the schema": (
        "SELECT * FROM chats WHERE id = next_id()",
        "nothing fixes a key of `chats`",
    ),
    "correlated scalar sub-query": (
        "SELECT * FROM chats c WHERE c.id ="
        " (SELECT m.chat_id FROM messages m WHERE m.chat_id = c.id LIMIT 1)",
        "nothing fixes a key of `c`",
    ),
    "condition of the outer join": (
        "SELECT * FROM users u LEFT JOIN chats c ON c.owner_id = u.id AND c.id = $1",
        "nothing fixes a key of `u`",
    ),
    "own side in ON of an outer join": (
        "SELECT u.* FROM users u LEFT JOIN chats c ON u.id = $1",
        "nothing fixes a key of `u`",
    ),
    "through what an outer join left out": (
        "SELECT p.* FROM providers p LEFT JOIN users u ON u.id = $1"
        " WHERE p.code = coalesce(u.username, 'x')",
        "nothing fixes a key of `p`",
    ),
    "group of what an outer join left out": (
        "SELECT u.username, count(*) FROM chats c"
        " LEFT JOIN users u ON u.id = $1 AND u.id = c.owner_id GROUP BY u.username",
        "nothing fixes a key of `c`",
    ),
    "full join": (
        "SELECT c.id FROM chats c FULL JOIN users u ON u.id = c.owner_id",
        "nothing fixes a key of `c`",
    ),
    "groups": (
        "SELECT owner_id, count(*) FROM chats GROUP BY owner_id",
        "nothing fixes a key of `chats`",
    ),
    "grouping sets": (
        "SELECT owner_id, count(*) FROM chats WHERE owner_id = $1"
        " GROUP BY GROUPING SETS ((owner_id), ())",
        "`owner_id` is not unique",
    ),
    "set-returning function": (
        "SELECT unnest($1::int[]) AS x",
        "a set-returning function in the select list gives several rows",
    ),
    "function in FROM": (
        "SELECT * FROM generate_series(1, $1) AS g",
        "`g` can return several rows",
    ),
    "lateral of many": (
        "SELECT c.id, m.n FROM chats c CROSS JOIN LATERAL"
        " (SELECT n FROM messages WHERE chat_id = c.id ORDER BY n DESC LIMIT 1) m",
        "nothing fixes a key of `c`",
    ),
    "union": (
        "SELECT id FROM chats WHERE id = $1 UNION SELECT id FROM users WHERE id = $1",
        "a UNION adds up rows",
    ),
    "limit by parameter": (
        "SELECT * FROM chats ORDER BY id LIMIT $1",
        "nothing fixes a key of `chats`",
    ),
    "limit of two": (
        "SELECT * FROM chats ORDER BY id LIMIT 2",
        "nothing fixes a key of `chats`",
    ),
    "with ties": (
        "SELECT * FROM chats ORDER BY title FETCH FIRST 1 ROW WITH TIES",
        "nothing fixes a key of `chats`",
    ),
    "recursive": (
        "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9)"
        " SELECT * FROM t",
        "`t` can have several rows",
    ),
    "values": ("VALUES (1), (2)", "VALUES has several rows"),
    "insert of two": (
        "INSERT INTO users (username) VALUES ($1), ($2) RETURNING *",
        "VALUES has several rows",
    ),
    "update": (
        "UPDATE chats SET title = $2 WHERE owner_id = $1 RETURNING *",
        "`owner_id` is not unique",
    ),
    "key half of the old row and half of the new one": (
        "WITH w AS (UPDATE messages SET chat_id = $3 WHERE chat_id = $1 RETURNING *)"
        " SELECT * FROM w WHERE n = $2",
        "`w` can have several rows",
    ),
    "keys of the joined table only": (
        "UPDATE chats c SET archived = true FROM users u"
        " WHERE u.id = $1 AND c.owner_id = u.id RETURNING c.*",
        "`owner_id` is not unique",
    ),
}


@pytest.mark.parametrize("case", PROVED)
def test_proves_at_most_one_row(world: World, case: str) -> None:
    """A `:one` query that can return only one row compiles."""
    understood = world.understand(PROVED[case], ":one")

    assert [d.message for d in understood.diagnostics if d.code == "SW204"] == []
    assert understood.query is not None
    assert understood.query.cardinality.at_most_one


@pytest.mark.parametrize("case", UNPROVED)
def test_says_why_not(world: World, case: str) -> None:
    """A `:one` query that can return several rows is an error that says which rows."""
    sql, reason = UNPROVED[case]
    found = [d for d in world.diagnostics(sql, ":one") if d.code == "SW204"]

    assert [d.labels[0].text for d in found] == [reason]


@pytest.mark.parametrize("command", [":opt", ":batchone"])
def test_holds_for_every_command_of_one_row(world: World, command: str) -> None:
    """`:opt` and `:batchone` need the proof as well."""
    found = world.diagnostics("SELECT * FROM providers WHERE provider = $1", command)

    assert [d.code for d in found] == ["SW204"]


def test_many_needs_no_proof(world: World) -> None:
    """`:many` may return any number of rows."""
    assert world.diagnostics("SELECT * FROM providers WHERE provider = $1") == ()


def test_help_names_the_ways_out(world: World) -> None:
    """The help offers a total order, `:many`, and the constraint that would prove it."""
    (found,) = world.diagnostics("SELECT * FROM providers WHERE provider = $1", ":one")

    expected = (
        "add `ORDER BY created_at, id LIMIT 1`, make it `:many`,"
        " or add a unique constraint on `providers (provider)`"
    )
    assert found.help == expected


def test_help_does_not_offer_a_constraint_that_is_there(world: World) -> None:
    """What is unique already would not be proved by another constraint."""
    sql = "SELECT * FROM providers WHERE code IS NOT DISTINCT FROM $1"
    (found,) = world.diagnostics(sql, ":one")

    assert found.help == "add `ORDER BY created_at, id LIMIT 1`, or make it `:many`"


def test_merge_of_one_source_row_by_key(world: World) -> None:
    """A MERGE from one row into the row of a key returns at most one row (17 and up)."""
    if world.major < 17:
        pytest.skip("RETURNING of MERGE is new in 17")
    sql = (
        "MERGE INTO providers p USING (SELECT $1::int AS id) s ON p.id = s.id"
        " WHEN MATCHED THEN UPDATE SET provider = $2 RETURNING p.*"
    )

    assert world.query(sql).cardinality.at_most_one


@pytest.mark.parametrize(
    "sql",
    [
        "MERGE INTO providers p USING (SELECT $1::text AS x) s ON p.provider = s.x"
        " WHEN MATCHED THEN DELETE RETURNING p.*",
        "MERGE INTO providers p USING (SELECT $1::int AS id) s ON p.id = s.id"
        " WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING p.*",
        "MERGE INTO providers p USING users s ON p.code = s.username"
        " WHEN MATCHED THEN DELETE RETURNING p.*",
    ],
)
def test_merge_of_several_rows(world: World, sql: str) -> None:
    """A MERGE that can touch several rows is not proved."""
    if world.major < 17:
        pytest.skip("RETURNING of MERGE is new in 17")

    assert not world.query(sql).cardinality.at_most_one


@pytest.mark.parametrize("condition", ["x IS NOT DISTINCT FROM $1", "x IS NULL"])
def test_nulls_not_distinct(world: World, condition: str) -> None:
    """A key whose NULLs are equal is fixed by what may be NULL."""
    if world.major < 15:
        pytest.skip("NULLS NOT DISTINCT is new in 15")

    assert world.query(f"SELECT * FROM spots WHERE {condition}").cardinality.at_most_one


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT * FROM places WHERE slug = $1", True),
        ('SELECT * FROM places WHERE slug = $1 COLLATE "C"', True),
        ("SELECT * FROM users WHERE username = $1 COLLATE loose", False),
        (
            "SELECT u.* FROM places p JOIN users u ON u.username = p.slug COLLATE loose"
            " WHERE p.id = $1",
            False,
        ),
    ],
)
def test_nondeterministic_collations(world: World, sql: str, expected: bool) -> None:
    """A comparison that is looser than the index proves nothing; a stricter one does."""
    if not world.is_loose:
        pytest.skip("this server is built without ICU")

    assert world.query(sql).cardinality.at_most_one is expected
