"""Where the relations of FROM stand."""

from __future__ import annotations

import pytest
from sqlward_codegen.infer.places import joined
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_text


@pytest.mark.parametrize(
    ("sql", "alias", "expected"),
    [
        ("SELECT u.id FROM chats c\nLEFT JOIN users u ON true", "u", "users"),
        ("SELECT u.id FROM chats c\nLEFT JOIN users AS u ON true", "u", "users"),
        ("SELECT users.id FROM chats\nLEFT JOIN users ON true", "users", "users"),
        ("SELECT 1 FROM chats c LEFT JOIN app.users u ON true", "u", "app"),
        ("SELECT 1 FROM chats c LEFT JOIN app.users ON true", "users", "app"),
        ("SELECT 1 FROM chats c LEFT JOIN ONLY users u ON true", "u", "ONLY"),
        ("SELECT 1 FROM c LEFT JOIN LATERAL (SELECT (1)) AS x ON true", "x", "LATERAL"),
        ("SELECT 1 FROM c LEFT JOIN (SELECT (1)) x ON true", "x", "("),
        ("SELECT 1 FROM c LEFT JOIN unnest(ARRAY[(1)]) AS x ON true", "x", "unnest"),
        ('SELECT 1 FROM c LEFT JOIN users "U" ON true', "U", "users"),
        ('SELECT 1 FROM c LEFT JOIN users "U" ON true', "u", None),
        ("SELECT 1 FROM c LEFT JOIN users /* u */ -- u\n u ON true", "u", "users"),
        # Twice the name, in two sub-queries: nobody knows which is meant.
        ("SELECT (SELECT 1 FROM a u), (SELECT 2 FROM b u)", "u", None),
        # What looks like a relation and is none.
        ("SELECT x u, a IS DISTINCT FROM u FROM c LEFT JOIN users u ON u.id = c.u", "u", "users"),
        ("SELECT 1 FROM chats, u", "u", None),
        ("SELECT 1 FROM chats c", "u", None),
    ],
)
def test_joined(sql: str, alias: str, expected: str | None) -> None:
    """The place where a relation gets its name in FROM, where that is plain to see."""
    text = f"-- name: Q :many\n{sql};\n"
    (query,), _ = read_text(text, "q.sql")
    place = joined(expand_macros(query), alias)

    assert expected == (None if place is None else text[place.start : place.end])
