-- Messages, and those that wait for their turn.

-- name: InsertChatMessage :one
INSERT INTO chat_messages (
    chat_id, model_config_id, created_by, role, content, finish_reason, usage, cost, latency
) VALUES (
    @chat_id, sqlc.narg(model_config_id), sqlc.narg(created_by), @role, @content,
    sqlc.narg(finish_reason), sqlc.narg(usage), @cost, sqlc.narg(latency)
)
RETURNING *;

-- name: CopyChatMessages :copyfrom
-- Imports many messages, of one chat or of several.
INSERT INTO chat_messages (chat_id, role, content, finish_reason, usage, cost, latency, created_at)
VALUES (@chat_id, @role, @content, @finish_reason, @usage, @cost, @latency, @created_at);

-- name: GetChatMessageByID :opt
SELECT * FROM chat_messages WHERE id = $1 AND deleted_at IS NULL;

-- name: ListChatMessages :many
-- Lists the live messages of a chat after the given one; 0 starts at the first.
SELECT * FROM chat_messages
WHERE chat_id = @chat_id AND id > @after_id AND deleted_at IS NULL
ORDER BY id;

-- name: ListMessagesOfChats :batchmany
-- Lists the live messages of each of several chats, in one round trip.
SELECT * FROM chat_messages WHERE chat_id = $1 AND deleted_at IS NULL ORDER BY id;

-- name: IterChatMessages :iter
-- Streams every message of an organization, deleted ones too, for an export.
SELECT sqlc.embed(message), chat.title
FROM chat_messages AS message
JOIN chats AS chat ON chat.id = message.chat_id
WHERE chat.organization_id = @organization_id
ORDER BY message.id;

-- name: ListMessagesForPrompt :many
-- Lists the newest messages whose tokens fit together into a budget, oldest first.
WITH counted AS (
    SELECT
        id,
        sum(coalesce((usage).input, 0) + coalesce((usage).output, 0))
            OVER (ORDER BY id DESC) AS running_tokens
    FROM chat_messages
    WHERE chat_id = @chat_id AND deleted_at IS NULL
)
SELECT m.id, m.role, m.content, m.usage, counted.running_tokens
FROM counted
JOIN chat_messages AS m ON m.id = counted.id
WHERE counted.running_tokens <= @token_budget::numeric
ORDER BY m.id;

-- name: ListLastMessagePerChat :many
-- Gives the last message of each of an owner's chats; a chat without one has none.
SELECT sqlc.embed(chat), sqlc.embed(last_message)
FROM chats AS chat
LEFT JOIN (
    SELECT DISTINCT ON (chat_id) *
    FROM chat_messages
    WHERE deleted_at IS NULL
    ORDER BY chat_id, id DESC
) AS last_message ON last_message.chat_id = chat.id
WHERE chat.owner_id = $1
ORDER BY chat.updated_at DESC, chat.id DESC;

-- name: ListMessageTexts :many
-- Lists the text of the messages of a chat; a message without text parts has none.
SELECT id, role, message_text(content) AS text
FROM chat_messages
WHERE chat_id = $1 AND deleted_at IS NULL
ORDER BY id;

-- name: ListMessageCosts :many
-- Lists what each message cost, its share of the chat's cost, and the cost so far.
SELECT
    id,
    cost,
    sum(cost) OVER so_far AS cost_so_far,
    cost / nullif(sum(cost) OVER (), 0) AS share,
    lag(cost) OVER so_far AS previous_cost,
    rank() OVER (ORDER BY cost DESC) AS cost_rank
FROM chat_messages
WHERE chat_id = $1
WINDOW so_far AS (ORDER BY id)
ORDER BY id;

-- name: GetChatTranscript :one
-- Builds the transcript of a chat as one JSON document.
SELECT jsonb_build_object(
    'chat', @chat_id::uuid,
    'messages', coalesce(
        jsonb_agg(
            jsonb_build_object('role', role, 'content', content, 'cost', cost) ORDER BY id
        ),
        '[]'
    )
) AS transcript
FROM chat_messages
WHERE chat_id = @chat_id AND deleted_at IS NULL;

-- name: GetChatUsage :one
-- Sums up what a chat has used, deleted messages included; all zero without messages.
SELECT
    ROW (
        coalesce(sum((usage).input), 0)::bigint,
        coalesce(sum((usage).output), 0)::bigint,
        coalesce(sum((usage).cached), 0)::bigint,
        coalesce(sum((usage).reasoning), 0)::bigint
    )::token_usage AS usage,
    coalesce(sum(cost), 0) AS cost,
    array_agg(DISTINCT finish_reason) FILTER (WHERE finish_reason IS NOT NULL) AS finish_reasons
FROM chat_messages
WHERE chat_id = $1;

-- name: SoftDeleteMessagesAfter :execrows
-- Truncates a chat from an edited message on; nothing is lost, and what was spent stays spent.
UPDATE chat_messages
SET deleted_at = now()
WHERE chat_id = @chat_id AND id >= @from_id AND deleted_at IS NULL;

-- name: ReplaceChatMessage :one
-- Edits a message: what is there from it on is deleted softly, the new text follows.
WITH truncated AS (
    UPDATE chat_messages
    SET deleted_at = now()
    WHERE chat_messages.chat_id = @chat_id AND id >= @from_id AND chat_messages.deleted_at IS NULL
    RETURNING id
), inserted AS (
    INSERT INTO chat_messages (chat_id, created_by, role, content)
    VALUES (@chat_id, sqlc.narg(created_by), 'user', @content)
    RETURNING id
)
SELECT
    (SELECT inserted.id FROM inserted) AS "id!",
    (SELECT count(*) FROM truncated) AS "deleted!";

-- name: EnqueueChatMessages :batchexec
INSERT INTO chat_queued_messages (chat_id, created_by, content)
VALUES (@chat_id, @created_by, @content);

-- name: PopQueuedMessage :opt
-- Takes the oldest queued message of a chat. Two workers never take the same one.
DELETE FROM chat_queued_messages
WHERE id = (
    SELECT queued.id
    FROM chat_queued_messages AS queued
    WHERE queued.chat_id = @chat_id
    ORDER BY queued.id
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING *;
