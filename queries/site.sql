-- The deployment itself: its settings, its replicas, what was done to it.

-- name: InsertAuditEntry :one
INSERT INTO audit_log (actor_id, actor_ip, action, resource_type, resource_id, changes, tags)
VALUES (
    sqlc.narg(actor_id), sqlc.narg(actor_ip), @action, @resource_type, sqlc.narg(resource_id),
    @changes, @tags
)
RETURNING id, at;

-- name: CopyAuditEntries :copyfrom
INSERT INTO audit_log (at, actor_id, actor_ip, action, resource_type, resource_id, changes, tags)
VALUES (@at, @actor_id, @actor_ip, @action, @resource_type, @resource_id, @changes, @tags);

-- name: IterAuditLog :iter
-- Streams the audit log from a point in time on, each entry with the name of who did it.
SELECT sqlc.embed(entry), actor.username AS "actor_username?"
FROM audit_log AS entry
LEFT JOIN users AS actor ON actor.id = entry.actor_id
WHERE entry.at >= @since
ORDER BY entry.at, entry.id;

-- name: ListAuditActions :many
SELECT DISTINCT action FROM audit_log WHERE tags && @tags::text[] ORDER BY action;

-- name: TruncateAuditLog :exec
TRUNCATE audit_log RESTART IDENTITY;

-- name: UpsertSiteConfig :one
-- Writes a setting and says whether it is new.
INSERT INTO site_configs (key, value)
VALUES (@key, @value)
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, updated_at = now()
RETURNING (xmax = 0) AS "is_new!";

-- name: GetSiteConfig :opt
SELECT value FROM site_configs WHERE key = $1;

-- name: GetRetentionDays :one
-- Gives for how many days archived chats are kept; 0, which is the default, keeps them.
SELECT coalesce(
    (SELECT (value #>> '{}')::integer FROM site_configs WHERE key = 'chat_retention_days'), 0
) AS days;

-- name: HeartbeatReplica :exec
INSERT INTO replicas (id, hostname, address)
VALUES (@id, @hostname, @address)
ON CONFLICT (id) DO UPDATE SET heartbeat_at = now();

-- name: ListReplicas :many
SELECT id, hostname, address, age(heartbeat_at, started_at) AS uptime
FROM replicas
ORDER BY hostname, id;

-- name: DeleteDeadReplicas :execresult
DELETE FROM replicas WHERE heartbeat_at < now() - @dead_after::interval;

-- name: TryAdvisoryLock :one
-- Takes a lock until the transaction ends, if nobody has it; does not wait.
SELECT pg_try_advisory_xact_lock(@key) AS "acquired!";

-- name: AcquireAdvisoryLock :exec
-- Takes a lock until the transaction ends; waits for whoever has it.
SELECT pg_advisory_xact_lock(@key);

-- name: NotifyChannel :exec
-- Wakes up who listens on a channel, when the transaction commits.
SELECT pg_notify(@channel, @payload);

-- name: AnalyzeStore :exec
DO $$
BEGIN
    EXECUTE 'ANALYZE chats';
    EXECUTE 'ANALYZE chat_messages';
END
$$;

-- name: ServerTime :one
SELECT now() AS "now!", current_setting('TimeZone') AS time_zone;
