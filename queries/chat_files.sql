-- Files and where they are used.

-- name: InsertChatFile :one
-- Stores a file. The same data of the same owner is stored once, under its newest name.
INSERT INTO chat_files (organization_id, owner_id, name, media_type, data, extracted_text)
VALUES (@organization_id, @owner_id, @name, @media_type, @data, @extracted_text)
ON CONFLICT (owner_id, sha256) DO UPDATE
SET name = EXCLUDED.name, media_type = EXCLUDED.media_type
RETURNING id, sha256, created_at, (xmax = 0) AS "is_new!";

-- name: GetChatFile :one
SELECT id, organization_id, owner_id, name, media_type, data FROM chat_files WHERE id = $1;

-- name: LinkChatFiles :execrows
INSERT INTO chat_file_links (chat_id, file_id)
SELECT @chat_id, f.id FROM chat_files AS f WHERE f.id IN (sqlc.slice(file_ids))
ON CONFLICT DO NOTHING;

-- name: SearchChatFiles :many
-- Finds files by their name and text, the best match first. `query` is what a user types.
SELECT
    f.id,
    f.name,
    ts_rank(f.search, wanted.query) AS rank,
    ts_headline('english', f.extracted_text, wanted.query) AS "headline!"
FROM chat_files AS f, websearch_to_tsquery('english', @query) AS wanted (query)
WHERE f.organization_id = @organization_id AND f.search @@ wanted.query
ORDER BY rank DESC, f.id
LIMIT @max_files;

-- name: ListFileSearchVectors :many
-- Shows what the search knows of an owner's files, to find out why one is not found.
SELECT id, name, search FROM chat_files WHERE owner_id = $1 ORDER BY name, id;

-- name: DeleteOrphanedChatFiles :many
-- Purges a batch of files that no chat uses and that are old enough.
DELETE FROM chat_files AS f
WHERE f.id IN (
    SELECT orphan.id
    FROM chat_files AS orphan
    WHERE orphan.created_at < @before
      AND NOT EXISTS (SELECT FROM chat_file_links AS l WHERE l.file_id = orphan.id)
    ORDER BY orphan.created_at, orphan.id
    LIMIT @max_files
)
RETURNING f.id, octet_length(f.data) AS size;
