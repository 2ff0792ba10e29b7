-- name: PutDocument :one
INSERT INTO documents (body, versions, plain) VALUES (@body, @versions, @plain) RETURNING *;

-- name: ListSides :many
SELECT sides.id, sqlc.embed(document)
FROM sides LEFT JOIN documents AS document ON sides.id > 0
ORDER BY sides.id;

-- name: PutSide :exec
INSERT INTO sides (id) VALUES (@id);

-- name: ClearDocuments :exec
TRUNCATE documents, sides;
