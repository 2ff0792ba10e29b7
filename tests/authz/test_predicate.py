"""The filter in SQL against the engine: the same rows, and by index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import md5
from typing import Any
from uuid import UUID

import chat_table
import psycopg
import pytest
from chat_table import IdType
from random_world import ACTIONS, OBJECTS, ORGANIZATIONS, STRANGE, USERS, World
from sqlward_codegen.server import Server

from sqlward.authz import (
    EVERYTHING,
    Engine,
    Object,
    OrganizationPermissions,
    Permission,
    ResourceColumns,
    Role,
    Scope,
    Subject,
    allow,
    predicate,
)

ENGINE = Engine()
ROWS = 10_000


def random_rows(type: IdType) -> list[Object]:
    """Random chats; those of a uuid table hold what such a column can."""
    world = World(1234)
    rows: list[Object] = []
    while len(rows) < ROWS:
        row = replace(world.object(), type="chat", any_organization=False)
        if type == "uuid" and any(id in STRANGE for id in (row.id, row.owner, row.organization)):
            continue
        rows.append(row)
    return rows


@pytest.fixture(scope="module", params=["uuid", "text"])
def table(
    postgres: Server, request: pytest.FixtureRequest
) -> Iterator[tuple[psycopg.Connection[Any], IdType, list[Object]]]:
    """A table of random rows, its connection, and the rows as objects."""
    type: IdType = request.param
    rows = random_rows(type)
    with chat_table.database(postgres) as connection:
        chat_table.create(connection, type)
        chat_table.insert(connection, rows)
        yield connection, type, rows


Table = tuple[psycopg.Connection[Any], IdType, list[Object]]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
def test_admits_what_the_engine_allows(table: Table, mode: str) -> None:
    """For random subjects the filter admits exactly the rows that the engine allows."""
    connection, type, rows = table
    connection.execute(f"SET plan_cache_mode = {mode}")
    world = World(4321)
    different = []
    shares = []
    for _ in range(60):
        subject, action = world.subject(), world.random.choice(ACTIONS)
        expected = allowed_rows(subject, action, rows)
        grant = ENGINE.grant(subject, action, "chat")
        found = chat_table.admitted(connection, chat_table.columns(type), grant)
        shares.append(len(expected) / ROWS)
        if found != expected or (grant.never and expected):
            different.append((subject, action))

    assert [] == different
    assert sum(0 < share < 1 for share in shares) > 20


def allowed_rows(subject: Subject, action: str, rows: list[Object]) -> list[int]:
    return [n for n, row in enumerate(rows) if ENGINE.allows(subject, action, row)]


@pytest.mark.parametrize(
    "missing",
    [
        ("user_acl",),
        ("group_acl",),
        ("owner",),
        ("organization",),
        ("user_acl", "group_acl"),
        ("owner", "organization", "user_acl", "group_acl"),
        ("organization", "user_acl", "group_acl"),
    ],
    ids=" ".join,
)
def test_admits_the_same_without_some_columns(table: Table, missing: tuple[str, ...]) -> None:
    """A resource that has no such column is an object that has no such value."""
    connection, type, rows = table
    absent: dict[str, Any] = dict.fromkeys(missing)
    columns = replace(chat_table.columns(type), **absent)
    rows = [replace(row, **absent) for row in rows]
    world = World(77)
    different = []
    for _ in range(12):
        subject, action = world.subject(), world.random.choice(ACTIONS)
        expected = allowed_rows(subject, action, rows)
        grant = ENGINE.grant(subject, action, "chat")
        found = chat_table.admitted(connection, columns, grant)
        never = grant.never_without_acls if has_no_acl(columns) else grant.never
        if found != expected or (never and expected):
            different.append((subject, action))

    assert [] == different


def has_no_acl(columns: ResourceColumns) -> bool:
    return columns.user_acl is None and columns.group_acl is None


def test_admits_nothing_where_no_filter_belongs(table: Table) -> None:
    """Used by mistake for a subject who may see all, the predicate never admits too much."""
    connection, type, _ = table
    grant = ENGINE.grant(Subject(USERS[0], (Role("owner", allow("*", "*")),)), "read", "chat")
    where = predicate(chat_table.columns(type))
    found = connection.execute(
        f"SELECT count(*) FROM chats AS c WHERE {where.sql}", chat_table.values(where, grant)
    ).fetchone()

    assert grant.site_all
    assert found is not None
    assert found[0] < ROWS


def test_parameters_follow_the_statement() -> None:
    """The predicate's first parameter takes the number that it is given."""
    where = predicate(ResourceColumns(id=chat_table.columns("uuid").id), first=4)

    assert ["listed", "everywhere"] == [parameter.name for parameter in where.parameters]
    assert "((c.id = ANY($4::uuid[]))\nAND ($5::boolean))" == where.sql


def test_listed_ids_are_the_only_candidates() -> None:
    """A scope that lists ids lets the filter look at nothing else."""
    scope = Scope(site=EVERYTHING.site, allow_list=(f"chat:{OBJECTS[0]}", "group:*"))
    subject = Subject(USERS[0], (Role("owner", allow("*", "*")),), scope=scope)
    where = predicate(chat_table.columns("uuid"))
    grant = ENGINE.grant(subject, "read", "chat")
    named = dict(zip((p.name for p in where.parameters), where.values(grant), strict=True))

    assert [[OBJECTS[0]], [], None, None, []] == [
        named[name] for name in ("listed", "near", "near_owner", "near_user", "near_keys")
    ]
    assert named["everywhere"]


