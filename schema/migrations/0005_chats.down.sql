DROP TABLE chats;
DROP TYPE chat_client_type;
DROP TYPE chat_status;
