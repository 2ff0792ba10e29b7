-- name: GetNote :one
-- Give one note by its id.
SELECT * FROM notes WHERE id = @id;

-- name: ListNotes :many
-- Give the newest notes first, those with a label if one is named.
SELECT *
FROM notes
WHERE sqlc.narg(label)::text IS NULL OR sqlc.narg(label)::text = ANY (labels)
ORDER BY created_at DESC, id
LIMIT @row_limit;

-- name: InsertNote :one
INSERT INTO notes (title, body, labels)
VALUES (@title, @body, @labels)
RETURNING *;

-- name: DeleteNote :execrows
DELETE FROM notes WHERE id = @id;
