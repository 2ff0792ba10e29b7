-- What is spent, what may be spent, and who changed what.

CREATE TABLE usage_limits (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid REFERENCES organizations (id) ON DELETE CASCADE,
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    group_id uuid,
    period daterange NOT NULL,
    spend_limit numeric(12, 2) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT usage_limits_group_fkey FOREIGN KEY (group_id, organization_id)
        REFERENCES groups (id, organization_id) ON DELETE CASCADE,
    CONSTRAINT usage_limits_one_subject CHECK (num_nonnulls(user_id, group_id) <= 1),
    CONSTRAINT usage_limits_group_has_organization
        CHECK (group_id IS NULL OR organization_id IS NOT NULL),
    CONSTRAINT usage_limits_not_negative CHECK (spend_limit >= 0),
    CONSTRAINT usage_limits_period_not_empty CHECK (NOT isempty(period)),
    CONSTRAINT usage_limits_default_periods_excl EXCLUDE USING gist (period WITH &&)
        WHERE (user_id IS NULL AND group_id IS NULL AND organization_id IS NULL)
);
COMMENT ON TABLE usage_limits IS
    'How much may be spent in a period: by a user, by each member of a group, or by anybody.';
COMMENT ON COLUMN usage_limits.spend_limit IS 'In the deployment''s currency, per user and period.';

CREATE INDEX usage_limits_user_id_idx ON usage_limits (user_id);
CREATE INDEX usage_limits_group_id_idx ON usage_limits (group_id);

CREATE MATERIALIZED VIEW daily_spend AS
    SELECT
        c.organization_id,
        c.owner_id AS user_id,
        (m.created_at AT TIME ZONE 'UTC')::date AS day,
        count(*) AS messages,
        sum(m.cost) AS cost
    FROM chat_messages AS m
    JOIN chats AS c ON c.id = m.chat_id
    GROUP BY 1, 2, 3
    WITH NO DATA;
COMMENT ON MATERIALIZED VIEW daily_spend IS
    'Spend by organization, user and day (UTC), deleted messages included: they were paid for.';

CREATE UNIQUE INDEX daily_spend_key ON daily_spend (organization_id, user_id, day);

CREATE TYPE audit_action AS ENUM ('create', 'update', 'delete', 'sign-in', 'sign-out');

CREATE TABLE audit_log (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    actor_id uuid REFERENCES users (id) ON DELETE SET NULL,
    actor_ip inet,
    action audit_action NOT NULL,
    resource_type text NOT NULL,
    resource_id uuid,
    changes jsonb NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}',
    CONSTRAINT audit_log_tags_without_null CHECK (array_position(tags, NULL) IS NULL)
);
COMMENT ON TABLE audit_log IS 'Who changed what; secrets are masked before they come here.';
COMMENT ON COLUMN audit_log.actor_id IS 'NULL for the system itself.';

CREATE INDEX audit_log_resource_idx ON audit_log (resource_type, resource_id, at DESC);

CREATE TABLE site_configs (
    key text PRIMARY KEY,
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE site_configs IS 'Settings of the whole deployment.';

CREATE UNLOGGED TABLE replicas (
    id uuid PRIMARY KEY,
    hostname text NOT NULL,
    address inet NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE replicas IS 'Processes that are alive; not worth surviving a crash.';
