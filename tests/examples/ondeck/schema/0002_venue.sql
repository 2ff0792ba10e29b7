CREATE TYPE status AS ENUM ('op!en', 'clo@sed');
COMMENT ON TYPE status IS 'Whether a venue lets people in';

CREATE TABLE venues (
    id serial PRIMARY KEY,
    dropped text,
    status status NOT NULL,
    statuses status[],
    slug text NOT NULL,
    name varchar(255) NOT NULL,
    city text NOT NULL REFERENCES city (slug),
    spotify_playlist varchar NOT NULL,
    songkick_id text,
    tags text[]
);
COMMENT ON TABLE venues IS 'A place where concerts are held';
COMMENT ON COLUMN venues.slug IS 'The part of the public URL that names the venue';
