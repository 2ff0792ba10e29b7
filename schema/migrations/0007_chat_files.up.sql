-- Files that messages refer to, searchable by their text.

CREATE TABLE chat_files (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    owner_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    media_type text NOT NULL,
    data bytea NOT NULL,
    sha256 bytea NOT NULL GENERATED ALWAYS AS (sha256(data)) STORED,
    extracted_text text NOT NULL DEFAULT '',
    search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', name), 'A')
        || setweight(to_tsvector('english', extracted_text), 'B')
    ) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT chat_files_owner_id_sha256_key UNIQUE (owner_id, sha256)
);
COMMENT ON COLUMN chat_files.sha256 IS 'Of the data: the same file is stored once per owner.';
COMMENT ON COLUMN chat_files.search IS 'The name, which weighs more, and the extracted text.';

CREATE INDEX chat_files_search_idx ON chat_files USING gin (search);

CREATE TABLE chat_file_links (
    chat_id uuid NOT NULL REFERENCES chats (id) ON DELETE CASCADE,
    file_id uuid NOT NULL REFERENCES chat_files (id) ON DELETE CASCADE,
    PRIMARY KEY (chat_id, file_id)
);
COMMENT ON TABLE chat_file_links IS 'Which chats use a file; a file without a link is an orphan.';

CREATE INDEX chat_file_links_file_id_idx ON chat_file_links (file_id);
