-- name: PutAccount :one
INSERT INTO accounts (
    id, others, parent, owner_id, balance, email, emails, home, places, settings, entries, profile,
    profiles, limits, plan, plans, urgency
) VALUES (
    @id, @others, @parent, @owner_id, @balance, @email, @emails, @home, @places, @settings,
    @entries, @profile, @profiles, @limits, @plan, @plans, @urgency
) RETURNING *;

-- name: CopyAccounts :copyfrom
INSERT INTO accounts (
    id, others, parent, owner_id, balance, email, emails, home, places, settings, entries, profile,
    profiles, limits, plan, plans, urgency
) VALUES (
    @id, @others, @parent, @owner_id, @balance, @email, @emails, @home, @places, @settings,
    @entries, @profile, @profiles, @limits, @plan, @plans, @urgency
);

-- name: GetAccount :opt
SELECT * FROM accounts WHERE id = @id;

-- name: GetParents :many
SELECT sqlc.embed(account), sqlc.embed(elder)
FROM accounts AS account
LEFT JOIN accounts AS elder ON elder.id = account.parent
ORDER BY account.owner_id;

-- name: ListAccounts :iter
SELECT * FROM accounts WHERE id IN (sqlc.slice(ids)) ORDER BY owner_id;

-- name: MoveAccounts :batchone
UPDATE accounts SET home = @home, profile = sqlc.narg(profile) WHERE id = @id RETURNING owner_id;

-- name: SumBalances :one
SELECT sum(balance) AS total, array_agg(owner_id) AS owners FROM accounts;

-- name: FindAccounts :many
SELECT id FROM accounts WHERE balance >= @at_least ORDER BY owner_id;

-- name: GetSettings :many
SELECT settings FROM accounts ORDER BY owner_id;

-- name: GetProfiles :many
SELECT profile FROM accounts WHERE owner_id = @owner_id;

-- name: SetPlans :execrows
UPDATE accounts SET plans = @plans, others = @others WHERE owner_id = @owner_id;
