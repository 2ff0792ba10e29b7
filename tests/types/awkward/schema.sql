CREATE SCHEMA "Odd Schema";
CREATE SCHEMA other;

CREATE TYPE odd AS ENUM (
    '', ' ', '1', '-1', 'a-b', 'a_b', 'A-B', 'a b', 'class', 'None', 'none', 'NULL', 'mro', 'name',
    'value', 'values', '_', '__init__', 'self', 'é', 'É', 'it''s', '{x,y}', '"', '\', 'str', 'title',
    '日本', '(,)'
);
CREATE TYPE "Odd Schema"."My Mood" AS ENUM ('good', 'bad');
CREATE TYPE other.odd AS ENUM ('elsewhere');
CREATE TYPE odds AS RANGE (SUBTYPE = odd);
CREATE TYPE "Odd Schema"."Point of View" AS (
    "class" text, "self" int, "Mood" "Odd Schema"."My Mood", "été" other.odd[], "1st" odds
);

CREATE DOMAIN grade AS odd NOT NULL DEFAULT '1';
CREATE DOMAIN view AS "Odd Schema"."Point of View";
CREATE DOMAIN span AS int4range CHECK (NOT isempty(VALUE));
CREATE DOMAIN words AS text[] CHECK (cardinality(VALUE) < 9);
CREATE TYPE nested AS (view view, views view[], words words, word_lists words[], span span);
CREATE TYPE deeper AS (nested nested, many nested[], span_list span[]);

CREATE TABLE odd_values (
    id     int PRIMARY KEY,
    odd    odd NOT NULL,
    odds   odd[] NOT NULL,
    view   "Odd Schema"."Point of View",
    range  odds,
    deeper deeper,
    grade  grade
);

CREATE TABLE documents (body jsonb NOT NULL, versions jsonb[], plain json);
CREATE TABLE sides (id int PRIMARY KEY);

CREATE TABLE limited (
    id     int PRIMARY KEY,
    word   varchar(5) NOT NULL,
    words  varchar(5)[] NOT NULL,
    price  numeric(6, 2) NOT NULL,
    prices numeric(6, 2)[] NOT NULL,
    fixed  char(3) NOT NULL,
    bits   bit(4) NOT NULL,
    many   varbit(4)[] NOT NULL,
    at     timestamptz(0) NOT NULL,
    spans  interval(0)[] NOT NULL
);

CREATE TABLE moments (
    id int PRIMARY KEY, day date, at timestamptz, local timestamp, time time, span interval
);

CREATE FUNCTION do_nothing(n int) RETURNS void LANGUAGE sql AS 'SELECT';
CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, odd odd);
