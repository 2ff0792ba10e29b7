-- Provider configurations, and the keys that users bring.

-- name: InsertChatProvider :one
INSERT INTO chat_providers (
    family, name, base_url, api_key, api_key_key_id, enabled, central_api_key_enabled,
    allow_user_api_key, allow_central_api_key_fallback, request_timeout, egress_networks,
    created_by
) VALUES (
    @family, @name, sqlc.narg(base_url), sqlc.narg(api_key), sqlc.narg(api_key_key_id), @enabled,
    @central_api_key_enabled, @allow_user_api_key, @allow_central_api_key_fallback,
    @request_timeout, @egress_networks, sqlc.narg(created_by)
)
RETURNING *;

-- name: GetChatProviderByID :one
SELECT * FROM chat_providers WHERE id = $1;

-- name: GetChatProviderByIDForShare :opt
-- Reads a provider so that nobody deletes it before the transaction ends.
SELECT * FROM chat_providers WHERE id = $1 FOR SHARE;

-- name: GetOldestEnabledChatProvider :opt
-- Gives the configuration that serves the unbound models of a family.
SELECT *
FROM chat_providers
WHERE family = @family AND enabled
ORDER BY created_at, id
LIMIT 1;

-- name: ListChatProviders :many
SELECT * FROM chat_providers ORDER BY family, created_at, id;

-- name: UpdateChatProvider :opt
-- Replaces the settings of a provider. The key stays unless `set_api_key` is true.
UPDATE chat_providers
SET name = @name,
    base_url = sqlc.narg(base_url),
    enabled = @enabled,
    central_api_key_enabled = @central_api_key_enabled,
    allow_user_api_key = @allow_user_api_key,
    allow_central_api_key_fallback = @allow_central_api_key_fallback,
    api_key = CASE WHEN @set_api_key::boolean THEN sqlc.narg(api_key) ELSE api_key END,
    api_key_key_id =
        CASE WHEN @set_api_key::boolean THEN sqlc.narg(api_key_key_id) ELSE api_key_key_id END,
    updated_at = now()
WHERE id = @id
RETURNING *;

-- name: AddChatProviderMaintenance :opt
-- Adds a window in which the provider is not to be called; windows that touch become one.
UPDATE chat_providers
SET maintenance = maintenance + tstzmultirange(@during::tstzrange), updated_at = now()
WHERE id = @id
RETURNING maintenance;

-- name: ListChatProvidersInMaintenance :many
SELECT id, name, maintenance
FROM chat_providers
WHERE maintenance @> @at::timestamptz
ORDER BY name;

-- name: DeleteChatProvider :opt
-- Removes a provider. Fails while a live model config is bound to it: tombstone those first.
DELETE FROM chat_providers WHERE id = $1 RETURNING *;

-- name: UpsertUserChatProviderKey :opt
-- Stores a user's own key. Gives nothing when the provider takes no keys of users.
INSERT INTO user_chat_provider_keys (user_id, chat_provider_id, api_key, api_key_key_id)
SELECT @user_id, p.id, @api_key, sqlc.narg(api_key_key_id)
FROM chat_providers AS p
WHERE p.id = @chat_provider_id AND p.enabled AND p.allow_user_api_key
ON CONFLICT (user_id, chat_provider_id) DO UPDATE
SET api_key = EXCLUDED.api_key, api_key_key_id = EXCLUDED.api_key_key_id, updated_at = now()
RETURNING *;

-- name: ListUserChatProviderKeys :many
-- Lists enabled providers and the user's key for each, if there is one.
SELECT sqlc.embed(provider), sqlc.embed(user_key)
FROM chat_providers AS provider
LEFT JOIN user_chat_provider_keys AS user_key
    ON user_key.chat_provider_id = provider.id AND user_key.user_id = @user_id
WHERE provider.enabled
ORDER BY provider.family, provider.created_at, provider.id;

-- name: DeleteUserChatProviderKey :execrows
DELETE FROM user_chat_provider_keys
WHERE user_id = @user_id AND chat_provider_id = @chat_provider_id;
