DROP TABLE user_chat_provider_keys;
DROP TABLE chat_providers;
DROP TYPE provider_family;
