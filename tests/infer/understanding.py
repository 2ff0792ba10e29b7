"""A schema on a real server, and what the compiler understands of queries over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlward_codegen.asking.ask import Question, ask
from sqlward_codegen.asking.catalog_query import read_catalog
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError, Diagnostic
from sqlward_codegen.model import OutputColumn, Parameter, Query, RelationUse
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_queries
from sqlward_codegen.server import Server
from sqlward_codegen.understand import Understood, understand

SCHEMA = """
CREATE TYPE status AS ENUM ('active', 'archived');
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username text NOT NULL UNIQUE,
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    deleted boolean NOT NULL DEFAULT false,
    tags text[] NOT NULL DEFAULT '{}'
);
CREATE TABLE orgs (id uuid PRIMARY KEY, name text NOT NULL);
CREATE UNIQUE INDEX orgs_name_lower ON orgs (lower(name));
CREATE TABLE chats (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_id uuid NOT NULL REFERENCES users (id),
    org_id uuid REFERENCES orgs (id),
    title text NOT NULL,
    model text,
    status status NOT NULL DEFAULT 'active',
    position positive,
    labels jsonb NOT NULL DEFAULT '{}',
    grid int[][],
    created_at timestamptz NOT NULL DEFAULT now(),
    archived boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX chats_title_active ON chats (owner_id, title) WHERE NOT archived;
CREATE TABLE messages (
    id bigserial PRIMARY KEY,
    chat_id uuid NOT NULL REFERENCES chats (id),
    n int NOT NULL,
    body text NOT NULL,
    parent bigint,
    UNIQUE (chat_id, n)
);
CREATE TABLE providers (
    id int PRIMARY KEY,
    provider text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    code text UNIQUE,
    late text UNIQUE DEFERRABLE
);
CREATE TABLE events (
    k int, at timestamptz NOT NULL, payload text, PRIMARY KEY (k, at)
) PARTITION BY RANGE (at);
CREATE TABLE shapes (id int PRIMARY KEY, name text);
CREATE TABLE circles (radius float8) INHERITS (shapes);
CREATE VIEW chat_view AS
    SELECT c.id, c.title, u.username AS owner_name, c.created_at
    FROM chats c JOIN users u ON u.id = c.owner_id;
CREATE VIEW open_chats AS SELECT id AS chat_id, title, owner_id FROM chats WHERE NOT archived;
CREATE MATERIALIZED VIEW chat_counts AS
    SELECT chat_id, count(*) AS n FROM messages GROUP BY chat_id;
CREATE UNIQUE INDEX ON chat_counts (chat_id);
CREATE FUNCTION shout(message text, times int) RETURNS text LANGUAGE sql
    AS 'SELECT upper(message)';
CREATE FUNCTION next_id() RETURNS uuid VOLATILE LANGUAGE sql AS 'SELECT gen_random_uuid()';
"""

LOOSE = """
CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE places (id int PRIMARY KEY, slug text COLLATE loose UNIQUE);
"""


@dataclass(frozen=True)
class World:
    """A database with the schema in it."""

    connection: psycopg.Connection[Any]
    catalog: Catalog
    folder: Path

    @property
    def is_loose(self) -> bool:
        """Whether the server has nondeterministic collations: it is built with ICU."""
        return bool(self.catalog.nondeterministic_collations)

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.catalog.server_version // 10000

    def compile(self, text: str) -> Understood:
        """Give what becomes of one annotated query; macro errors count as its diagnostics."""
        path = self.folder / "probe.sql"
        path.write_text(text)
        (raw,), found = read_queries((path,), self.folder)
        assert not found
        statement = expand_macros(raw)
        question = Question(statement.sql, statement.probe)
        (answer,) = ask(self.connection.pgconn, [question])
        config = Config(self.folder, self.folder, (), (path,), self.folder)
        return understand(statement, answer, self.catalog, config)

    def understand(self, sql: str, command: str = ":many", header: str = "") -> Understood:
        """Give what becomes of a statement without annotation."""
        return self.compile(f"-- name: Probe {command}\n{header}{sql};\n")

    def query(self, sql: str, command: str = ":many") -> Query:
        """Give the finished query; raises for one that has none."""
        understood = self.understand(sql, command)
        if understood.query is None:
            raise CompileError(understood.diagnostics)
        return understood.query

    def diagnostics(
        self, sql: str, command: str = ":many", header: str = ""
    ) -> tuple[Diagnostic, ...]:
        """Give what is said of a statement."""
        return self.understand(sql, command, header).diagnostics

    def parameters(self, sql: str, command: str = ":exec") -> list[Parameter]:
        """Give the parameters of a statement."""
        return list(self.query(sql, command).parameters)

    def columns(self, sql: str, command: str = ":many") -> list[OutputColumn]:
        """Give the result columns of a statement."""
        return list(self.query(sql, command).columns)

    def uses(self, sql: str, command: str = ":exec") -> dict[str, RelationUse]:
        """Give what a statement does to each relation, by its name."""
        return {use.table: use for use in self.query(sql, command).relations}


@contextmanager
def world(server: Server, folder: Path) -> Iterator[World]:
    """Give a world on a server."""
    with server.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
        if connection.info.server_version >= 150000:
            connection.execute("CREATE TABLE spots (x int, UNIQUE NULLS NOT DISTINCT (x))")
        with suppress(psycopg.errors.FeatureNotSupported):
            connection.execute(LOOSE.encode())
        yield World(connection, read_catalog(connection), folder)
