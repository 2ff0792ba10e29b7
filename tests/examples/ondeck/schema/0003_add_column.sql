ALTER TABLE venues RENAME TO venue;

ALTER TABLE venue ADD COLUMN created_at timestamp NOT NULL DEFAULT now();
ALTER TABLE venue DROP COLUMN dropped;
ALTER TABLE venue ADD CONSTRAINT venue_slug_key UNIQUE (slug);
