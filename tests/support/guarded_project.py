"""A small project with the authorization layer, generated, imported and run."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import psycopg
from court import RESOURCES, SCHEMA
from project import Project

SETTINGS = """\
schema = "schema/schema.sql"
queries = "queries"
output = "src/guarded/generated"
layers = ["authz"]
policy = "guarded.policy"
"""

POLICY = '''\
"""The rules that no directive can say."""

from uuid import UUID

from sqlward.authz import Object

ACME = UUID(int=0xACE)


def move_messages(check, *, target, source):
    if not check.subject.roles:
        raise check.deny()


def move_messages_fetching(check, *, target, source):
    for id in (source, target):
        chat = check.store.get_chat(id)
        if chat.owner_id != check.subject.id:
            raise check.deny()


async def move_messages_async(check, *, target, source):
    for id in (source, target):
        chat = await check.store.get_chat(id)
        if chat.owner_id != check.subject.id:
            raise check.deny()


def title_lengths(check):
    check.authorize("read", Object("chat", organization=ACME))
'''

QUERIES = """\
-- name: InsertChat :one
-- authz: create chat(id=@id, owner=@owner_id, organization=@organization_id)
INSERT INTO chats (id, organization_id, owner_id, title, slug)
VALUES (@id, @organization_id, @owner_id, @title, @slug) RETURNING *;

-- name: ImportChats :copyfrom
-- authz: create chat(owner=@owner_id)
INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug);

-- name: InsertChats :batchone
-- authz: create chat(owner=@owner_id)
INSERT INTO chats (owner_id, title, slug) VALUES (@owner_id, @title, @slug) RETURNING id;

-- name: GetChat :one
-- authz: read chat
SELECT * FROM chats WHERE id = @id;

-- name: FindChat :opt
-- authz: read chat
SELECT sqlc.embed(chats), users.username FROM chats JOIN users ON users.id = chats.owner_id
WHERE slug = @slug;
-- exposes: user(username)

-- name: ListChats :many
-- authz: read chat
SELECT * FROM chats ORDER BY id;

-- name: IterChats :iter
-- authz: read chat
SELECT id, title, owner_id, organization_id, group_acl, user_acl FROM chats ORDER BY id;

-- name: PageChats :many
-- authz: filter read chat
SELECT id FROM chats AS c WHERE sqlward.authorized(c) AND id > @after ORDER BY id LIMIT @n;

-- name: StreamChats :iter
-- authz: filter read chat
SELECT id FROM chats AS c WHERE sqlward.authorized(c) ORDER BY id;

-- name: CountChats :one
-- authz: filter read chat
SELECT count(*) FROM chats WHERE sqlward.authorized(chats);

-- name: FindAuthorizedChat :one
-- authz: filter read chat
SELECT id, title FROM chats WHERE id = @id AND sqlward.authorized(chats);

-- name: FindMaybeChat :opt
-- authz: filter read chat
SELECT id, title FROM chats WHERE id = @id AND sqlward.authorized(chats);

-- name: RenameChat :one
-- authz: guard update chat
UPDATE chats SET title = @title WHERE id = @id AND sqlward.authorized(chats) RETURNING title;

-- name: RenameMaybe :opt
-- authz: guard update chat
UPDATE chats SET title = @title WHERE id = @id AND sqlward.authorized(chats) RETURNING title;

-- name: TouchChat :exec
-- authz: guard update chat
UPDATE chats SET title = title || @suffix WHERE id = @id AND sqlward.authorized(chats);

-- name: TouchChats :execrows
-- authz: guard update chat
UPDATE chats SET title = title || @suffix
WHERE id = ANY (sqlc.slice(ids)) AND sqlward.authorized(chats);

-- name: TouchResult :execresult
-- authz: guard update chat
UPDATE chats SET title = title || @suffix WHERE id = @id AND sqlward.authorized(chats);

-- name: TouchMany :many
-- authz: guard update chat
UPDATE chats SET title = title || @suffix
WHERE id = ANY (sqlc.slice(ids)) AND sqlward.authorized(chats) RETURNING id;

-- name: DeleteChat :exec
-- authz: delete chat via GetChat(id=@id)
DELETE FROM chats WHERE id = @id;

-- name: RenameVia :one
-- authz: update chat via GetChat(id=@id)
UPDATE chats SET title = @title WHERE id = @id RETURNING title;

