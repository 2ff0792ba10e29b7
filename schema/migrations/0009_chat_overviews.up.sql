-- A chat as lists show it.

CREATE FUNCTION message_text(content jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
        SELECT string_agg(part ->> 'text', E'\n' ORDER BY position)
        FROM jsonb_array_elements(
            CASE jsonb_typeof(content) WHEN 'array' THEN content ELSE '[]' END
        ) WITH ORDINALITY AS parts (part, position)
        WHERE part ->> 'type' = 'text'
    $$;
COMMENT ON FUNCTION message_text IS 'The text parts of a message; NULL when it has none.';

CREATE FUNCTION touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        NEW.updated_at := greatest(clock_timestamp(), OLD.updated_at);
        RETURN NEW;
    END
    $$;

CREATE TRIGGER chats_touch_updated_at
    BEFORE UPDATE OF title, status, labels, archived ON chats
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
COMMENT ON TRIGGER chats_touch_updated_at ON chats IS
    'Lists sort by `updated_at`: a heartbeat or a pin must not move a chat to their top.';

CREATE VIEW chat_overviews AS
    SELECT
        c.id,
        c.organization_id,
        c.owner_id,
        u.username AS owner_username,
        c.title,
        c.status,
        c.archived,
        c.updated_at,
        m.model AS model_name,
        count(msg.id) AS message_count,
        max(msg.created_at) AS last_message_at,
        coalesce(sum(msg.cost), 0) AS cost
    FROM chats AS c
    JOIN users AS u ON u.id = c.owner_id
    LEFT JOIN chat_model_configs AS m ON m.id = c.model_config_id
    LEFT JOIN chat_messages AS msg ON msg.chat_id = c.id AND msg.deleted_at IS NULL
    GROUP BY c.id, u.id, m.id;
COMMENT ON VIEW chat_overviews IS 'A chat with its owner''s name, its model and what it has cost.';
