-- name: CountPilots :one
SELECT count(*) FROM pilots;

-- name: ListPilots :many
SELECT * FROM pilots LIMIT 5;

-- name: ListJetsWithPilots :many
SELECT sqlc.embed(jets), sqlc.embed(pilots)
FROM jets
JOIN pilots ON pilots.id = jets.pilot_id
ORDER BY jets.id;

-- name: ListPilotsOfLanguage :many
SELECT pilots.*
FROM pilots
JOIN pilot_languages ON pilot_languages.pilot_id = pilots.id
JOIN languages ON languages.id = pilot_languages.language_id
WHERE languages.language = $1
ORDER BY pilots.id;

-- name: DeletePilot :exec
DELETE FROM pilots WHERE id = $1;
