DROP TABLE user_sessions;
DROP TABLE organization_members;
DROP TABLE users;
DROP TABLE organizations;
DROP TYPE user_status;
DROP DOMAIN email_address;
DROP DOMAIN slug;
