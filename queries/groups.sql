-- Groups inside an organization.

-- name: InsertGroup :one
INSERT INTO groups (organization_id, name, display_name)
VALUES (@organization_id, @name, @display_name)
RETURNING *;

-- name: GetGroupByName :opt
SELECT * FROM groups WHERE organization_id = @organization_id AND name = @name;

-- name: ListGroupsOfOrganization :many
-- Lists groups with the number of their members, empty groups included.
SELECT sqlc.embed(g), count(gm.user_id) AS members
FROM groups AS g
LEFT JOIN group_members AS gm ON gm.group_id = g.id
WHERE g.organization_id = $1
GROUP BY g.id
ORDER BY g.name;

-- name: ListGroupsWithMembers :many
-- Lists each group once per member; an empty group has one row without a user.
SELECT sqlc.embed(g), sqlc.embed(u)
FROM groups AS g
LEFT JOIN (group_members AS gm JOIN users AS u ON u.id = gm.user_id) ON gm.group_id = g.id
WHERE g.organization_id = @organization_id
ORDER BY g.name, u.username;

-- name: AddGroupMembers :execrows
-- Adds users to a group and gives how many of them were not in it before.
INSERT INTO group_members (group_id, organization_id, user_id)
SELECT g.id, g.organization_id, new_member.id
FROM groups AS g
CROSS JOIN unnest(@user_ids::uuid[]) AS new_member (id)
WHERE g.id = @group_id
ON CONFLICT (group_id, user_id) DO NOTHING;

-- name: RemoveGroupMember :opt
-- Removes a member and says when they had been added.
DELETE FROM group_members WHERE group_id = @group_id AND user_id = @user_id
RETURNING added_at;

-- name: ListGroupIDsOfUser :many
SELECT group_id FROM group_members WHERE user_id = $1 ORDER BY group_id;

-- name: DeleteGroup :exec
DELETE FROM groups WHERE id = $1;
