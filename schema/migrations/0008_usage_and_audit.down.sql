DROP TABLE replicas;
DROP TABLE site_configs;
DROP TABLE audit_log;
DROP TYPE audit_action;
DROP MATERIALIZED VIEW daily_spend;
DROP TABLE usage_limits;
