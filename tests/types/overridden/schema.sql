CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TYPE urgency AS ENUM ('urgent-now', 'later');

CREATE TABLE accounts (
    id       uuid PRIMARY KEY,
    others   uuid[] NOT NULL,
    parent   uuid,
    owner_id bigint NOT NULL,
    balance  numeric(12, 2) NOT NULL,
    email    email NOT NULL,
    emails   email[],
    home     point NOT NULL,
    places   point[],
    settings jsonb NOT NULL,
    entries  jsonb,
    profile  jsonb,
    profiles jsonb[] NOT NULL,
    limits   jsonb NOT NULL,
    plan     json NOT NULL,
    plans    json[] NOT NULL,
    urgency  urgency NOT NULL
);
