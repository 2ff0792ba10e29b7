-- Model configs: bound to one provider configuration, or served by any of the family.

-- name: InsertChatModelConfig :one
INSERT INTO chat_model_configs (
    chat_provider_id, family, model, display_name, enabled, is_default, context_limit,
    temperature, capabilities, pricing, volume_discounts, options, created_by
) VALUES (
    sqlc.narg(chat_provider_id), @family, @model, @display_name, @enabled, @is_default,
    @context_limit, @temperature, @capabilities, sqlc.narg(pricing), @volume_discounts, @options,
    sqlc.narg(created_by)
)
RETURNING *;

-- name: GetChatModelConfigByID :one
-- Gives a config even when it is deleted: an old chat still has to name its model.
SELECT * FROM chat_model_configs WHERE id = $1;

-- name: GetLiveChatModelConfigByID :opt
SELECT * FROM live_chat_model_configs WHERE id = $1;

-- name: GetDefaultChatModelConfig :opt
SELECT * FROM chat_model_configs WHERE is_default AND deleted_at IS NULL;

-- name: FirstLiveChatModelConfig :opt
-- Gives the config that becomes the default when the default goes away.
SELECT *
FROM live_chat_model_configs
ORDER BY family, model, updated_at DESC, id DESC
LIMIT 1;

-- name: ListLiveChatModelConfigs :many
SELECT * FROM live_chat_model_configs ORDER BY family, model, updated_at DESC, id DESC;

-- name: ListUsableChatModelConfigs :many
-- Lists what can be chosen now, with the provider that serves it: the one that it is bound
-- to, or the oldest enabled one of its family.
SELECT sqlc.embed(config), sqlc.embed(provider)
FROM chat_model_configs AS config
JOIN LATERAL (
    SELECT candidate.id
    FROM chat_providers AS candidate
    WHERE candidate.enabled
      AND CASE
          WHEN config.chat_provider_id IS NULL THEN candidate.family = config.family
          ELSE candidate.id = config.chat_provider_id
      END
    ORDER BY candidate.created_at, candidate.id
    LIMIT 1
) AS serving ON true
JOIN chat_providers AS provider ON provider.id = serving.id
WHERE config.enabled AND config.deleted_at IS NULL
ORDER BY config.family, config.model, config.id;

-- name: ListChatModelConfigsWithProvider :many
-- Lists live configs with the provider that each is bound to.
SELECT sqlc.embed(config), sqlc.embed(provider)
FROM chat_model_configs AS config
LEFT JOIN chat_providers AS provider ON provider.id = config.chat_provider_id
WHERE config.deleted_at IS NULL
ORDER BY config.family, config.model, config.id;

-- name: UpdateChatModelConfig :opt
UPDATE chat_model_configs
SET chat_provider_id = sqlc.narg(chat_provider_id),
    display_name = @display_name,
    enabled = @enabled,
    pricing = sqlc.narg(pricing),
    options = @options,
    updated_by = sqlc.narg(updated_by),
    updated_at = now()
WHERE id = @id AND deleted_at IS NULL
RETURNING *;

-- name: SetDefaultChatModelConfig :execrows
-- Makes one config the default and no other. A config that is not live changes nothing.
WITH chosen AS (
    SELECT id FROM live_chat_model_configs WHERE id = @id
), former AS (
    UPDATE chat_model_configs AS m
    SET is_default = false, updated_at = now()
    FROM chosen
    WHERE m.is_default AND m.deleted_at IS NULL AND m.id <> chosen.id
    RETURNING m.id
)
UPDATE chat_model_configs AS m
SET is_default = true, updated_at = now()
FROM chosen
WHERE m.id = chosen.id
  -- The former default must let go first: counting it makes this statement wait.
  AND (SELECT count(*) FROM former) <= 1;

-- name: TombstoneChatModelConfigsOfProvider :many
-- Deletes softly what is bound to a provider, and lets go of the provider.
UPDATE chat_model_configs
SET deleted_at = now(),
    deleted_by = sqlc.narg(deleted_by),
    chat_provider_id = NULL,
    updated_at = now()
WHERE chat_provider_id = @chat_provider_id AND deleted_at IS NULL
RETURNING id, is_default;

-- name: ListModelSurcharges :many
-- Spreads the surcharges of a model's pricing into rows.
SELECT m.id, m.model, s.currency, s.per_million_tokens
FROM chat_model_configs AS m
CROSS JOIN unnest((m.pricing).surcharges) AS s
WHERE m.deleted_at IS NULL
ORDER BY m.model, s.currency;

-- name: GetModelPrices :opt
SELECT (pricing).input AS input_price, (pricing).output AS output_price, volume_discounts
FROM chat_model_configs
WHERE id = $1;
