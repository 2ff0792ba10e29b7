-- Chats: who owns them, what state they are in, how they are found.

-- name: InsertChat :one
-- Creates a chat in its final status, in one statement.
INSERT INTO chats (
    organization_id, owner_id, parent_chat_id, root_chat_id, model_config_id, title, status,
    client_type, labels
) VALUES (
    @organization_id, @owner_id, sqlc.narg(parent_chat_id), sqlc.narg(root_chat_id),
    sqlc.narg(model_config_id), @title, @status, @client_type, @labels
)
RETURNING *;

-- name: GetChatByID :one
SELECT * FROM chats WHERE id = $1;

-- name: GetChatByIDForUpdate :one
SELECT * FROM chats WHERE id = $1 FOR UPDATE;

-- name: GetChatWithOwner :one
-- Gives a chat, its owner, the model config that it uses, even a deleted one, and the number
-- of its live messages.
SELECT
    sqlc.embed(chat),
    sqlc.embed(owner),
    sqlc.embed(model_config),
    (
        SELECT count(*) FROM chat_messages AS msg
        WHERE msg.chat_id = chat.id AND msg.deleted_at IS NULL
    ) AS "message_count!"
FROM chats AS chat
JOIN users AS owner ON owner.id = chat.owner_id
LEFT JOIN chat_model_configs AS model_config ON model_config.id = chat.model_config_id
WHERE chat.id = @id;

-- name: ListChatsOfOwner :many
-- Lists a page of an owner's chats, the newest first; the cursor is the last row's
-- `updated_at` and `id`.
SELECT *
FROM chats
WHERE owner_id = @owner_id
  AND parent_chat_id IS NULL
  AND archived = coalesce(sqlc.narg(archived), archived)
  AND labels @> coalesce(sqlc.narg(labels)::jsonb, '{}')
  AND (
      sqlc.narg(before_id)::uuid IS NULL
      OR (updated_at, id) < (sqlc.narg(before_updated_at)::timestamptz, sqlc.narg(before_id)::uuid)
  )
ORDER BY updated_at DESC, id DESC
LIMIT @page_size;

-- name: ListPinnedChats :many
SELECT * FROM chats WHERE owner_id = $1 AND pin_order > 0 ORDER BY pin_order, id;

-- name: ListChatsByStatus :many
SELECT id, title, status FROM chats WHERE status IN (sqlc.slice(statuses)) ORDER BY updated_at, id;

-- name: ListChatsNotIn :many
-- Lists the ids of an organization's chats except those given.
SELECT id FROM chats
WHERE organization_id = @organization_id AND id NOT IN (sqlc.slice(excluded_ids))
ORDER BY id;

-- name: ListChatFamily :many
-- Lists a chat and everything that was delegated from it, with its depth below the chat.
WITH RECURSIVE family AS (
    SELECT chats.id, 0 AS depth, ARRAY[chats.id] AS path
    FROM chats
    WHERE chats.id = @id
    UNION ALL
    SELECT child.id, family.depth + 1, family.path || child.id
    FROM family
    JOIN chats AS child ON child.parent_chat_id = family.id
)
SELECT sqlc.embed(chat), family.depth, family.path
FROM family
JOIN chats AS chat ON chat.id = family.id
ORDER BY family.path;

-- name: ListChatOverviews :many
-- Lists an organization's chats as the administration shows them.
SELECT * FROM chat_overviews
WHERE organization_id = $1
ORDER BY updated_at DESC, id DESC;

-- name: ListSharedChats :many
-- Lists the chats that others share with a user, directly or with a group.
SELECT id, title, owner_id
FROM chats
WHERE owner_id <> @user_id
  AND (user_acl ? @user_id::uuid::text OR group_acl ?| @group_ids::text[])
ORDER BY updated_at DESC, id DESC;

-- name: UpdateChatTitle :opt
UPDATE chats SET title = @title WHERE id = @id RETURNING *;

-- name: SetChatLabel :opt
-- Sets one label; `null` as the value removes it.
UPDATE chats
SET labels = CASE
    WHEN sqlc.narg(value)::text IS NULL THEN labels - @label::text
    ELSE labels || jsonb_build_object(@label::text, sqlc.narg(value)::text)
