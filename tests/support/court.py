"""A schema on a real server with declared resources, and what becomes of queries' rules there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlward_codegen.asking.ask import Question, ask
from sqlward_codegen.asking.catalog_query import read_catalog
from sqlward_codegen.authz.authorize import Authorization, authorize
from sqlward_codegen.authz.declarations import read_declarations
from sqlward_codegen.authz.locking import locking_statements, with_locking
from sqlward_codegen.authz.policy import read_policy
from sqlward_codegen.authz.pushdown import with_predicate
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.messages.render import render
from sqlward_codegen.model import Query, Statement
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_text
from sqlward_codegen.reading.sources import text_reader
from sqlward_codegen.server import Server
from sqlward_codegen.understand import understand

SCHEMA = """
CREATE TABLE organizations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL);
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username text NOT NULL UNIQUE,
    email text NOT NULL
);
CREATE TABLE chats (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid REFERENCES organizations (id),
    owner_id uuid REFERENCES users (id),
    parent_id uuid REFERENCES chats (id),
    title text NOT NULL,
    slug text NOT NULL UNIQUE,
    user_acl jsonb NOT NULL DEFAULT '{}',
    group_acl jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE chat_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id uuid NOT NULL REFERENCES chats (id),
    body text NOT NULL
);
CREATE TABLE reactions (
    message_id bigint NOT NULL REFERENCES chat_messages (id),
    emoji text NOT NULL,
    PRIMARY KEY (message_id, emoji)
);
CREATE TABLE site_settings (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE visits (at timestamptz NOT NULL);
CREATE FUNCTION purge() RETURNS int LANGUAGE sql AS 'DELETE FROM chats; SELECT 1';
CREATE FUNCTION shout(message text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT upper(message)';
CREATE VIEW named_chats AS SELECT * FROM chats WHERE title <> '';
"""

RESOURCES = """\
[chats]
resource = "chat"
owner = "owner_id"
organization = "organization_id"
user_acl = "user_acl"
group_acl = "group_acl"
actions = ["create", "read", "update", "delete", "share"]

[chat_messages]
parent = "chats"

[reactions]
parent = "chat_messages"

[users]
resource = "user"
owner = "id"

[organizations]
resource = "organization"
organization = "id"

[site_settings]
resource = "system"
actions = ["read", "update"]
"""

POLICY = """\
def merge_chats(check, *, target, source):
    pass


async def move_message(check, *, id, chat_id):
    pass


def forgets(check, *, ids):
    pass
"""

FETCHES = """\
-- name: GetChat :one
-- authz: read chat
SELECT * FROM chats WHERE id = @id;

-- name: GetChatOfMessage :opt
-- authz: read chat
SELECT c.* FROM chats AS c JOIN chat_messages AS m ON m.chat_id = c.id WHERE m.id = @message_id;

-- name: GetChatBySlug :one
-- authz: read chat
SELECT * FROM chats WHERE slug = @slug;

-- name: GetChatTitle :one
-- authz: none "a fixture"
SELECT id, title FROM chats WHERE id = @id;

"""
"""Queries that every case may fetch by; they are no part of what is shown of it."""


@dataclass(frozen=True)
class Court:
    """A database with the schema in it, and a project's folder."""

    connection: psycopg.Connection[Any]
    catalog: Catalog
    folder: Path

    def judge(
        self,
        text: str,
        resources: str = RESOURCES,
        policy: str = POLICY,
        fetches: str = FETCHES,
    ) -> Authorization:
        """Give the rules of the queries, or what is wrong with them."""
        config = self.project(resources, policy)
        declarations = read_declarations(config)
        statements = [
            with_predicate(statement, declarations.resources)
            for path, content in (("fetches.sql", fetches), ("chats.sql", text))
            for statement in self._statements(path, content)
        ]
        queries = self._understood(statements, config)
        return authorize(queries, declarations, read_policy(config), self.catalog)

    def says(self, text: str, resources: str = RESOURCES, policy: str = POLICY) -> str:
        """Give all that is wrong, as the user sees it; empty where nothing is."""
        (self.folder / "chats.sql").write_text(text)
        found = self.judge(text, resources, policy).diagnostics
        return render(found, text_reader(self.folder), width=100) if found else ""

    def project(self, resources: str, policy: str = POLICY) -> Config:
        """Write the declarations and the policy; gives the configuration."""
        (self.folder / "resources.toml").write_text(resources)
        (self.folder / "policy.py").write_text(policy)
        return Config(
            root=self.folder,
            source=self.folder / "sqlward.toml",
            schema=(),
            queries=(self.folder,),
            output=self.folder / "store",
            layers=("authz",),
            resources=self.folder / "resources.toml",
            policy="policy",
        )

    def _statements(self, path: str, text: str) -> list[Statement]:
        queries, wrong = read_text(text, path)
        assert not wrong, wrong
        return [expand_macros(query) for query in queries]

    def _understood(self, statements: list[Statement], config: Config) -> tuple[Query, ...]:
        locking = locking_statements(statements)
        questions = [Question(s.sql, s.probe) for s in (*statements, *locking)]
        answers = list(ask(self.connection.pgconn, questions))
        queries: list[Query] = []
        for statement, answer in zip(statements, answers, strict=False):
            understood = understand(statement, answer, self.catalog, config)
            if understood.query is None:
                raise CompileError(understood.diagnostics)
            queries.append(understood.query)
        accepted = {
            (s.query.path, s.query.name_span.start): s.sql
            for s, answer in zip(locking, answers[len(statements) :], strict=True)
            if answer.description is not None
        }
        return with_locking(queries, accepted)


@contextmanager
def court(server: Server, folder: Path) -> Iterator[Court]:
    """Give a court over a fresh database."""
    with server.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA)
        yield Court(connection, read_catalog(connection), folder)
