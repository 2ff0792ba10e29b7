"""Each thing that a rule can say wrongly, with its message, and a near miss that is right."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from court import Court
from goldens_support import assert_golden


@dataclass(frozen=True)
class Pair:
    """A query that must fail with the golden message, and one that must pass."""

    wrong: str
    right: str


INSERT = "INSERT INTO chats (organization_id, owner_id, title, slug)"

CASES: dict[str, Pair] = {
    # --- which directives there are ----------------------------------------------------
    "no_rule_on_insert": Pair(
        f"-- name: InsertChat :one\n{INSERT}\n"
        "VALUES (@organization_id, @owner_id, @title, @slug) RETURNING *;\n",
        "-- name: InsertChat :one\n"
        "-- authz: create chat(owner=@owner_id, organization=@organization_id)\n"
        f"{INSERT}\nVALUES (@organization_id, @owner_id, @title, @slug) RETURNING *;\n",
    ),
    "no_rule_on_read": Pair(
        "-- name: FindChat :opt\nSELECT * FROM chats WHERE slug = @slug;\n",
        "-- name: FindChat :opt\n-- authz: read chat\nSELECT * FROM chats WHERE slug = @slug;\n",
    ),
    "no_rule_on_page": Pair(
        "-- name: Page :many\nSELECT * FROM chats AS c ORDER BY created_at, id LIMIT @n;\n",
        "-- name: Page :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE sqlward.authorized(c) ORDER BY created_at, id LIMIT @n;\n",
    ),
    "no_rule_on_update": Pair(
        "-- name: Rename :exec\nUPDATE chats SET title = @title WHERE id = @id;\n",
        "-- name: Rename :exec\n-- authz: guard update chat\n"
        "UPDATE chats SET title = @title WHERE id = @id AND sqlward.authorized(chats);\n",
    ),
    "no_rule_on_child": Pair(
        "-- name: AddMessage :exec\n"
        "INSERT INTO chat_messages (chat_id, body) VALUES (@chat_id, @body);\n",
        "-- name: AddMessage :exec\n-- authz: update chat via GetChat(id=@chat_id)\n"
        "INSERT INTO chat_messages (chat_id, body) VALUES (@chat_id, @body);\n",
    ),
    "no_rule_on_system": Pair(
        "-- name: GetSetting :opt\nSELECT value FROM site_settings WHERE key = @key;\n",
        "-- name: GetSetting :opt\n-- authz: read system\n"
        "SELECT value FROM site_settings WHERE key = @key;\n",
    ),
    "no_rule_on_nothing": Pair(
        "-- name: Ping :one\nSELECT 1 AS up;\n",
        '-- name: Ping :one\n-- authz: none "health check"\nSELECT 1 AS up;\n',
    ),
    "no_rule_on_undeclared": Pair(
        "-- name: Visit :exec\nINSERT INTO visits (at) VALUES (now());\n",
        '-- name: Visit :exec\n-- authz: none "a counter"\nINSERT INTO visits (at) VALUES (now());\n',
    ),
    # --- their form --------------------------------------------------------------------
    "directive_empty": Pair(
        "-- name: A :one\n-- authz:\nSELECT 1;\n",
        '-- name: A :one\n-- authz: none "x"\nSELECT 1;\n',
    ),
    "directive_without_resource": Pair(
        "-- name: A :one\n-- authz: read\nSELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: read chat\nSELECT * FROM chats WHERE id = @id;\n",
    ),
    "directive_with_rest": Pair(
        "-- name: A :one\n-- authz: read chat please\nSELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz:   read   chat\nSELECT * FROM chats WHERE id = @id;\n",
    ),
    "none_without_reason": Pair(
        "-- name: A :one\n-- authz: none\nSELECT 1;\n",
        '-- name: A :one\n-- authz: none "it says one"\nSELECT 1;\n',
    ),
    "via_without_parenthesis": Pair(
        "-- name: A :exec\n-- authz: delete chat via GetChat\nDELETE FROM chats WHERE id = @id;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
    ),
    "via_with_value": Pair(
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=$1)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = $1;\n",
    ),
    "exposes_without_columns": Pair(
        "-- name: A :one\n-- authz: read chat\n-- exposes: user\n"
        "SELECT c.*, u.username FROM chats c JOIN users u ON u.id = c.owner_id WHERE c.id = @id;\n",
        "-- name: A :one\n-- authz: read chat\n-- exposes: user(username)\n"
        "SELECT c.*, u.username FROM chats c JOIN users u ON u.id = c.owner_id WHERE c.id = @id;\n",
    ),
    "unknown_resource": Pair(
        "-- name: A :one\n-- authz: read chatt\nSELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: read chat\nSELECT * FROM chats WHERE id = @id;\n",
    ),
    "unknown_action": Pair(
        "-- name: A :one\n-- authz: raed chat\nSELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: share chat\nSELECT * FROM chats WHERE id = @id;\n",
    ),
    "two_filters": Pair(
        "-- name: A :many\n-- authz: filter read chat\n-- authz: filter share chat\n"
        "SELECT * FROM chats WHERE sqlward.authorized(chats);\n",
        "-- name: A :many\n-- authz: filter read chat\n-- authz: share chat\n"
        "SELECT * FROM chats WHERE sqlward.authorized(chats);\n",
    ),
    "none_with_another": Pair(
        '-- name: A :one\n-- authz: none "x"\n-- authz: read chat\n'
        "SELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: share chat\n-- authz: read chat\n"
        "SELECT * FROM chats WHERE id = @id;\n",
    ),
    # --- create ------------------------------------------------------------------------
    "create_without_insert": Pair(
        "-- name: A :exec\n-- authz: create chat\nUPDATE chats SET title = '' WHERE id = @id;\n",
        f"-- name: A :exec\n-- authz: create chat\n{INSERT} VALUES (NULL, NULL, @title, @slug);\n",
    ),
    "create_checks_another_parameter": Pair(
        "-- name: A :exec\n"
        "-- authz: create chat(owner=@created_by, organization=@organization_id)\n"
        f"{INSERT} VALUES (@organization_id, @owner_id, @created_by::uuid::text, @slug);\n",
        "-- name: A :exec\n"
        "-- authz: create chat(owner=@owner_id, organization=@organization_id)\n"
        f"{INSERT} VALUES (@organization_id, @owner_id, @owner_id::uuid::text, @slug);\n",
    ),
    "create_forgets_a_part": Pair(
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        f"{INSERT} VALUES (@organization_id, @owner_id, @title, @slug);\n",
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        f"{INSERT} VALUES (NULL, @owner_id, @title, @slug);\n",
    ),
    "create_of_an_expression": Pair(
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id, organization=@organization_id)\n"
        f"{INSERT} VALUES (@organization_id, coalesce(@owner_id, gen_random_uuid()), @title, @slug);\n",
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id, organization=@organization_id)\n"
        f"{INSERT} VALUES (@organization_id, @owner_id::uuid, coalesce(@title, ''), @slug);\n",
    ),
    "create_forgets_an_acl": Pair(
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        "INSERT INTO chats (owner_id, title, slug, user_acl) VALUES (@owner_id, '', @slug, @acl);\n",
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id, user_acl=@acl)\n"
        "INSERT INTO chats (owner_id, title, slug, user_acl) VALUES (@owner_id, '', @slug, @acl);\n",
    ),
    "create_of_differing_rows": Pair(
        "-- name: A :exec\n-- authz: create chat(owner=@a)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@a, '', '1'), (@b, '', '2');\n",
        "-- name: A :exec\n-- authz: create chat(owner=@a)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@a, '', '1'), (@a, '', '2');\n",
    ),
    "create_that_may_update": Pair(
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug)\n"
        "ON CONFLICT (slug) DO UPDATE SET title = EXCLUDED.title;\n",
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug)\n"
        "ON CONFLICT (slug) DO NOTHING;\n",
    ),
    "create_with_unknown_parameter": Pair(
        "-- name: A :exec\n-- authz: create chat(owner=@owner)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug);\n",
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug);\n",
    ),
    "create_with_unknown_part": Pair(
        "-- name: A :exec\n-- authz: create chat(ownr=@owner_id)\n"
        "INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug);\n",
        "-- name: A :exec\n-- authz: create chat(owner=@owner_id)\n"
        "INSERT INTO chats (owner_id, title, slug) SELECT @owner_id, @title, @slug;\n",
    ),
    # --- via ---------------------------------------------------------------------------
    "via_unknown_query": Pair(
        "-- name: A :exec\n-- authz: delete chat via GetChatt(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
    ),
    "via_a_query_of_many": Pair(
        '-- name: Many :many\n-- authz: none "x"\nSELECT * FROM chats WHERE id = @id;\n\n'
        "-- name: A :exec\n-- authz: delete chat via Many(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: Many :opt\n-- authz: read chat\nSELECT * FROM chats WHERE id = @id;\n\n"
        "-- name: A :exec\n-- authz: delete chat via Many(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
    ),
    "via_half_a_row": Pair(
        "-- name: A :exec\n-- authz: delete chat via GetChatTitle(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats AS c WHERE @id = c.id;\n",
    ),
    "via_too_few_arguments": Pair(
        "-- name: A :exec\n-- authz: delete chat via GetChat()\nDELETE FROM chats WHERE id = @id;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChatBySlug(slug=@slug)\n"
        "DELETE FROM chats WHERE slug = @slug;\n",
    ),
    "via_wrong_type": Pair(
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=@slug)\n"
        "DELETE FROM chats WHERE slug = @slug;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChatBySlug(slug=@slug)\n"
        "DELETE FROM chats WHERE slug = @slug AND title = @title;\n",
    ),
    "via_another_key": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "UPDATE chats SET title = '' WHERE id = @other OR id = @id;\n",
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "UPDATE chats SET title = '' WHERE (title = @other OR title = '') AND id = @id;\n",
    ),
    "via_the_key_of_another_column": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "UPDATE chats SET title = '' WHERE parent_id = @id;\n",
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "UPDATE chats SET title = '' WHERE id = @id AND parent_id = @id;\n",
    ),
    "via_for_another_child": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@chat_id)\n"
        "DELETE FROM chat_messages WHERE id = @id AND @chat_id::uuid IS NOT NULL;\n",
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@chat_id)\n"
        "DELETE FROM chat_messages WHERE id = @id AND chat_id = @chat_id;\n",
    ),
    "via_a_child": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChatOfMessage(message_id=@id)\n"
        "DELETE FROM chat_messages WHERE id <> @id;\n",
        "-- name: A :exec\n-- authz: update chat via GetChatOfMessage(message_id=@id)\n"
        "DELETE FROM chat_messages WHERE id = @id;\n",
    ),
    "via_a_child_of_a_child": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChatOfMessage(message_id=@id)\n"
        "DELETE FROM reactions WHERE emoji = @emoji AND message_id > @id;\n",
        "-- name: A :exec\n-- authz: update chat via GetChatOfMessage(message_id=@id)\n"
        "DELETE FROM reactions WHERE emoji = @emoji AND message_id = @id;\n",
    ),
    "via_that_cannot_lock": Pair(
        "-- name: Only :one\n-- authz: read chat\n"
        "SELECT DISTINCT * FROM chats WHERE id = @id;\n\n"
        "-- name: A :exec\n-- authz: delete chat via Only(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: Only :one\n-- authz: read chat\n"
        "SELECT * FROM chats WHERE id = @id FOR NO KEY UPDATE;\n\n"
        "-- name: A :exec\n-- authz: delete chat via Only(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
    ),
    "via_in_a_batch": Pair(
        "-- name: A :batchexec\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: A :execrows\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
    ),
    # --- read --------------------------------------------------------------------------
    "read_without_owner": Pair(
        "-- name: A :one\n-- authz: read chat\nSELECT id, title FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: read chat\n"
        "SELECT title, group_acl, user_acl, owner_id, organization_id, id FROM chats WHERE id = @id;\n",
    ),
    "read_of_a_look_alike": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT c.id, c.title, p.owner_id, c.organization_id, c.user_acl, c.group_acl\n"
        "FROM chats AS c JOIN chats AS p ON p.id = c.parent_id;\n",
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT c.id, c.title, c.owner_id, c.organization_id, c.user_acl, c.group_acl\n"
        "FROM chats AS c JOIN chats AS p ON p.id = c.parent_id;\n",
    ),
    "read_through_an_outer_join": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT m.body, c.* FROM chat_messages AS m LEFT JOIN chats AS c ON c.id = m.chat_id;\n",
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT m.body, c.* FROM chat_messages AS m JOIN chats AS c ON c.id = m.chat_id;\n",
    ),
    "read_of_changed_columns": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT id, title, coalesce(owner_id, @me) AS owner_id, organization_id, user_acl, group_acl\n"
        "FROM chats;\n",
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT * FROM (SELECT c.*, coalesce(owner_id, @me) AS somebody FROM chats AS c) AS x;\n",
    ),
    "read_of_another_view_reference": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT a.id, b.title, a.owner_id, a.organization_id, a.user_acl, a.group_acl\n"
        "FROM named_chats AS a JOIN named_chats AS b ON b.id = a.parent_id;\n",
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT a.id, a.title, a.owner_id, a.organization_id, a.user_acl, a.group_acl\n"
        "FROM named_chats AS a JOIN named_chats AS b ON b.id = a.parent_id;\n",
    ),
    "read_of_another_cte_reference": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "WITH x AS (SELECT * FROM chats)\nSELECT a.*, b.title AS other\n"
        "FROM x AS a JOIN x AS b ON b.id = a.parent_id;\n",
        "-- name: A :many\n-- authz: read chat\n"
        "WITH x AS (SELECT * FROM chats)\nSELECT a.*, b.title AS other\n"
        "FROM x AS a JOIN x AS b ON b.id = a.id;\n",
    ),
    "read_with_limit": Pair(
        "-- name: A :many\n-- authz: read chat\nSELECT * FROM chats AS c ORDER BY id LIMIT 10;\n",
        "-- name: A :many\n-- authz: read chat\nSELECT * FROM chats AS c ORDER BY id;\n",
    ),
    "read_with_offset_and_distinct": Pair(
        "-- name: A :many\n-- authz: read chat\nSELECT DISTINCT * FROM chats ORDER BY id OFFSET 5;\n",
        "-- name: A :opt\n-- authz: read chat\nSELECT * FROM chats ORDER BY id LIMIT 1;\n",
    ),
    "read_with_grouping": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT c.*, count(m.id) FROM chats AS c LEFT JOIN chat_messages AS m ON m.chat_id = c.id\n"
        "GROUP BY c.id;\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT c.*, count(m.id) FROM chats AS c LEFT JOIN chat_messages AS m ON m.chat_id = c.id\n"
        "WHERE sqlward.authorized(c) GROUP BY c.id;\n",
    ),
    "read_with_a_window": Pair(
        "-- name: A :many\n-- authz: read chat\nSELECT *, count(*) OVER () AS total FROM chats;\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT *, count(*) OVER () AS total FROM chats WHERE sqlward.authorized(chats);\n",
    ),
    "read_with_a_window_inside": Pair(
        "-- name: A :many\n-- authz: read chat\nSELECT x.* FROM (\n"
        "    SELECT c.*, lag(c.title) OVER (ORDER BY c.id) AS before FROM chats AS c) AS x;\n",
        "-- name: A :many\n-- authz: read chat\nSELECT x.* FROM (\n"
        "    SELECT c.*, lower(c.title) AS lowered FROM chats AS c) AS x;\n",
    ),
    "read_of_one_with_a_window": Pair(
        "-- name: A :opt\n-- authz: read chat\n"
        "SELECT *, lag(title) OVER (ORDER BY id) AS before FROM chats ORDER BY id LIMIT 1;\n",
        "-- name: A :opt\n-- authz: filter read chat\n"
        "SELECT *, lag(title) OVER (ORDER BY id) AS before FROM chats\n"
        "WHERE sqlward.authorized(chats) ORDER BY id LIMIT 1;\n",
    ),
    "calls_what_nobody_knows": Pair(
        "-- name: A :one\n-- authz: read chat\nSELECT *, purge() AS gone FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: read chat\nSELECT *, shout(title) AS loud FROM chats WHERE id = @id;\n",
    ),
    "read_on_a_write": Pair(
        "-- name: A :one\n-- authz: read chat\n"
        "UPDATE chats SET title = @title WHERE id = @id RETURNING *;\n",
        "-- name: A :one\n-- authz: guard update chat\n"
        "UPDATE chats SET title = @title WHERE id = @id AND sqlward.authorized(chats) RETURNING *;\n",
    ),
    "read_without_rows": Pair(
        "-- name: A :exec\n-- authz: read chat\nSELECT * FROM chats;\n",
        "-- name: A :iter\n-- authz: read chat\nSELECT * FROM chats;\n",
    ),
    "read_of_something_else": Pair(
        "-- name: A :many\n-- authz: read chat\nSELECT * FROM chat_messages;\n",
        "-- name: A :many\n-- authz: read chat via GetChat(id=@chat_id)\n"
        "SELECT * FROM chat_messages WHERE chat_id = @chat_id;\n",
    ),
    # --- filter and guard --------------------------------------------------------------
    "filter_without_macro": Pair(
        "-- name: A :many\n-- authz: filter read chat\nSELECT * FROM chats AS c LIMIT 5;\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE sqlward.authorized(c) LIMIT 5;\n",
    ),
    "macro_without_filter": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT * FROM chats AS c WHERE sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE SQLWARD.authorized( c );\n",
    ),
    "filter_under_or": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE @all::bool OR sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE (@all::bool OR c.title <> '') AND sqlward.authorized(c);\n",
    ),
    "filter_under_not": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE NOT sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE NOT (c.title = '') AND sqlward.authorized(c);\n",
    ),
    "filter_in_case": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE CASE WHEN title = '' THEN sqlward.authorized(c) ELSE true END;\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT * FROM chats AS c WHERE CASE WHEN title = '' THEN false ELSE true END\n"
        "AND sqlward.authorized(c);\n",
    ),
    "filter_in_outer_on": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT c.* FROM chats AS c LEFT JOIN users AS u ON u.id = c.owner_id AND sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT c.* FROM chats AS c JOIN users AS u ON u.id = c.owner_id AND sqlward.authorized(c);\n",
    ),
    "filter_of_the_outer_side": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT m.body FROM chat_messages AS m LEFT JOIN chats AS c ON c.id = m.chat_id\n"
        "WHERE sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT m.body FROM chat_messages AS m JOIN chats AS c ON c.id = m.chat_id\n"
        "WHERE sqlward.authorized(c);\n",
    ),
    "filter_in_one_arm": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT id, title FROM chats AS a WHERE sqlward.authorized(a)\n"
        "UNION ALL SELECT id, title FROM chats AS b;\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT id, title FROM chats AS a WHERE sqlward.authorized(a)\n"
        "UNION ALL SELECT id, title FROM chats AS b WHERE sqlward.authorized(b);\n",
    ),
    "filter_in_the_select_list": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT id, sqlward.authorized(c) AS ok FROM chats AS c;\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT id, true AS ok FROM chats AS c WHERE sqlward.authorized(c);\n",
    ),
    "filter_in_having": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT id FROM chats AS c GROUP BY id HAVING sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT id FROM chats AS c WHERE sqlward.authorized(c) GROUP BY id HAVING count(*) = 1;\n",
    ),
    "filter_in_an_aggregate": Pair(
        "-- name: A :one\n-- authz: filter read chat\n"
        "SELECT count(*) FILTER (WHERE sqlward.authorized(c)) FROM chats AS c;\n",
        "-- name: A :one\n-- authz: filter read chat\n"
        "SELECT count(*) FILTER (WHERE title = '') FROM chats AS c WHERE sqlward.authorized(c);\n",
    ),
    "filter_of_another_table": Pair(
        "-- name: A :many\n-- authz: filter read organization\n"
        "SELECT o.name FROM chats AS c JOIN organizations AS o ON o.id = c.organization_id\n"
        "WHERE sqlward.authorized(c);\n",
        "-- name: A :many\n-- authz: filter read organization\n"
        "SELECT o.name FROM chats AS c JOIN organizations AS o ON o.id = c.organization_id\n"
        "WHERE sqlward.authorized(o);\n",
    ),
    "filter_that_only_exists": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT m.body FROM chat_messages AS m\n"
        "WHERE EXISTS (SELECT FROM chats AS c WHERE sqlward.authorized(c));\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT m.body FROM chat_messages AS m\n"
        "WHERE EXISTS (SELECT FROM chats AS c WHERE c.id = m.chat_id AND sqlward.authorized(c));\n",
    ),
    "filter_in_a_sub_query_under_or": Pair(
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT m.body FROM chat_messages AS m WHERE m.body = '' OR m.chat_id IN (\n"
        "    SELECT c.id FROM chats AS c WHERE sqlward.authorized(c));\n",
        "-- name: A :many\n-- authz: filter read chat\n"
        "SELECT m.body FROM chat_messages AS m WHERE m.body = '' AND m.chat_id IN (\n"
        "    SELECT c.id FROM chats AS c WHERE sqlward.authorized(c));\n",
    ),
    "filter_on_a_write": Pair(
        "-- name: A :exec\n-- authz: filter delete chat\n"
        "DELETE FROM chats WHERE id = @id AND sqlward.authorized(chats);\n",
        "-- name: A :exec\n-- authz: guard delete chat\n"
        "DELETE FROM chats WHERE id = @id AND sqlward.authorized(chats);\n",
    ),
    "guard_on_a_read": Pair(
        "-- name: A :one\n-- authz: guard read chat\n"
        "SELECT count(*) FROM chats WHERE sqlward.authorized(chats);\n",
        "-- name: A :one\n-- authz: filter read chat\n"
        "SELECT count(*) FROM chats WHERE sqlward.authorized(chats);\n",
    ),
    "guard_in_a_batch": Pair(
        "-- name: A :batchexec\n-- authz: guard delete chat\n"
        "DELETE FROM chats WHERE id = @id AND sqlward.authorized(chats);\n",
        "-- name: A :execrows\n-- authz: guard delete chat\n"
        "DELETE FROM chats WHERE id = ANY (sqlc.slice(ids)) AND sqlward.authorized(chats);\n",
    ),
    "guard_in_a_stream": Pair(
        "-- name: A :iter\n-- authz: guard delete chat\n"
        "DELETE FROM chats WHERE title = '' AND sqlward.authorized(chats) RETURNING id;\n",
        "-- name: A :many\n-- authz: guard delete chat\n"
        "DELETE FROM chats WHERE title = '' AND sqlward.authorized(chats) RETURNING id;\n",
    ),
    "merge": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "MERGE INTO chats AS c USING (SELECT @id::uuid AS id) AS x ON c.id = x.id AND c.id = @id\n"
        "WHEN MATCHED THEN UPDATE SET title = '';\n",
        "-- name: A :exec\n-- authz: update system\n"
        "MERGE INTO site_settings AS s USING (SELECT @key::text AS key) AS x ON s.key = x.key\n"
        "WHEN MATCHED THEN UPDATE SET value = '';\n",
    ),
    "guard_of_a_child": Pair(
        "-- name: A :exec\n-- authz: guard update chat\n"
        "UPDATE chat_messages AS m SET body = @body FROM chats AS c\n"
        "WHERE m.id = @id AND sqlward.authorized(c);\n",
        "-- name: A :exec\n-- authz: guard update chat\n"
        "UPDATE chat_messages AS m SET body = @body FROM chats AS c\n"
        "WHERE m.id = @id AND c.id = m.chat_id AND sqlward.authorized(c);\n",
    ),
    "guard_of_selected_rows": Pair(
        "-- name: A :execrows\n-- authz: guard update chat\n"
        "INSERT INTO chat_messages (chat_id, body) SELECT c.parent_id, '' FROM chats AS c\n"
        "WHERE c.id = @id AND sqlward.authorized(c);\n",
        "-- name: A :execrows\n-- authz: guard update chat\n"
        "INSERT INTO chat_messages (chat_id, body) SELECT c.id, '' FROM chats AS c\n"
        "WHERE c.id = @id AND sqlward.authorized(c);\n",
    ),
    # --- what else the statement does --------------------------------------------------
    "write_of_another_table": Pair(
        "-- name: A :exec\n-- authz: guard update chat\n"
        "WITH renamed AS (UPDATE chats SET title = '' WHERE id = @id AND sqlward.authorized(chats))\n"
        "DELETE FROM site_settings WHERE key = @key;\n",
        "-- name: A :exec\n-- authz: guard update chat\n-- authz: update system\n"
        "WITH renamed AS (UPDATE chats SET title = '' WHERE id = @id AND sqlward.authorized(chats))\n"
        "DELETE FROM site_settings WHERE key = @key;\n",
    ),
    "write_in_with": Pair(
        "-- name: A :one\n-- authz: read chat\n"
        "WITH gone AS (DELETE FROM chat_messages WHERE chat_id = @id)\n"
        "SELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: update chat via GetChat(id=@id)\n"
        "WITH gone AS (DELETE FROM chat_messages WHERE chat_id = @id)\n"
        "SELECT * FROM chats WHERE id = @id;\n",
    ),
    "write_under_a_read_rule": Pair(
        "-- name: A :exec\n-- authz: read chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
        "-- name: A :exec\n-- authz: delete chat via GetChat(id=@id)\n"
        "DELETE FROM chats WHERE id = @id;\n",
    ),
    "write_that_moves_rows": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@source)\n"
        "UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;\n",
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@source)\n"
        "-- authz: update chat via GetChat(id=@target)\n"
        "UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;\n",
    ),
    "upsert_of_another_child": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@chat_id)\n"
        "INSERT INTO chat_messages (id, chat_id, body) OVERRIDING SYSTEM VALUE\n"
        "VALUES (@id, @chat_id, @body) ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body;\n",
        "-- name: A :exec\n-- authz: update chat via GetChatOfMessage(message_id=@id)\n"
        "INSERT INTO reactions (message_id, emoji) VALUES (@id, @emoji)\n"
        "ON CONFLICT (message_id, emoji) DO UPDATE SET emoji = EXCLUDED.emoji;\n",
    ),
    "exposed_columns": Pair(
        "-- name: A :one\n-- authz: read chat\n"
        "SELECT c.*, u.username, upper(u.email) AS mail\n"
        "FROM chats AS c JOIN users AS u ON u.id = c.owner_id WHERE c.id = @id;\n",
        "-- name: A :one\n-- authz: read chat\n-- exposes: user(username, email)\n"
        "SELECT c.*, u.username, upper(u.email) AS mail\n"
        "FROM chats AS c JOIN users AS u ON u.id = c.owner_id WHERE c.id = @id;\n",
    ),
    "exposed_twin": Pair(
        "-- name: A :one\n-- authz: read chat\n"
        "SELECT c.*, p.title AS parent FROM chats AS c JOIN chats AS p ON p.id = c.parent_id\n"
        "WHERE c.id = @id;\n",
        "-- name: A :one\n-- authz: read chat\n-- exposes: chat(title)\n"
        "SELECT c.*, p.title AS parent FROM chats AS c JOIN chats AS p ON p.id = c.parent_id\n"
        "WHERE c.id = @id;\n",
    ),
    "exposed_child_of_another": Pair(
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT c.*, m.body FROM chats AS c CROSS JOIN chat_messages AS m;\n",
        "-- name: A :many\n-- authz: read chat\n"
        "SELECT c.*, m.body FROM chats AS c JOIN chat_messages AS m ON m.chat_id = c.id;\n",
    ),
    "exposed_by_copying": Pair(
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "INSERT INTO chat_messages (chat_id, body) SELECT @id, body FROM chat_messages\n"
        "WHERE chat_id = @other;\n",
        "-- name: A :exec\n-- authz: update chat via GetChat(id=@id)\n"
        "INSERT INTO chat_messages (chat_id, body) SELECT @id, body FROM chat_messages\n"
        "WHERE chat_id = @id;\n",
    ),
    "exposed_by_counting": Pair(
        "-- name: A :one\n-- authz: read chat\n"
        "SELECT c.*, (SELECT count(*) FROM users) AS people FROM chats AS c WHERE c.id = @id;\n",
        "-- name: A :one\n-- authz: read chat\n"
        "SELECT c.*, (SELECT count(*) FROM chat_messages AS m WHERE m.chat_id = c.id) AS messages\n"
        "FROM chats AS c WHERE c.id = @id;\n",
    ),
    "exposed_by_existing": Pair(
        "-- name: A :one\n-- authz: read chat via GetChat(id=@id)\n"
        "SELECT EXISTS (SELECT FROM users WHERE email = @email) AS taken, @id::uuid AS id\n"
        "FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: read chat via GetChat(id=@id)\n-- exposes: user(*)\n"
        "SELECT EXISTS (SELECT FROM users WHERE email = @email) AS taken, @id::uuid AS id\n"
        "FROM chats WHERE id = @id;\n",
    ),
    "exposes_nothing": Pair(
        "-- name: A :one\n-- authz: read chat\n-- exposes: user(username)\n"
        "SELECT * FROM chats WHERE id = @id;\n",
        "-- name: A :one\n-- authz: read chat\nSELECT * FROM chats WHERE id = @id;\n",
    ),
    "exposes_unknown_resource": Pair(
        "-- name: A :one\n-- authz: read chat\n-- exposes: usr(username)\n"
        "SELECT c.*, u.username FROM chats c JOIN users u ON u.id = c.owner_id WHERE c.id = @id;\n",
        "-- name: A :one\n-- authz: read chat\n-- exposes: user(*)\n"
        "SELECT c.*, u.username FROM chats c JOIN users u ON u.id = c.owner_id WHERE c.id = @id;\n",
    ),
    "undeclared_table": Pair(
        "-- name: A :many\n-- authz: read system\n"
        "SELECT value, at FROM site_settings CROSS JOIN visits;\n",
        "-- name: A :many\n-- authz: read system\n"
        "SELECT value FROM site_settings CROSS JOIN visits;\n",
    ),
    "system_of_a_resource": Pair(
        "-- name: A :exec\n-- authz: update system\nUPDATE chats SET title = '';\n",
        "-- name: A :exec\n-- authz: update system\nUPDATE site_settings SET value = '';\n",
    ),
    # --- custom ------------------------------------------------------------------------
    "custom_without_function": Pair(
        "-- name: MergeChat :exec\n-- authz: custom\n"
        "UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;\n",
        "-- name: MergeChats :exec\n-- authz: custom\n"
        "UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;\n",
    ),
    "custom_with_other_arguments": Pair(
        "-- name: Forgets :exec\n-- authz: custom\n"
        "DELETE FROM chats WHERE id = ANY (sqlc.slice(chat_ids));\n",
        "-- name: Forgets :exec\n-- authz: custom\n"
        "DELETE FROM chats WHERE id = ANY (sqlc.slice(ids));\n",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_says_what_is_wrong(court: Court, case: str) -> None:
    """A rule that says something else than its query does gives the message of its golden file."""
    assert_golden(f"diagnostics/authz/{case}.txt", court.says(CASES[case].wrong))


@pytest.mark.parametrize("case", CASES)
def test_accepts_a_near_miss(court: Court, case: str) -> None:
    """What is only nearly wrong is right."""
    assert "" == court.says(CASES[case].right)