-- name: GetChatOfMessage :opt
-- authz: read chat
SELECT c.* FROM chats AS c JOIN chat_messages AS m ON m.chat_id = c.id WHERE m.id = @message_id;

-- name: AddMessage :one
-- authz: update chat via GetChat(id=@chat_id)
INSERT INTO chat_messages (chat_id, body) VALUES (@chat_id, @body) RETURNING id;

-- name: EditMessage :execrows
-- authz: update chat via GetChatOfMessage(message_id=@id)
UPDATE chat_messages SET body = @body WHERE id = @id;

-- name: ListMessages :many
-- authz: read chat via GetChat(id=@chat_id)
SELECT id, body FROM chat_messages WHERE chat_id = @chat_id ORDER BY id LIMIT 100;

-- name: IterMessages :iter
-- authz: read chat via GetChat(id=@chat_id)
SELECT body FROM chat_messages WHERE chat_id = @chat_id ORDER BY id;

-- name: SetSetting :exec
-- authz: update system
INSERT INTO site_settings (key, value) VALUES (@key, @value)
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value;

-- name: MoveMessages :execrows
-- authz: custom
UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;

-- name: MoveMessagesAsync :execrows
-- authz: custom
UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;

-- name: MoveMessagesFetching :execrows
-- authz: custom
UPDATE chat_messages SET chat_id = @target WHERE chat_id = @source;

-- name: TitleLengths :many
-- authz: custom
SELECT length(title) FROM chats ORDER BY 1;

-- name: Ping :one
-- authz: none "health check"
SELECT 1 AS up;

-- name: DivideByZero :one
-- authz: none "fails"
SELECT 1 / @zero::int AS nothing;
"""


def guarded_project(folder: Path) -> Project:
    """Give the project, not generated yet."""
    return Project(folder).write(
        {
            "sqlward.toml": SETTINGS,
            "schema/schema.sql": SCHEMA,
            "schema/resources.toml": RESOURCES,
            "queries/chats.sql": QUERIES,
            "src/guarded/__init__.py": "",
            "src/guarded/policy.py": POLICY,
        }
    )


def imported(folder: Path) -> ModuleType:
    """Give the generated package; `policy` is the application's module."""
    sys.path.insert(0, str(folder / "src"))
    try:
        package = importlib.import_module("guarded.generated")
        package.__dict__["policy"] = importlib.import_module("guarded.policy")
    finally:
        sys.path.pop(0)
    return package


class Calls:
    """A store's methods by name, all of them plain functions: async ones run to their end."""

    def __init__(self, store: Any, runner: asyncio.Runner) -> None:
        self.store = store
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            return self._done(getattr(self.store, name)(*args, **kwargs))

        return call

    def acting_as(self, subject: Any) -> Calls:
        """Give the calls of the store with that subject acting."""
        return Calls(self.store.acting_as(subject), self._runner)

    def _done(self, result: Any) -> Any:
        if inspect.isawaitable(result):
            return self._runner.run(_awaited(result), context=copy_context())
        if inspect.isasyncgen(result):
            return self._runner.run(_listed(result), context=copy_context())
        return list(result) if inspect.isgenerator(result) or _is_iterator(result) else result


def _is_iterator(value: Any) -> bool:
    return hasattr(value, "__next__")


async def _awaited(value: Any) -> Any:
    return await value


async def _listed(rows: Any) -> list[Any]:
    return [row async for row in rows]


@contextmanager
def guarded_store(
    kind: str, package: ModuleType, dsn: str, authorizer: Any
) -> Iterator[tuple[Calls, Calls]]:
    """Give the bare store and the one behind authorization, of that kind: `sync` or `async`."""
    with asyncio.Runner() as runner:
        if kind == "sync":
            with psycopg.connect(dsn, autocommit=True) as connection:
                bare = package.SqlStore(connection)
                guarded = package.AuthzStore(bare, authorizer, package.policy)
                yield Calls(bare, runner), Calls(guarded, runner)
            return
        opened = runner.run(psycopg.AsyncConnection.connect(dsn, autocommit=True))
        bare = package.AsyncSqlStore(opened)
        guarded = package.AsyncAuthzStore(bare, authorizer, package.policy)
        yield Calls(bare, runner), Calls(guarded, runner)
        runner.run(opened.close())


def an_id(number: int) -> UUID:
    """Give an id that is easy to tell from others."""
    return UUID(int=number)