END
WHERE id = @id
RETURNING labels;

-- name: ShareChatWithUser :execrows
UPDATE chats
SET user_acl = jsonb_set(user_acl, ARRAY[@user_id::uuid::text], to_jsonb(@actions::text[]))
WHERE id = @id;

-- name: UpdateChatStatus :opt
-- Ends or starts a turn. A chat that does not fail any more forgets its last error.
UPDATE chats
SET status = @status,
    worker_id = sqlc.narg(worker_id),
    last_error = sqlc.narg(last_error),
    heartbeat_at = CASE WHEN sqlc.narg(worker_id)::uuid IS NULL THEN NULL ELSE now() END
WHERE id = @id
RETURNING *;

-- name: AcquirePendingChats :many
-- Takes the chats that wait longest. Workers never wait for, or take, each other's.
UPDATE chats
SET status = 'running', worker_id = @worker_id, heartbeat_at = now()
WHERE id = ANY (ARRAY (
    SELECT pending.id
    FROM chats AS pending
    WHERE pending.status = 'pending'
    ORDER BY pending.updated_at, pending.id
    LIMIT @max_chats::integer
    FOR UPDATE SKIP LOCKED
))
RETURNING *;

-- name: HeartbeatChats :batchone
-- Notes that a worker is still at it and gives the chat's status, so that it sees a stop.
UPDATE chats
SET heartbeat_at = now()
WHERE id = @id AND worker_id = @worker_id
RETURNING id, status;

-- name: RecoverStaleChats :many
-- Gives chats back whose worker has not been heard of for a while.
UPDATE chats
SET status = 'pending', worker_id = NULL, heartbeat_at = NULL
WHERE status = 'running' AND heartbeat_at < now() - @stale_after::interval
RETURNING id;

-- name: ArchiveChatFamily :execrows
-- Archives a top chat with everything below it, or brings it back; pins are lost.
UPDATE chats
SET archived = @archived, pin_order = CASE WHEN @archived THEN 0 ELSE pin_order END
WHERE id = @id OR root_chat_id = @id;

-- name: PinChat :opt
-- Pins a chat below the owner's other pinned ones.
UPDATE chats AS c
SET pin_order = 1 + coalesce(
    (SELECT max(other.pin_order) FROM chats AS other WHERE other.owner_id = c.owner_id), 0
)
WHERE c.id = @id AND c.pin_order = 0 AND NOT c.archived
RETURNING c.pin_order;

-- name: UnpinChat :exec
-- Unpins a chat and closes the gap that it leaves.
WITH unpinned AS (
    SELECT chats.id, chats.owner_id, chats.pin_order
    FROM chats
    WHERE chats.id = @id AND chats.pin_order > 0
    FOR UPDATE
)
UPDATE chats
SET pin_order = CASE WHEN chats.id = unpinned.id THEN 0 ELSE chats.pin_order - 1 END
FROM unpinned
WHERE chats.owner_id = unpinned.owner_id AND chats.pin_order >= unpinned.pin_order;

-- name: CountChats :one
-- Counts an organization's chats: all, running and failed.
SELECT
    count(*) AS total,
    count(*) FILTER (WHERE status = 'running') AS running,
    count(*) FILTER (WHERE status = 'error') AS failed,
    max(updated_at) AS last_change
FROM chats
WHERE organization_id = $1;

-- name: CountChatErrorsByKind :many
SELECT coalesce(last_error ->> 'kind', 'generic') AS kind, count(*) AS chats
FROM chats
WHERE last_error IS NOT NULL
GROUP BY 1
ORDER BY 2 DESC, 1;

-- name: DeleteOldArchivedChats :many
-- Purges a batch of top chats that were archived and then left alone; what is below them goes
-- with them.
DELETE FROM chats
WHERE id IN (
    SELECT old.id
    FROM chats AS old
    WHERE old.archived AND old.parent_chat_id IS NULL AND old.updated_at < @before
    ORDER BY old.updated_at, old.id
    LIMIT @max_chats
    FOR UPDATE SKIP LOCKED
)
RETURNING id, owner_id;
