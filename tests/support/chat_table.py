"""A table with everything that authorization looks at, and a grant's rows in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb
from sqlward_codegen.server import Server

from sqlward.authz import Grant, IdColumn, Object, Predicate, ResourceColumns, predicate

IdType = Literal["uuid", "text"]


def create(connection: psycopg.Connection[Any], type: IdType) -> None:
    connection.execute(
        f"CREATE TABLE chats (number int PRIMARY KEY, id {type}, owner_id {type},"
        f" organization_id {type}, user_acl jsonb, group_acl jsonb)"
    )


def columns(type: IdType) -> ResourceColumns:
    return ResourceColumns(
        id=IdColumn("c.id", type),
        owner=IdColumn("c.owner_id", type),
        organization=IdColumn("c.organization_id", type),
        user_acl="c.user_acl",
        group_acl="c.group_acl",
    )


def insert(connection: psycopg.Connection[Any], objects: Iterable[Object]) -> None:
    with connection.cursor().copy("COPY chats FROM STDIN") as copy:
        for number, object in enumerate(objects):
            copy.write_row(
                (
                    number,
                    # psycopg writes a UUID without its hyphens.
                    *(
                        id if id is None else str(id)
                        for id in (object.id, object.owner, object.organization)
                    ),
                    Jsonb(object.user_acl),
                    None if object.group_acl is None else Jsonb(object.group_acl),
                )
            )
    connection.execute("ANALYZE chats")


@contextmanager
def database(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with (
        server.database() as dsn,
        psycopg.connect(dsn, autocommit=True, cursor_factory=psycopg.RawCursor) as connection,
    ):
        yield connection


def values(predicate: Predicate, grant: Grant) -> list[Any]:
    return [
        Jsonb(value) if parameter.type == "jsonb" else value
        for parameter, value in zip(predicate.parameters, predicate.values(grant), strict=True)
    ]


def admitted(
    connection: psycopg.Connection[Any], columns: ResourceColumns, grant: Grant
) -> list[int]:
    """Give the rows that a filter by this grant lets through."""
    sql = "SELECT number FROM chats AS c"
    if grant.site_all:
        found = connection.execute(f"{sql} ORDER BY number")
    else:
        where = predicate(columns)
        parameters = values(where, grant)
        found = connection.execute(f"{sql} WHERE {where.sql} ORDER BY number", parameters)
    return [number for (number,) in found]
