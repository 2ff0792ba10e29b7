DROP VIEW live_chat_model_configs;
DROP TABLE chat_model_configs;
DROP TYPE model_pricing;
DROP TYPE price;
