-- name: PutMoment :one
INSERT INTO moments (id, day, at, local, time, span) VALUES (@id, @day, @at, @local, @time, @span)
RETURNING *;

-- name: GetDay :one
SELECT day FROM moments WHERE id = @id;

-- name: GetAt :one
SELECT at FROM moments WHERE id = @id;

-- name: GetLocal :one
SELECT local FROM moments WHERE id = @id;

-- name: GetTime :one
SELECT time FROM moments WHERE id = @id;

-- name: GetSpan :one
SELECT span FROM moments WHERE id = @id;

-- name: GetMomentAsText :one
SELECT *, '(1,2)'::point AS place FROM moments WHERE id = @id;

-- name: ListDays :many
SELECT ARRAY[day] AS days FROM moments WHERE id = @id;
