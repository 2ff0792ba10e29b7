"""What a statement reads and writes of each relation."""

from __future__ import annotations

import pytest
from infer.understanding import World
from sqlward_codegen.model import RelationUse


def test_reads_of_a_join(world: World) -> None:
    """Every column that the statement looks at counts as read, wherever it stands."""
    uses = world.uses(
        "SELECT c.title FROM chats c JOIN users u ON u.id = c.owner_id"
        " WHERE u.deleted ORDER BY c.created_at"
    )

    assert uses == {
        "chats": RelationUse("public", "chats", ("owner_id", "title", "created_at")),
        "users": RelationUse("public", "users", ("id", "deleted")),
    }


def test_whole_row_reads_all_columns(world: World) -> None:
    """A whole row is all of its columns."""
    assert world.uses("SELECT o FROM orgs o")["orgs"].reads == ("id", "name")


def test_star_reads_all_columns(world: World) -> None:
    """So is a star."""
    assert world.uses("SELECT * FROM orgs")["orgs"].reads == ("id", "name")


def test_reads_through_a_view(world: World) -> None:
    """A view is listed, and so are the tables behind it with all that its query reads."""
    uses = world.uses("SELECT title FROM chat_view")

    assert uses["chat_view"].reads == ("title",)
    assert uses["chats"].reads == ("id", "owner_id", "title", "created_at")
    assert uses["users"].reads == ("id", "username")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 WHERE EXISTS (SELECT username FROM users)",
        "SELECT (SELECT max(username) FROM users)",
        "WITH u AS (SELECT username FROM users) SELECT 1 FROM u",
        "SELECT 1 FROM orgs UNION ALL SELECT length(username) FROM users",
        "SELECT 1 FROM (SELECT username FROM users) s",
    ],
)
def test_reads_of_inner_queries(world: World, sql: str) -> None:
    """Sub-queries, CTEs and the sides of set operations count as well."""
    assert world.uses(sql)["users"].reads == ("username",)


def test_insert(world: World) -> None:
    """An INSERT writes its columns and reads what it returns."""
    uses = world.uses("INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id")

    assert uses == {
        "users": RelationUse(
            "public", "users", ("id",), inserts=("username", "email"), is_written=True
        )
    }


def test_upsert(world: World) -> None:
    """ON CONFLICT DO UPDATE updates too."""
    use = world.uses(
        "INSERT INTO users (username, email) VALUES ($1, $2)"
        " ON CONFLICT (username) DO UPDATE SET deleted = false"
    )["users"]

    assert (use.inserts, use.updates) == (("username", "email"), ("deleted",))


def test_update(world: World) -> None:
    """An UPDATE writes some columns of its target, and only reads the other relations."""
    uses = world.uses("UPDATE chats c SET title = u.username FROM users u WHERE u.id = c.owner_id")

    assert (uses["chats"].updates, uses["chats"].is_written) == (("title",), True)
    assert (uses["users"].updates, uses["users"].is_written) == ((), False)


def test_delete(world: World) -> None:
    """A DELETE writes without writing a column."""
    use = world.uses("DELETE FROM messages WHERE chat_id = $1")["messages"]

    assert use == RelationUse("public", "messages", ("chat_id",), is_written=True, is_deleted=True)


def test_modifying_cte(world: World) -> None:
    """A write inside WITH is a write of the statement."""
    uses = world.uses(
        "WITH gone AS (DELETE FROM messages WHERE id = $1 RETURNING chat_id)"
        " SELECT title FROM chats WHERE id IN (SELECT chat_id FROM gone)"
    )

    assert (uses["messages"].is_deleted, uses["chats"].is_written) == (True, False)


def test_merge(world: World) -> None:
    """A MERGE does what its actions do."""
    uses = world.uses(
        "MERGE INTO providers p USING users u ON p.code = u.username"
        " WHEN MATCHED AND u.deleted THEN DELETE"
        " WHEN MATCHED THEN UPDATE SET provider = u.email"
        " WHEN NOT MATCHED THEN INSERT (id, provider) VALUES (1, u.username)"
    )

    use = uses["providers"]
    assert (use.inserts, use.updates, use.is_deleted) == (
        ("id", "provider"),
        ("provider",),
        True,
    )
    assert not uses["users"].is_written


def test_write_through_a_view(world: World) -> None:
    """What is written through a view is written into its table."""
    uses = world.uses("UPDATE open_chats SET title = $1 WHERE chat_id = $2")

    assert (uses["open_chats"].updates, uses["open_chats"].is_written) == (("title",), True)
    assert (uses["chats"].updates, uses["chats"].is_written) == (("title",), True)


def test_locking_is_no_write(world: World) -> None:
    """FOR UPDATE needs the permission to update, and updates nothing."""
    use = world.uses("SELECT id FROM chats WHERE id = $1 FOR UPDATE")["chats"]

    assert (use.updates, use.is_written) == ((), False)
