--
-- PostgreSQL database dump
--

\restrict Z78TS9RceNyb7eD9pEeGuELXebB2FsOgGpkZMxOzxISFKCQcEI59zRtt78ZAnyp

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: server_dump; Type: DATABASE; Schema: -; Owner: postgres
--

CREATE DATABASE server_dump WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C';


ALTER DATABASE server_dump OWNER TO postgres;

\unrestrict Z78TS9RceNyb7eD9pEeGuELXebB2FsOgGpkZMxOzxISFKCQcEI59zRtt78ZAnyp
\connect server_dump
\restrict Z78TS9RceNyb7eD9pEeGuELXebB2FsOgGpkZMxOzxISFKCQcEI59zRtt78ZAnyp

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: app; Type: SCHEMA; Schema: -; Owner: sqlward_dump_owner
--

CREATE SCHEMA app;


ALTER SCHEMA app OWNER TO sqlward_dump_owner;

--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';


--
-- Name: hstore; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;


--
-- Name: EXTENSION hstore; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION hstore IS 'kept in a dump';


--
-- Name: address; Type: TYPE; Schema: public; Owner: postgres
--

CREATE TYPE public.address AS (
	street text,
	city text
);


ALTER TYPE public.address OWNER TO postgres;

--
-- Name: mood; Type: TYPE; Schema: public; Owner: postgres
--

CREATE TYPE public.mood AS ENUM (
    'sad',
    'ok',
    'très content'
);


ALTER TYPE public.mood OWNER TO postgres;

--
-- Name: positive; Type: DOMAIN; Schema: public; Owner: postgres
--

CREATE DOMAIN public.positive AS integer
	CONSTRAINT positive_check CHECK ((VALUE > 0));


ALTER DOMAIN public.positive OWNER TO postgres;

--
-- Name: double(integer); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.double(x integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (x > 0) THEN (2 * x)
             ELSE x
         END AS x;
END;


ALTER FUNCTION public.double(x integer) OWNER TO postgres;

--
-- Name: touch(); Type: FUNCTION; Schema: public; Owner: postgres
--

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;


ALTER FUNCTION public.touch() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: settings; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.settings (
    key text NOT NULL,
    value jsonb
);


ALTER TABLE app.settings OWNER TO postgres;

--
-- Name: people; Type: TABLE; Schema: public; Owner: sqlward_dump_owner
--

CREATE TABLE public.people (
    id bigint NOT NULL,
    name public.citext NOT NULL,
    mood public.mood,
    tags public.hstore,
    home public.address,
    age public.positive
);


ALTER TABLE public.people OWNER TO sqlward_dump_owner;

--
-- Name: counts; Type: MATERIALIZED VIEW; Schema: public; Owner: postgres
--

CREATE MATERIALIZED VIEW public.counts AS
 SELECT people.mood,
    count(*) AS n
   FROM public.people
  GROUP BY people.mood
  WITH NO DATA;


ALTER TABLE public.counts OWNER TO postgres;

--
-- Name: events; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.events (
    id integer,
    at date
)
PARTITION BY RANGE (at);


ALTER TABLE public.events OWNER TO postgres;

--
-- Name: events_2024; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.events_2024 (
    id integer,
    at date
);


ALTER TABLE public.events_2024 OWNER TO postgres;

--
-- Name: happy; Type: VIEW; Schema: public; Owner: postgres
--

CREATE VIEW public.happy AS
 SELECT people.id,
    people.name
   FROM public.people
  WHERE (people.mood = 'très content'::public.mood);


ALTER TABLE public.happy OWNER TO postgres;

--
-- Name: invoice_number; Type: SEQUENCE; Schema: public; Owner: postgres
--

CREATE SEQUENCE public.invoice_number
    START WITH 100
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE public.invoice_number OWNER TO postgres;

--
-- Name: people_id_seq; Type: SEQUENCE; Schema: public; Owner: sqlward_dump_owner
--

ALTER TABLE public.people ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.people_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: visits; Type: TABLE; Schema: public; Owner: postgres
--

CREATE UNLOGGED TABLE public.visits (
    person_id bigint,
    at timestamp with time zone DEFAULT now(),
    number integer DEFAULT nextval('public.invoice_number'::regclass),
    note text DEFAULT 'a;b$$'::text
);


ALTER TABLE public.visits OWNER TO postgres;

--
-- Name: events_2024; Type: TABLE ATTACH; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');


--
-- Data for Name: settings; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.settings (key, value) FROM stdin;
\.


--
-- Data for Name: events_2024; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.events_2024 (id, at) FROM stdin;
\.


--
-- Data for Name: people; Type: TABLE DATA; Schema: public; Owner: sqlward_dump_owner
--

COPY public.people (id, name, mood, tags, home, age) FROM stdin;
1	Zoé; \\. $$	ok	"a"=>"1"	\N	\N
2	B	\N	\N	\N	\N
\.


--
-- Data for Name: visits; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.visits (person_id, at, number, note) FROM stdin;
\.


--
-- Name: invoice_number; Type: SEQUENCE SET; Schema: public; Owner: postgres
--

SELECT pg_catalog.setval('public.invoice_number', 100, false);


--
-- Name: people_id_seq; Type: SEQUENCE SET; Schema: public; Owner: sqlward_dump_owner
--

SELECT pg_catalog.setval('public.people_id_seq', 2, true);


--
-- Name: settings settings_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (key);


--
-- Name: people people_name_key; Type: CONSTRAINT; Schema: public; Owner: sqlward_dump_owner
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_name_key UNIQUE (name);


--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: public; Owner: sqlward_dump_owner
--

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);


