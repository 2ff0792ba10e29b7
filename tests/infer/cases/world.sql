-- A schema with NULL wherever it is allowed, and rows that show it.
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE address AS (street text, number int);
CREATE DOMAIN short AS text CHECK (length(value) < 20);
CREATE DOMAIN sure AS int NOT NULL;
CREATE TABLE users (
    id int PRIMARY KEY,
    name text NOT NULL,
    email text,
    boss int,
    tags text[],
    scores int[] NOT NULL,
    meta jsonb,
    made timestamptz NOT NULL,
    mood mood,
    home address,
    nick short NOT NULL,
    gone bool
);
CREATE TABLE posts (
    id int PRIMARY KEY,
    user_id int NOT NULL,
    title text NOT NULL,
    body text,
    rating numeric,
    day date,
    slug text CHECK (slug IS NOT NULL),
    kind text CHECK (kind IS NOT NULL AND kind <> ''),
    labels text[] NOT NULL DEFAULT '{x}' CHECK (array_position(labels, NULL) IS NULL),
    marks int[] DEFAULT '{1}' CHECK (marks = array_remove(marks, NULL) AND cardinality(marks) < 9),
    views int NOT NULL DEFAULT 0
);
CREATE TABLE comments (id int PRIMARY KEY, post_id int, user_id int, words text NOT NULL);
CREATE TABLE nothing (id int PRIMARY KEY, v text NOT NULL);
CREATE TABLE base (id int NOT NULL, v text NOT NULL);
CREATE TABLE derived (w text NOT NULL) INHERITS (base);
CREATE TABLE logs (id int NOT NULL, at date NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE logs_old PARTITION OF logs FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE logs_new PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
CREATE TABLE domained (id sure, d short);
CREATE TABLE identities (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text,
    twice text GENERATED ALWAYS AS (v || v) STORED);
CREATE TABLE nodes (id int PRIMARY KEY, parent int, label text NOT NULL);

CREATE VIEW writers AS
    SELECT u.id, u.name, u.email, p.title, p.id AS post_id
    FROM users u LEFT JOIN posts p ON p.user_id = u.id;
CREATE VIEW mailed AS SELECT id, name, email FROM users WHERE email IS NOT NULL;
CREATE VIEW mailed_names AS SELECT upper(email) AS email, name FROM mailed;
CREATE VIEW simple AS SELECT id, name, email FROM users;
CREATE VIEW per_user AS
    SELECT user_id, count(*) AS n, max(rating) AS best, min(title) AS first FROM posts GROUP BY user_id;

CREATE FUNCTION half(int) RETURNS int LANGUAGE sql IMMUTABLE STRICT
    AS 'SELECT CASE WHEN $1 % 2 = 0 THEN $1 / 2 END';
CREATE FUNCTION people() RETURNS SETOF users LANGUAGE sql STABLE AS 'SELECT * FROM users';
CREATE TYPE lone AS (a int);
CREATE FUNCTION pairs() RETURNS TABLE (a int, b text) LANGUAGE sql STABLE
    AS 'SELECT id, email FROM users';

INSERT INTO users VALUES
    (1, 'ann', 'a@x', NULL, '{a,NULL}', '{1,2}', '{"a": 1, "b": null}', 'epoch', 'ok', ('s', 1), 'an', true),
    (2, 'bob', NULL, 1, NULL, '{}', NULL, 'infinity', NULL, NULL, 'bo', NULL),
    (3, '', '', 1, '{}', '{NULL}', '[]', '2020-01-01', 'sad', (NULL, NULL), '', false),
    (4, 'dan', 'd@x', 9, '{}', '{4}', 'null', '2021-01-01', 'sad', (NULL, 2), 'da', false),
    (5, 'eve', NULL, NULL, NULL, '{5}', '{"b": 1}', '2021-01-01', NULL, NULL, 'ev', NULL),
    (6, 'fay', 'f@x', NULL, '{b}', '{6}', '{"a": {"b": 1}}', '2021-01-01', 'ok', NULL, 'fa', true);
INSERT INTO posts VALUES
    (10, 1, 'one', 'text', 1.5, '2020-01-01', 's', 'k', '{x}', '{1}', 1),
    (11, 1, 'two', NULL, NULL, NULL, 's', 'k', '{x}', '{1}', 2),
    (12, 2, 'three', '', 'NaN', 'infinity', 's', 'k', '{x}', '{1}', 3),
    (13, 3, '', NULL, 2, '2021-01-01', 's', 'k', '{x}', NULL, 4),
    (15, 6, 'fayne', 'f@x', NULL, NULL, 's', 'k', '{x}', '{1}', 6),
    (14, 7, 'lost', 'b', 3, '2021-01-02', 's', 'k', '{x}', '{1}', 5);
INSERT INTO comments VALUES
    (100, 10, 1, 'hi'), (101, 10, NULL, 'ho'), (102, NULL, 2, ''), (103, 99, 3, 'far');
INSERT INTO base VALUES (1, 'x');
INSERT INTO derived VALUES (2, 'y', 'z');
INSERT INTO logs VALUES (1, '2019-01-01', NULL), (2, '2021-01-01', 'n');
INSERT INTO domained VALUES (1, NULL);
INSERT INTO identities (v) VALUES ('v'), (NULL);
INSERT INTO nodes VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 1, 'b'), (4, 2, 'c');

CREATE TABLE meddled (id int PRIMARY KEY, note text, kept text);
CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note = NULL; RETURN NEW; END';
CREATE TRIGGER meddle BEFORE INSERT ON meddled FOR EACH ROW EXECUTE FUNCTION meddle();

CREATE TABLE ruled (id int PRIMARY KEY, note text);
CREATE RULE elsewhere AS ON INSERT TO ruled DO INSTEAD
    INSERT INTO meddled VALUES (new.id, NULL) RETURNING id, note;

CREATE MATERIALIZED VIEW stored AS SELECT id, name, email, NULL::int AS none FROM users;

CREATE FUNCTION world_without_rows() RETURNS void LANGUAGE sql
    AS 'TRUNCATE users, posts, comments, base, derived, logs, domained, identities, nodes';
