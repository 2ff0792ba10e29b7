-- Users and how they sign in.

-- name: InsertUser :one
INSERT INTO users (email, username, display_name, roles, birthday, daily_digest_at)
VALUES (
    @email, @username, @display_name, @roles, sqlc.narg(birthday), sqlc.narg(daily_digest_at)
)
RETURNING *;

-- name: GetUserByID :one
SELECT * FROM users WHERE id = $1;

-- name: GetUserByEmail :opt
-- Finds a live user; the case of the address does not matter.
SELECT * FROM users WHERE lower(email) = lower(@email) AND deleted_at IS NULL;

-- name: ListUsersByID :many
SELECT * FROM users WHERE id IN (sqlc.slice(ids)) ORDER BY username, id;

-- name: SearchUsers :many
-- Lists live users, newest first, one page after the other: pass the last row's
-- `created_at` and `id` as the cursor, or leave both out for the first page.
SELECT id, username, email, display_name, status, created_at
FROM users
WHERE deleted_at IS NULL
  AND (
      @search::text = ''
      OR username ILIKE '%' || @search || '%'
      OR email ILIKE '%' || @search || '%'
  )
  AND (cardinality(@statuses::user_status[]) = 0 OR status = ANY(@statuses::user_status[]))
  AND (
      sqlc.narg(after_id)::uuid IS NULL
      OR (created_at, id) < (sqlc.narg(after_created_at)::timestamptz, sqlc.narg(after_id)::uuid)
  )
ORDER BY created_at DESC, id DESC
LIMIT @page_size;

-- name: UpdateUserStatus :opt
UPDATE users SET status = @status, updated_at = now()
WHERE id = @id AND deleted_at IS NULL
RETURNING id, username, status, updated_at;

-- name: TouchUsersLastSeen :batchexec
-- Notes when users were seen last; a note that comes late never turns the clock back.
UPDATE users
SET last_seen_at = greatest(last_seen_at, @seen_at)
WHERE id = @id;

-- name: DeleteUser :execrows
UPDATE users SET deleted_at = now(), updated_at = now()
WHERE id = $1 AND deleted_at IS NULL;

-- name: CountUsersByStatus :many
-- Counts live users; a status that nobody has counts 0.
SELECT s.status::user_status AS "status!", count(u.id) AS users
FROM unnest(enum_range(NULL::user_status)) AS s (status)
LEFT JOIN users AS u ON u.status = s.status AND u.deleted_at IS NULL
GROUP BY s.status
ORDER BY s.status;

-- name: InsertUserSession :one
INSERT INTO user_sessions (user_id, token_hash, ip, user_agent, lifetime)
VALUES (@user_id, @token_hash, @ip, @user_agent, @lifetime)
RETURNING id, created_at, created_at + lifetime AS expires_at;

-- name: GetUserSessionByTokenHash :opt
-- Finds a session that is still alive, with its user.
SELECT sqlc.embed(session), sqlc.embed(account)
FROM user_sessions AS session
JOIN users AS account ON account.id = session.user_id
WHERE session.token_hash = @token_hash
  AND session.last_used_at + session.lifetime > now()
  AND account.deleted_at IS NULL;

-- name: ListUserSessionsInNetwork :many
-- Lists the sessions that came from one network, for an administrator who must end them.
SELECT id, user_id, ip, host(ip) AS "host!", last_used_at
FROM user_sessions
WHERE ip <<= @network::inet
ORDER BY ip, id;

-- name: DeleteExpiredUserSessions :execresult
DELETE FROM user_sessions WHERE last_used_at + lifetime <= @now;