--
-- Name: events no_delete; Type: RULE; Schema: public; Owner: postgres
--

CREATE RULE no_delete AS
    ON DELETE TO public.events DO INSTEAD ( SELECT 1 AS "?column?";
 SELECT 2 AS "?column?";
);


--
-- Name: visits touched; Type: TRIGGER; Schema: public; Owner: postgres
--

CREATE TRIGGER touched BEFORE UPDATE ON public.visits FOR EACH ROW EXECUTE FUNCTION public.touch();


--
-- Name: TRIGGER touched ON visits; Type: COMMENT; Schema: public; Owner: postgres
--

COMMENT ON TRIGGER touched ON public.visits IS 'semicolons; and \restrict in a comment';


--
-- Name: visits visits_person_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.visits
    ADD CONSTRAINT visits_person_id_fkey FOREIGN KEY (person_id) REFERENCES public.people(id);


--
-- Name: people mine; Type: POLICY; Schema: public; Owner: sqlward_dump_owner
--

CREATE POLICY mine ON public.people FOR SELECT TO sqlward_dump_owner USING (((name)::text = CURRENT_USER));


--
-- Name: people; Type: ROW SECURITY; Schema: public; Owner: sqlward_dump_owner
--

ALTER TABLE public.people ENABLE ROW LEVEL SECURITY;

--
-- Name: changes; Type: PUBLICATION; Schema: -; Owner: postgres
--

CREATE PUBLICATION changes WITH (publish = 'insert, update, delete, truncate');


ALTER PUBLICATION changes OWNER TO postgres;

--
-- Name: changes people; Type: PUBLICATION TABLE; Schema: public; Owner: postgres
--

ALTER PUBLICATION changes ADD TABLE ONLY public.people;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: public; Owner: sqlward_dump_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE sqlward_dump_owner IN SCHEMA public GRANT SELECT ON TABLES  TO PUBLIC;


--
-- Name: counts; Type: MATERIALIZED VIEW DATA; Schema: public; Owner: postgres
--

REFRESH MATERIALIZED VIEW public.counts;


--
-- PostgreSQL database dump complete
--

\unrestrict Z78TS9RceNyb7eD9pEeGuELXebB2FsOgGpkZMxOzxISFKCQcEI59zRtt78ZAnyp

