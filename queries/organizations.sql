-- Organizations and their members.

-- name: InsertOrganization :one
-- Creates an organization. Two live organizations never share a name.
INSERT INTO organizations (name, display_name, settings)
VALUES (@name, @display_name, @settings)
RETURNING *;

-- name: GetOrganizationByID :one
SELECT * FROM organizations WHERE id = $1;

-- name: GetOrganizationByName :opt
-- Finds a live organization by its name.
SELECT * FROM organizations WHERE name = @name AND deleted_at IS NULL;

-- name: GetDefaultOrganization :one
-- Gives the organization of those who were put nowhere else.
SELECT * FROM organizations WHERE is_default;

-- name: ListOrganizations :many
-- Lists live organizations by name; with `ids`, only those.
SELECT *
FROM organizations
WHERE deleted_at IS NULL
  AND (sqlc.narg(ids)::uuid[] IS NULL OR id = ANY(sqlc.narg(ids)::uuid[]))
ORDER BY name;

-- name: ListOrganizationsOfUser :many
-- Lists the organizations that a user is a member of, each with the user's roles in it.
SELECT sqlc.embed(organization), member.roles AS member_roles
FROM organizations AS organization
JOIN organization_members AS member ON member.organization_id = organization.id
WHERE member.user_id = @user_id
  AND organization.deleted_at IS NULL
ORDER BY organization.name;

-- name: UpdateOrganization :opt
-- Changes what is given and keeps the rest.
UPDATE organizations
SET display_name = coalesce(sqlc.narg(display_name), display_name),
    settings = settings || coalesce(sqlc.narg(settings)::jsonb, '{}'),
    updated_at = now()
WHERE id = sqlc.arg(id) AND deleted_at IS NULL
RETURNING *;

-- name: DeleteOrganization :execrows
-- Deletes softly. The default organization cannot be deleted.
UPDATE organizations
SET deleted_at = now(), updated_at = now()
WHERE id = $1 AND deleted_at IS NULL AND NOT is_default;

-- name: UpsertOrganizationMember :one
-- Adds a member, or replaces the roles of one who is there already.
INSERT INTO organization_members (organization_id, user_id, roles)
VALUES (@organization_id, @user_id, @roles)
ON CONFLICT (organization_id, user_id) DO UPDATE SET roles = EXCLUDED.roles
RETURNING *;

-- name: ListOrganizationMembers :many
-- Lists the members of an organization; a user's deletion does not hide the membership.
SELECT sqlc.embed(member), sqlc.embed(account)
FROM organization_members AS member
JOIN users AS account ON account.id = member.user_id
WHERE member.organization_id = $1
ORDER BY account.username;

-- name: DeleteOrganizationMember :exec
DELETE FROM organization_members WHERE organization_id = $1 AND user_id = $2;

-- name: CopyOrganizationMembers :copyfrom
-- Adds many members at once; one who is there already fails the whole.
INSERT INTO organization_members (organization_id, user_id, roles)
VALUES ($1, $2, $3);
