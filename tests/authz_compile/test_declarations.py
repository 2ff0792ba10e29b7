"""What can be wrong with `schema/resources.toml`, with its message."""

from __future__ import annotations

import pytest
from court import RESOURCES, Court
from goldens_support import assert_golden
from sqlward_codegen.authz.declarations import read_declarations
from sqlward_codegen.messages.render import render
from sqlward_codegen.reading.sources import text_reader

QUERY = '-- name: Ping :one\n-- authz: none "x"\nSELECT 1 AS up;\n'

CASES: dict[str, str] = {
    "not_toml": "[chats\n",
    "unknown_table": '[chatz]\nresource = "chat"\n',
    "unknown_column": '[chats]\nresource = "chat"\nowner = "ownerid"\n',
    "unknown_key": '[chats]\nresource = "chat"\nownr = "owner_id"\n',
    "wrong_type": "[chats]\nresource = 1\n",
    "neither": '[chats]\nowner = "owner_id"\n',
    "no_table": 'chats = "chat"\n',
    "resource_twice": '[chats]\nresource = "chat"\n\n[users]\nresource = "chat"\n',
    "resource_misnamed": '[chats]\nresource = "Chat room"\n',
    "action_misnamed": '[chats]\nresource = "chat"\nactions = ["read", "set-title"]\n',
    "id_is_no_uuid": '[chat_messages]\nresource = "message"\n',
    "id_is_uuid": '[chats]\nresource = "chat"\ntext_ids = ["id"]\n',
    "id_is_not_unique": '[chats]\nresource = "chat"\nid = "owner_id"\n',
    "acl_is_no_jsonb": '[chats]\nresource = "chat"\nuser_acl = "title"\n',
    "group_acl_alone": '[chats]\nresource = "chat"\ngroup_acl = "group_acl"\n',
    "parent_undeclared": '[chat_messages]\nparent = "chats"\n',
    "parent_misspelt": '[chats]\nresource = "chat"\n\n[chat_messages]\nparent = "chat"\n',
    "parent_without_key": '[chats]\nresource = "chat"\n\n[visits]\nparent = "chats"\n',
    "parent_column_unknown": (
        '[chats]\nresource = "chat"\n\n[chat_messages]\nparent = "chats"\ncolumn = "chat"\n'
    ),
    "parents_in_a_ring": (
        '[chat_messages]\nparent = "reactions"\ncolumn = "id"\n\n'
        '[reactions]\nparent = "chat_messages"\n'
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_message(court: Court, case: str) -> None:
    """Each mistake gives the message of its golden file, and no query is judged by it."""
    assert_golden(f"diagnostics/authz/resources/{case}.txt", court.says(QUERY, CASES[case]))


def test_there_is_no_file(court: Court) -> None:
    """A project with the layer and without declarations is told what to write."""
    config = court.project(RESOURCES)
    config.resources.unlink()
    found = read_declarations(config).diagnostics
    text = render(found, text_reader(court.folder), width=100)

    assert_golden("diagnostics/authz/resources/missing.txt", text)


def test_columns_are_found_by_foreign_keys(court: Court) -> None:
    """A child's column and its parent's are those of the foreign key between the tables."""
    found = court.judge(QUERY).resources

    assert [
        ("chat_messages", "chat_id", "id"),
        ("reactions", "message_id", "id"),
    ] == [(child.table[1], child.column, child.key) for child in found.children]
    assert found.of(("public", "reactions")) is found.by_name["chat"]


def test_ids_can_be_text(court: Court) -> None:
    """An id of another type than uuid is compared as text, in the filter too."""
    resources = '[chat_messages]\nresource = "message"\ntext_ids = ["id"]\n'
    query = (
        "-- name: List :many\n-- authz: filter read message\n"
        "SELECT id FROM chat_messages AS m WHERE sqlward.authorized(m);\n"
    )
    found = court.judge(query, resources, fetches="")

    assert () == found.diagnostics
    assert 'm."id"::text = ANY(' in found.queries[0].query.statement.sql
