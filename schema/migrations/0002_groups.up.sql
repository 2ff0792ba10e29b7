-- Groups of users inside an organization, for sharing and for limits.

CREATE TABLE groups (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name slug NOT NULL,
    display_name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT groups_organization_id_name_key UNIQUE (organization_id, name),
    CONSTRAINT groups_id_organization_id_key UNIQUE (id, organization_id)
);
COMMENT ON TABLE groups IS 'Users of one organization who are treated alike.';

CREATE TABLE group_members (
    group_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (group_id, user_id),
    CONSTRAINT group_members_group_fkey FOREIGN KEY (group_id, organization_id)
        REFERENCES groups (id, organization_id) ON DELETE CASCADE,
    CONSTRAINT group_members_member_fkey FOREIGN KEY (organization_id, user_id)
        REFERENCES organization_members (organization_id, user_id) ON DELETE CASCADE
);
COMMENT ON TABLE group_members IS 'Only a member of the organization can be in its groups.';

CREATE INDEX group_members_user_id_idx ON group_members (user_id);
