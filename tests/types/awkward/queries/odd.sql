-- name: PutOddValues :one
INSERT INTO odd_values (id, odd, odds, view, range, deeper, grade)
VALUES (@id, @odd, @odds, @view, @range, @deeper, @grade)
RETURNING *;

-- name: CopyOddValues :copyfrom
INSERT INTO odd_values (id, odd, odds, view, range, deeper, grade)
VALUES (@id, @odd, @odds, @view, @range, @deeper, @grade);

-- name: FindOddValues :many
SELECT * FROM odd_values WHERE odd = @odd OR odd = ANY(@odds) ORDER BY id;

-- name: ListDeeper :many
SELECT (deeper).nested, ((deeper).nested).view AS view, (deeper).many FROM odd_values ORDER BY id;

-- name: ListRows :many
SELECT id, person, ARRAY(SELECT p FROM people AS p ORDER BY p.id) AS everyone
FROM people AS person
ORDER BY id;

-- name: PutPerson :exec
INSERT INTO people (id, name, odd) VALUES (@id, @name, @odd);

-- name: DoNothing :one
SELECT do_nothing(@n);

-- name: DoNothingQuietly :exec
SELECT do_nothing(@n);

-- name: Literals :one
SELECT 'text' AS label, NULL AS nothing, 1 AS one, '{}'::text[] AS empty, ARRAY[1, NULL] AS some;

-- name: PutLimited :one
INSERT INTO limited (id, word, words, price, prices, fixed, bits, many, at, spans)
VALUES (@id, @word, @words, @price, @prices, @fixed, @bits, @many, @at, @spans)
RETURNING *;

-- name: CopyLimited :copyfrom
INSERT INTO limited (id, word, words, price, prices, fixed, bits, many, at, spans)
VALUES (@id, @word, @words, @price, @prices, @fixed, @bits, @many, @at, @spans);

-- name: GetLimited :one
SELECT * FROM limited WHERE id = @id;
