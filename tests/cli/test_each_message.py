"""One whole message of each code that concerns SQL, types and the schema, in golden files.

docs/diagnostics.md shows them.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from goldens_support import assert_golden
from project import SCHEMA, SETTINGS, Project, small_project

WORLD = f"""{SCHEMA}
CREATE TABLE messages (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id bigint NOT NULL REFERENCES chats,
    body    text,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    spot    point
);
"""

QUERIES: dict[str, str] = {
    "SW119": "-- name: Clear :exec\n-- timeout: soon\nDELETE FROM chats WHERE id = @id;",
    "SW208": "-- name: Load :copyfrom\nINSERT INTO chats (id, provider) VALUES (@id, lower(@name));",
    "SW209": "-- name: Plan :many\nEXPLAIN SELECT * FROM chats;",
    "SW220": "-- name: Clear :exec\nDELETE FROM chats;",
    "SW221": (
        "-- name: Silent :many\nSELECT * FROM chats\n"
        "WHERE title NOT IN (SELECT body FROM messages)\nORDER BY id;"
    ),
    "SW222": "-- name: Untitled :many\nSELECT * FROM chats WHERE title = NULL;",
    "SW223": (
        "-- name: All :many\nWITH mine AS (SELECT * FROM chats WHERE provider = @provider)\n"
        "SELECT * FROM chats;"
    ),
    "SW224": (
        "-- name: Pairs :many\nSELECT *\n"
        "FROM chats JOIN messages AS message ON message.chat_id = chats.id;"
    ),
    "SW225": (
        "-- name: Said :many\nSELECT chat.id\nFROM chats AS chat\n"
        "LEFT JOIN messages AS message ON message.chat_id = chat.id\nWHERE message.body = @body;"
    ),
    "SW226": "-- name: Page :many\nSELECT * FROM chats ORDER BY title LIMIT @row_limit::int;",
    "SW227": "-- name: Newest :opt\nSELECT * FROM messages ORDER BY at DESC LIMIT 1;",
    "SW228": "-- name: Pairs :many\nSELECT chat.id, message.body FROM chats AS chat, messages AS message;",
    "SW229": (
        "-- name: Add :exec\nINSERT INTO messages (chat_id, body)\nSELECT @chat_id, @body\n"
        "WHERE NOT EXISTS (SELECT FROM messages WHERE chat_id = @chat_id AND body = @body);"
    ),
    "SW230": "-- name: Clear :exec\n-- allow: SW220\nDELETE FROM chats WHERE id = @id;",
    "SW231": "-- name: Drop :exec\n-- allow: SW220 it is a test\nDELETE FROM chats WHERE id = @id;",
    "SW232": "-- name: Load :copyfrom\nINSERT INTO messages (chat_id, body) VALUES (@chat_id, @body);",
    "SW302": (
        "-- name: GetChat :one\nSELECT * FROM chats WHERE id = @id;\n"
        "-- name: get_chat :one\nSELECT * FROM chats WHERE id = @id;"
    ),
    "SW306": "-- name: Beat :batchexec\nUPDATE chats SET title = NULL WHERE id = 1;",
}

OVERRIDE = '[[overrides]]\ncolumn = "chats.titel"\npython_type = "str"\n'

SETTINGS_OF: dict[str, str] = {
    "SW303": OVERRIDE.replace("titel", "title").replace('"str"', '"no such type"'),
    "SW307": OVERRIDE,
}

MIGRATIONS: dict[str, dict[str, str]] = {
    "SW601": {
        "0001_a.up.sql": "",
        "0001_a.down.sql": "",
        "0003_b.up.sql": "",
        "0003_b.down.sql": "",
    },
    "SW602": {
        "0001_a.up.sql": "",
        "0001_a.down.sql": "",
        "0001_b.up.sql": "",
        "0001_b.down.sql": "",
    },
    "SW603": {"0001_a.up.sql": "CREATE TABLE a (id int);"},
    "SW607": {"0001_a.up.sql": "", "0001_a.down.sql": "", "later.up.sql": "SELECT 1;"},
    "SW608": {"0001_a.up.sql": "\\i other.sql\n", "0001_a.down.sql": ""},
    "SW609": {"0001_a.up.sql": "CREATE TABLE a (id int);\nCOMMIT;\n", "0001_a.down.sql": ""},
}


@pytest.mark.parametrize("code", QUERIES)
def test_queries(code: str, tmp_path: Path) -> None:
    """The query gives this message and no other."""
    outcome = small_project(tmp_path, QUERIES[code] + "\n", WORLD).run("generate")
    _assert_message(code, outcome.err)


@pytest.mark.parametrize("code", SETTINGS_OF)
def test_settings(code: str, tmp_path: Path) -> None:
    """The override gives this message and no other."""
    project = small_project(tmp_path, "-- name: List :many\nSELECT * FROM chats;\n")
    project.write({"sqlward.toml": SETTINGS + SETTINGS_OF[code]})
    _assert_message(code, project.run("generate").err)


@pytest.mark.parametrize("code", MIGRATIONS)
def test_migrations(code: str, tmp_path: Path) -> None:
    """The folder of migrations gives this message and no other."""
    project = Project(tmp_path).write(
        {
            "sqlward.toml": SETTINGS.replace("schema.sql", "migrations"),
            "queries/one.sql": "-- name: One :one\nSELECT 1 AS one;\n",
            **{f"migrations/{name}": text for name, text in MIGRATIONS[code].items()},
        }
    )
    _assert_message(code, project.run("generate").err)


def _assert_message(code: str, said: str) -> None:
    message = said.partition("\n\n")[0]
    assert_golden(f"diagnostics/cli/{code}.txt", message)

    assert message.startswith((f"error[{code}]", f"warning[{code}]"))
    assert 1 == said.count("[SW")
