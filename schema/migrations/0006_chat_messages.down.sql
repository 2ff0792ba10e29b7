DROP TABLE chat_queued_messages;
DROP TABLE chat_messages;
DROP TYPE token_usage;
DROP TYPE finish_reason;
DROP TYPE message_role;
