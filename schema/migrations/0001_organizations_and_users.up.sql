-- Who works here: users, the organizations they belong to, and how they sign in.

CREATE DOMAIN slug AS text
    CONSTRAINT slug_is_plain CHECK (VALUE ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
COMMENT ON DOMAIN slug IS 'A name that can stand in a URL: lower case, digits, single hyphens.';

CREATE DOMAIN email_address AS text
    CONSTRAINT email_address_has_at CHECK (VALUE LIKE '_%@_%');
COMMENT ON DOMAIN email_address IS 'An e-mail address, checked no further than its `@`.';

CREATE TYPE user_status AS ENUM ('active', 'dormant', 'suspended');

CREATE TABLE organizations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name slug NOT NULL,
    display_name text NOT NULL DEFAULT '',
    is_default boolean NOT NULL DEFAULT false,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT organizations_settings_is_object CHECK (jsonb_typeof(settings) = 'object')
);
COMMENT ON TABLE organizations IS 'A tenant: chats, groups and limits belong to exactly one.';
COMMENT ON COLUMN organizations.is_default IS 'Where a user lands who was put nowhere else.';
COMMENT ON COLUMN organizations.deleted_at IS
    'Soft deletion: the name is free again, the rows stay.';

CREATE UNIQUE INDEX organizations_name_key ON organizations (name) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX organizations_single_default ON organizations (is_default) WHERE is_default;

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email email_address NOT NULL,
    username slug NOT NULL,
    display_name text NOT NULL DEFAULT '',
    status user_status NOT NULL DEFAULT 'active',
    roles text[] NOT NULL DEFAULT '{}',
    birthday date,
    daily_digest_at time,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT users_roles_without_null CHECK (array_position(roles, NULL) IS NULL)
);
COMMENT ON TABLE users IS 'A person, or a machine that acts like one.';
COMMENT ON COLUMN users.roles IS 'Names of site-wide roles.';
COMMENT ON COLUMN users.daily_digest_at IS 'Local time of the daily digest; NULL means none.';

CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_username_key ON users (username) WHERE deleted_at IS NULL;

CREATE TABLE organization_members (
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    roles text[] NOT NULL DEFAULT '{}',
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, user_id),
    CONSTRAINT organization_members_roles_without_null
        CHECK (array_position(roles, NULL) IS NULL)
);
COMMENT ON COLUMN organization_members.roles IS 'Names of roles in this organization.';

CREATE INDEX organization_members_user_id_idx ON organization_members (user_id);

CREATE TABLE user_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CONSTRAINT user_sessions_token_hash_key UNIQUE,
    ip inet NOT NULL,
    user_agent text NOT NULL DEFAULT '',
    lifetime interval NOT NULL DEFAULT '7 days',
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT user_sessions_token_hash_is_sha256 CHECK (octet_length(token_hash) = 32)
);
COMMENT ON COLUMN user_sessions.token_hash IS
    'SHA-256 of the token; the token itself is never stored.';
COMMENT ON COLUMN user_sessions.lifetime IS 'How long the session lives after its last use.';

CREATE INDEX user_sessions_user_id_idx ON user_sessions (user_id);