MIXED = UUID("abcdefab-cdef-abcd-efab-cdefabcdefab")
CASES = [
    str(MIXED)[:start] + str(MIXED)[start:end].upper() + str(MIXED)[end:]
    for start, end in ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36), (0, 36))
]


@pytest.mark.parametrize("id", [*CASES, MIXED.hex, f"{{{MIXED}}}", f"{MIXED}\n", "system:job"])
def test_only_the_usual_text_is_a_uuid(id: str) -> None:
    """Another spelling is another id: for the engine, and in a uuid column nobody's."""
    entry = OrganizationPermissions(id, allow("chat", "read"), allow("chat", "read"))
    scope = Scope(EVERYTHING.site, allow_list=(f"chat:{id}",))
    role = Role("member", organizations=(entry,), user=allow("chat", "read"))
    grant = ENGINE.grant(Subject(id, (role,), scope=scope), "read", "chat")
    where = predicate(chat_table.columns("uuid"))
    values = where.values(grant), where.values(replace(grant, listed=None))
    sent = [
        value
        for each in values
        for parameter, value in zip(where.parameters, each, strict=True)
        if parameter.type in ("uuid", "uuid[]")
    ]

    assert [] == [value for value in sent if value]
    assert not ENGINE.allows(Subject(id, (role,)), "read", Object("chat", owner=MIXED))
    assert not ENGINE.allows(Subject(id, (role,)), "read", Object("chat", organization=MIXED))
    assert ENGINE.allows(Subject(id, (role,)), "read", Object("chat", organization=id))


MEMBER = Role(
    "member",
    organizations=(OrganizationPermissions(ORGANIZATIONS[0], member=allow("chat", "read")),),
    user=allow("chat", "read"),
)
SOMEBODY = UUID(md5(b"7").hexdigest())
FEW = {
    "own and shared": Subject(SOMEBODY, (MEMBER,), groups=(UUID(md5(b"201").hexdigest()),)),
    "one organization": Subject(
        USERS[0],
        (
            Role(
                "admin",
                organizations=(OrganizationPermissions(ORGANIZATIONS[0], allow("chat", "read")),),
            ),
        ),
    ),
    "a list of a scope": Subject(
        USERS[0],
        (Role("owner", (Permission("*", "*"),)),),
        scope=Scope(EVERYTHING.site, allow_list=(f"chat:{OBJECTS[0]}", f"chat:{UUID(int=500)}")),
    ),
    "nothing but what is shared": Subject(USERS[0]),
}


@pytest.fixture(scope="module", params=[1, 40, 2_000], ids=lambda count: f"{count} organizations")
def large_table(
    each_postgres: Server, request: pytest.FixtureRequest
) -> Iterator[psycopg.Connection[Any]]:
    """100,000 chats of 5,000 owners; the subject's organization holds 20 of them."""
    with chat_table.database(each_postgres) as connection:
        chat_table.create(connection, "uuid")
        connection.execute(
            """
            INSERT INTO chats
            SELECT n, lpad(to_hex(n), 32, '0')::uuid, md5((n % 5000)::text)::uuid,
                   CASE WHEN n <= 20 THEN $1::uuid ELSE md5((n % $2)::text)::uuid END,
                   CASE WHEN n % 50 = 0 THEN jsonb_build_object(md5((n % 700)::text), '["read"]')
                        ELSE '{}' END,
                   CASE WHEN n % 50 = 1 THEN jsonb_build_object(md5((n % 900)::text), '["read"]')
                        ELSE '{}' END
            FROM generate_series(1, 100000) AS n
            """,
            [ORGANIZATIONS[0], request.param],
        )
        for index in (
            "btree (id)",
            "btree (owner_id)",
            "btree (organization_id)",
            "gin (user_acl)",
            "gin (group_acl)",
        ):
            connection.execute(f"CREATE INDEX ON chats USING {index}")
        connection.execute("VACUUM ANALYZE chats")
        yield connection


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("subject", FEW.values(), ids=FEW.keys())
def test_few_rows_are_found_by_index(
    large_table: psycopg.Connection[Any], subject: Subject, mode: str
) -> None:
    """For a subject who may see few of 100,000 rows no plan reads the whole table."""
    connection = large_table
    connection.execute(f"SET plan_cache_mode = {mode}")
    where = predicate(chat_table.columns("uuid"))
    types = ", ".join(parameter.type for parameter in where.parameters)
    connection.execute(f"PREPARE list ({types}) AS SELECT * FROM chats AS c WHERE {where.sql}")
    try:
        plan = explain(connection, chat_table.values(where, ENGINE.grant(subject, "read", "chat")))
    finally:
        connection.execute("DEALLOCATE list")

    assert "Seq Scan" not in plan
    assert "BitmapOr" in plan or "Index Scan" in plan
    assert read_buffers(plan) < 200


def explain(connection: psycopg.Connection[Any], values: list[Any]) -> str:
    literals = ", ".join(psycopg.sql.Literal(value).as_string(connection) for value in values)
    rows = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE list({literals})")
    return "\n".join(line for (line,) in rows)


def read_buffers(plan: str) -> int:
    """The shared buffers that the topmost node touched."""
    line = next(line for line in plan.splitlines() if "Buffers: shared" in line)
    return sum(int(part.partition("=")[2]) for part in line.split() if "=" in part)
