-- What is spent and what may be spent.

-- name: InsertUsageLimit :one
-- Sets a limit: for a user, for each member of a group, or, with neither, for everybody.
INSERT INTO usage_limits (organization_id, user_id, group_id, period, spend_limit)
VALUES (
    sqlc.narg(organization_id), sqlc.narg(user_id), sqlc.narg(group_id), @period, @spend_limit
)
RETURNING *;

-- name: ListUsageLimitsOn :many
-- Lists the limits in force on a day, with the organization that each belongs to.
SELECT sqlc.embed(usage_limit), sqlc.embed(organization), upper(usage_limit.period) AS ends_on
FROM usage_limits AS usage_limit
LEFT JOIN organizations AS organization ON organization.id = usage_limit.organization_id
WHERE usage_limit.period @> @day::date
ORDER BY usage_limit.created_at, usage_limit.id;

-- name: ResolveUsageLimit :opt
-- Gives what a user may spend in an organization on a day: the user's own limit, else the
-- strictest one of the user's groups there, else the one of the deployment.
SELECT l.id, l.spend_limit, l.period
FROM usage_limits AS l
LEFT JOIN group_members AS gm ON gm.group_id = l.group_id AND gm.user_id = @user_id
WHERE l.period @> @day::date
  AND CASE
      WHEN l.user_id IS NOT NULL THEN
          l.user_id = @user_id
          AND (l.organization_id IS NULL OR l.organization_id = @organization_id)
      WHEN l.group_id IS NOT NULL THEN
          gm.user_id IS NOT NULL AND l.organization_id = @organization_id
      ELSE l.organization_id IS NULL
  END
ORDER BY l.user_id IS NULL, l.group_id IS NULL, l.spend_limit, l.id
LIMIT 1;

-- name: RefreshDailySpend :exec
REFRESH MATERIALIZED VIEW daily_spend;

-- name: ListDailySpend :many
-- Lists the days in a range on which a user spent something.
SELECT organization_id, day, messages, cost
FROM daily_spend
WHERE user_id = @user_id AND day <@ @days::daterange
ORDER BY organization_id, day;

-- name: ListSpendReport :many
-- Sums up spend per organization and user, with the organization's sum and the sum of all.
SELECT organization_id, user_id, sum(cost) AS cost, grouping(organization_id, user_id) AS level
FROM daily_spend
WHERE day >= @since
GROUP BY ROLLUP (organization_id, user_id)
ORDER BY level DESC, organization_id, user_id;

-- name: GetSpendOfUser :one
-- Sums up what a user spent in an organization since a point in time, as of now.
SELECT coalesce(sum(m.cost), 0) AS cost
FROM chat_messages AS m
JOIN chats AS c ON c.id = m.chat_id
WHERE c.owner_id = @user_id
  AND (sqlc.narg(organization_id)::uuid IS NULL OR c.organization_id = sqlc.narg(organization_id))
  AND m.created_at >= @since;
