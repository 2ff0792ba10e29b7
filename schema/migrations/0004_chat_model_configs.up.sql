-- Which models can be chosen, and what they cost.

CREATE TYPE price AS (
    currency text,
    per_million_tokens numeric(12, 6)
);
COMMENT ON TYPE price IS 'What a million tokens cost.';

CREATE TYPE model_pricing AS (
    input price,
    output price,
    surcharges price[]
);
COMMENT ON TYPE model_pricing IS 'Prices of a model, with what is added on top of them.';

CREATE TABLE chat_model_configs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    chat_provider_id uuid REFERENCES chat_providers (id),
    family provider_family NOT NULL,
    model text NOT NULL,
    display_name text NOT NULL DEFAULT '',
    enabled boolean NOT NULL DEFAULT true,
    is_default boolean NOT NULL DEFAULT false,
    context_limit bigint NOT NULL,
    temperature numrange NOT NULL DEFAULT '[0,1]',
    capabilities text[] NOT NULL DEFAULT '{}',
    pricing model_pricing,
    volume_discounts numeric(12, 4)[][] NOT NULL DEFAULT '{}',
    options jsonb NOT NULL DEFAULT '{}',
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    updated_by uuid REFERENCES users (id) ON DELETE SET NULL,
    deleted_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT chat_model_configs_context_limit_positive CHECK (context_limit > 0),
    CONSTRAINT chat_model_configs_model_not_blank CHECK (btrim(model) <> ''),
    CONSTRAINT chat_model_configs_capabilities_without_null
        CHECK (array_position(capabilities, NULL) IS NULL)
);
COMMENT ON TABLE chat_model_configs IS
    'A model that chats can use. Deleted ones stay, so that old chats still resolve theirs.';
COMMENT ON COLUMN chat_model_configs.chat_provider_id IS
    'The provider it is bound to; NULL lets the oldest enabled one of its family serve.';
COMMENT ON COLUMN chat_model_configs.is_default IS
    'Taken by a chat that names no model; at most one.';
COMMENT ON COLUMN chat_model_configs.volume_discounts IS
    'Pairs of monthly spend and the discount from there on: {{100, 0.05}, {1000, 0.1}}.';

CREATE UNIQUE INDEX chat_model_configs_single_default ON chat_model_configs (is_default)
    WHERE is_default AND deleted_at IS NULL;
CREATE UNIQUE INDEX chat_model_configs_bound_model_key
    ON chat_model_configs (chat_provider_id, model)
    WHERE chat_provider_id IS NOT NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX chat_model_configs_unbound_model_key ON chat_model_configs (family, model)
    WHERE chat_provider_id IS NULL AND deleted_at IS NULL;

CREATE VIEW live_chat_model_configs AS
    SELECT * FROM chat_model_configs WHERE deleted_at IS NULL;
COMMENT ON VIEW live_chat_model_configs IS 'The model configs that are not deleted.';
