-- Where language models come from, and the keys that pay for them.

CREATE TYPE provider_family AS ENUM (
    'anthropic', 'azure', 'bedrock', 'google', 'openai', 'openai-compat', 'openrouter'
);

CREATE TABLE chat_providers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    family provider_family NOT NULL,
    name text NOT NULL,
    base_url text,
    api_key text,
    api_key_key_id bigint,
    enabled boolean NOT NULL DEFAULT true,
    central_api_key_enabled boolean NOT NULL DEFAULT true,
    allow_user_api_key boolean NOT NULL DEFAULT false,
    allow_central_api_key_fallback boolean NOT NULL DEFAULT false,
    request_timeout interval NOT NULL DEFAULT '2 minutes',
    maintenance tstzmultirange NOT NULL DEFAULT '{}',
    egress_networks cidr[] NOT NULL DEFAULT '{}',
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT chat_providers_name_key UNIQUE (name),
    CONSTRAINT chat_providers_name_not_blank CHECK (btrim(name) <> ''),
    CONSTRAINT chat_providers_some_key_allowed
        CHECK (central_api_key_enabled OR allow_user_api_key),
    CONSTRAINT chat_providers_fallback_has_both
        CHECK (NOT allow_central_api_key_fallback
               OR (central_api_key_enabled AND allow_user_api_key)),
    CONSTRAINT chat_providers_key_id_has_key
        CHECK (api_key_key_id IS NULL OR api_key IS NOT NULL),
    CONSTRAINT chat_providers_egress_networks_without_null
        CHECK (array_position(egress_networks, NULL) IS NULL)
);
COMMENT ON TABLE chat_providers IS
    'One way to reach one family of models; a family can be configured several times.';
COMMENT ON COLUMN chat_providers.api_key IS 'The deployment''s own key for this configuration.';
COMMENT ON COLUMN chat_providers.api_key_key_id IS
    'Which key the API key is encrypted with; NULL while it is plain text.';
COMMENT ON COLUMN chat_providers.central_api_key_enabled IS 'Whether `api_key` may be used.';
COMMENT ON COLUMN chat_providers.allow_user_api_key IS 'Whether users may bring their own key.';
COMMENT ON COLUMN chat_providers.allow_central_api_key_fallback IS
    'Whether `api_key` serves a user who could bring a key but has not.';
COMMENT ON COLUMN chat_providers.maintenance IS 'When the provider is not to be called.';

CREATE INDEX chat_providers_family_idx ON chat_providers (family, created_at, id) WHERE enabled;

CREATE TABLE user_chat_provider_keys (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    chat_provider_id uuid NOT NULL REFERENCES chat_providers (id) ON DELETE CASCADE,
    api_key text NOT NULL,
    api_key_key_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, chat_provider_id),
    CONSTRAINT user_chat_provider_keys_not_blank CHECK (btrim(api_key) <> '')
);
COMMENT ON TABLE user_chat_provider_keys IS 'Keys that users bring themselves.';
