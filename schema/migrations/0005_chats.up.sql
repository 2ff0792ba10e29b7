-- Conversations, and the trees that delegated ones make.

CREATE TYPE chat_status AS ENUM (
    'waiting', 'pending', 'running', 'paused', 'completed', 'error'
);
CREATE TYPE chat_client_type AS ENUM ('ui', 'api');

CREATE TABLE chats (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    owner_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    parent_chat_id uuid,
    root_chat_id uuid,
    model_config_id uuid REFERENCES chat_model_configs (id),
    title text NOT NULL DEFAULT '',
    status chat_status NOT NULL DEFAULT 'waiting',
    client_type chat_client_type NOT NULL DEFAULT 'ui',
    labels jsonb NOT NULL DEFAULT '{}',
    user_acl jsonb NOT NULL DEFAULT '{}',
    group_acl jsonb NOT NULL DEFAULT '{}',
    archived boolean NOT NULL DEFAULT false,
    pin_order integer NOT NULL DEFAULT 0,
    worker_id uuid,
    heartbeat_at timestamptz,
    last_error jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT chats_id_organization_id_key UNIQUE (id, organization_id),
    CONSTRAINT chats_parent_fkey FOREIGN KEY (parent_chat_id, organization_id)
        REFERENCES chats (id, organization_id) ON DELETE CASCADE,
    CONSTRAINT chats_root_fkey FOREIGN KEY (root_chat_id, organization_id)
        REFERENCES chats (id, organization_id) ON DELETE CASCADE,
    CONSTRAINT chats_child_has_root CHECK ((parent_chat_id IS NULL) = (root_chat_id IS NULL)),
    CONSTRAINT chats_labels_is_object CHECK (jsonb_typeof(labels) = 'object'),
    CONSTRAINT chats_user_acl_is_object CHECK (jsonb_typeof(user_acl) = 'object'),
    CONSTRAINT chats_group_acl_is_object CHECK (jsonb_typeof(group_acl) = 'object'),
    CONSTRAINT chats_pin_order_not_negative CHECK (pin_order >= 0),
    CONSTRAINT chats_archived_not_pinned CHECK (NOT (archived AND pin_order > 0)),
    CONSTRAINT chats_last_error_is_object
        CHECK (last_error IS NULL OR jsonb_typeof(last_error) = 'object')
);
COMMENT ON TABLE chats IS 'A conversation with a model, possibly delegated by another one.';
COMMENT ON COLUMN chats.root_chat_id IS 'The top of the tree; NULL for the top itself.';
COMMENT ON COLUMN chats.user_acl IS 'User id to the actions that the user may take.';
COMMENT ON COLUMN chats.group_acl IS 'Group id to the actions that its members may take.';
COMMENT ON COLUMN chats.pin_order IS 'Position among the pinned chats from 1; 0 is not pinned.';
COMMENT ON COLUMN chats.worker_id IS 'The replica that runs the chat''s turn now.';
COMMENT ON COLUMN chats.last_error IS
    'How the last turn failed: message, kind, provider, retryable, status code, detail.';

CREATE INDEX chats_owner_idx ON chats (owner_id, updated_at DESC, id DESC);
CREATE INDEX chats_organization_idx ON chats (organization_id, updated_at DESC, id DESC);
CREATE INDEX chats_root_chat_id_idx ON chats (root_chat_id);
CREATE INDEX chats_parent_chat_id_idx ON chats (parent_chat_id);
CREATE INDEX chats_pending_idx ON chats (updated_at, id) WHERE status = 'pending';
CREATE INDEX chats_labels_idx ON chats USING gin (labels jsonb_path_ops);
