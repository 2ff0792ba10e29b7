DROP VIEW chat_overviews;
DROP TRIGGER chats_touch_updated_at ON chats;
DROP FUNCTION touch_updated_at();
DROP FUNCTION message_text(jsonb);
