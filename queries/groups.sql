-- Groups inside an organization.

-- name: InsertGroup :one
INSERT INTO groups (organization_id, name, display_name)
VALUES (@organization_id, @name, @display_name)
RETURNING *;

-- name: GetGroupByName :opt
SELECT * FROM groups WHERE organization_id = @organization_id AND name = @name;

-- name: ListGroupsOfOrganization :many
-- Lists groups with the number of their members, empty groups included.
SELECT sqlc.embed(team), count(gm.user_id) AS members
FROM groups AS team
LEFT JOIN group_members AS gm ON gm.group_id = team.id
WHERE team.organization_id = $1
GROUP BY team.id
ORDER BY team.name;

-- name: ListGroupsWithMembers :many
-- Lists each group once per member; an empty group has one row without a user.
SELECT sqlc.embed(team), sqlc.embed(member)
FROM groups AS team
LEFT JOIN (group_members AS gm JOIN users AS member ON member.id = gm.user_id)
    ON gm.group_id = team.id
WHERE team.organization_id = @organization_id
ORDER BY team.name, member.username;

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
