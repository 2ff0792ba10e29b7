-- What was said, what it cost, and what waits to be said.

CREATE TYPE message_role AS ENUM ('system', 'user', 'assistant', 'tool');

-- Labels exactly as providers spell them: some differ in nothing but their punctuation.
CREATE TYPE finish_reason AS ENUM (
    '', 'stop', 'end_turn', 'max-tokens', 'max_tokens', 'tool-calls', 'tool_calls',
    'content filter', '5xx', 'None'
);
COMMENT ON TYPE finish_reason IS 'Why the model stopped; the empty label is "it did not say".';

CREATE TYPE token_usage AS (
    input bigint,
    output bigint,
    cached bigint,
    reasoning bigint
);
COMMENT ON TYPE token_usage IS 'Tokens of one model call, as the provider counts them.';

CREATE TABLE chat_messages (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    model_config_id uuid REFERENCES chat_model_configs (id),
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    role message_role NOT NULL,
    content jsonb NOT NULL,
    finish_reason finish_reason,
    usage token_usage,
    cost numeric(20, 8) NOT NULL DEFAULT 0,
    latency interval,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT chat_messages_cost_not_negative CHECK (cost >= 0)
);
COMMENT ON TABLE chat_messages IS
    'One message of a chat. An edit deletes softly from the edited message on.';
COMMENT ON COLUMN chat_messages.content IS 'The parts of the message, as the provider takes them.';
COMMENT ON COLUMN chat_messages.cost IS 'In the deployment''s currency, at the prices of the day.';

CREATE INDEX chat_messages_chat_id_idx ON chat_messages (chat_id, id) WHERE deleted_at IS NULL;
CREATE INDEX chat_messages_created_at_idx ON chat_messages USING brin (created_at);

CREATE TABLE chat_queued_messages (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    created_by uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    content jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE chat_queued_messages IS 'Messages that wait until the running turn ends.';

CREATE INDEX chat_queued_messages_chat_id_idx ON chat_queued_messages (chat_id, id);
