"""Macros to `$n`, and the way back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import pq
from sqlward_codegen.model import Statement
from sqlward_codegen.reading.macros import expand_macros
from sqlward_codegen.reading.read import read_text
from sqlward_codegen.server import Server

HEAD = "-- 日本語 before it\n-- name: Probe :many\n"


def expand(sql: str) -> Statement:
    """Expand the macros of one query."""
    (query,), diagnostics = read_text(HEAD + sql, "queries/probe.sql")
    assert [] == diagnostics
    return expand_macros(query)


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        ("SELECT @a, @b, @a", "SELECT $1, $2, $1"),
        ("SELECT @ids::uuid[]", "SELECT $1::uuid[]"),
        ("SELECT sqlc.arg(a)::text, sqlc.arg('a')", "SELECT $1::text, $1"),
        ('SELECT SQLC.Arg("a"), sqlc.narg( a )', "SELECT $1, $1"),
        ("SELECT @a, $1, @b, $3", "SELECT $2, $1, $4, $3"),
        ("SELECT a=@b, c<>@d, e||@f, g->>@h", "SELECT a=$1, c<>$2, e||$3, g->>$4"),
        ("SELECT x WHERE a IN (@b, @c)", "SELECT x WHERE a IN ($1, $2)"),
        ("SELECT @from ORDER BY @order", "SELECT $1 ORDER BY $2"),
        ("SELECT x AT TIME ZONE @zone", "SELECT x AT TIME ZONE $1"),
        ("SELECT x LIKE @p ESCAPE @e LIMIT @l", "SELECT x LIKE $1 ESCAPE $2 LIMIT $3"),
        ("SELECT a OPERATOR(pg_catalog.@>) @b", "SELECT a OPERATOR(pg_catalog.@>) $1"),
        ("SELECT substring(a SIMILAR @p ESCAPE '#')", "SELECT substring(a SIMILAR $1 ESCAPE '#')"),
        (
            "UPDATE t SET a=@b, c = CASE @d WHEN @e THEN @f ELSE @g END",
            "UPDATE t SET a=$1, c = CASE $2 WHEN $3 THEN $4 ELSE $5 END",
        ),
        ("SELECT ARRAY[@a, @b], ROW(@c), (@d)", "SELECT ARRAY[$1, $2], ROW($3), ($4)"),
        ("SELECT NOT @a AND -@b < 0", "SELECT NOT $1 AND -$2 < 0"),
        ("SELECT /* @x */ @a -- @y", "SELECT /* @x */ $1"),
    ],
)
def test_parameters(written: str, sql: str) -> None:
    """Every way to write a parameter becomes its number; the same name has the same number."""
    assert sql == expand(written).sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a @> b, a <@ b, a @@ b, a @? b, a @@@ b",
        "SELECT @ -5, @ a, |/ a, a |@ b",
        "SELECT path @query, (a) @b, 'x' @y, $1 @z, a[1] @b, NULL @c",
        "SELECT a ? 'b', a ?| b, a ?& b",
        "SELECT '@a', \"@a\", $$ @a sqlc.arg(b) $$",
        "SELECT sqlc.arg, sqlc, a.sqlc",
        "SELECT a<@b, a@>b",
    ],
)
def test_operators_and_texts_stay(sql: str) -> None:
    """What only looks like a parameter is left alone."""
    statement = expand(sql)

    assert sql == statement.sql == statement.probe
    assert set() == {p.name for p in statement.parameters} - {None}


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        ("x IN (sqlc.slice(ids))", "x = ANY ($1)"),
        ("x in(sqlc.slice('ids'))", "x = ANY($1)"),
        ("x NOT IN (sqlc.slice(ids))", "x <> ALL ($1)"),
        ("x NOT /* never */ IN ( sqlc.slice(ids) )", "x <> ALL ( $1 )"),
        ("x = ANY (sqlc.slice(ids)::int[])", "x = ANY ($1::int[])"),
        ("cardinality(sqlc.slice(ids)) > 1", "cardinality($1) > 1"),
    ],
)
def test_slices(written: str, sql: str) -> None:
    """A slice is an array parameter, and its IN a comparison with any of its elements."""
    statement = expand(f"SELECT {written}")
    (parameter,) = statement.parameters

    assert f"SELECT {sql}" == statement.sql
    assert ("ids", True) == (parameter.name, parameter.is_slice)


def test_parameter_sources() -> None:
    """A parameter knows its name as written, whether it may be NULL, and all its places."""
    written = "SELECT sqlc.arg(userId), @userId, sqlc.narg(other), @other, $4, sqlc.slice(xs)"
    statement = expand(written)
    found = [(p.number, p.name, p.nullable, p.is_slice) for p in statement.parameters]
    expected = [
        (1, "userId", None, False),
        (2, "other", True, False),
        (3, "xs", None, True),
        (4, None, None, False),
    ]
    places = [
        [(HEAD + written)[s.start : s.end] for s in p.spans] for p in statement.parameters[:2]
    ]

    assert expected == found
    assert [["sqlc.arg(userId)", "@userId"], ["sqlc.narg(other)", "@other"]] == places


@pytest.mark.parametrize(
    ("written", "sql", "probe"),
    [
        (
            "SELECT sqlc.embed(c), sqlc.embed(o), count(*) FROM t",
            "SELECT c.*, o.*, count(*) FROM t",
            'SELECT c AS "sqlward.embed.0", o AS "sqlward.embed.1", count(*) FROM t',
        ),
        (
            'SELECT DISTINCT ON (a, b) sqlc.embed("Chat") FROM t',
            'SELECT DISTINCT ON (a, b) "Chat".* FROM t',
            'SELECT DISTINCT ON (a, b) "Chat" AS "sqlward.embed.0" FROM t',
        ),
        (
            "INSERT INTO t VALUES ($1) RETURNING sqlc.embed(t)",
            "INSERT INTO t VALUES ($1) RETURNING t.*",
            'INSERT INTO t VALUES ($1) RETURNING t AS "sqlward.embed.0"',
        ),
        (
            "INSERT INTO t (a) SELECT b FROM u RETURNING a, sqlc.embed(t)",
            "INSERT INTO t (a) SELECT b FROM u RETURNING a, t.*",
            'INSERT INTO t (a) SELECT b FROM u RETURNING a, t AS "sqlward.embed.0"',
        ),
        (
            "WITH x AS (SELECT 1) SELECT a IS DISTINCT FROM b, sqlc.embed(x) FROM x",
            "WITH x AS (SELECT 1) SELECT a IS DISTINCT FROM b, x.* FROM x",
            'WITH x AS (SELECT 1) SELECT a IS DISTINCT FROM b, x AS "sqlward.embed.0" FROM x',
        ),
    ],
)
def test_embeds(written: str, sql: str, probe: str) -> None:
    """An embed runs as all columns, and is analysed as one."""
    statement = expand(written)

    assert (sql, probe) == (statement.sql, statement.probe)


def test_embed_names() -> None:
    """An embed keeps the relation's name without quotes, and its place."""
    written = 'SELECT sqlc.embed("My Chat") FROM "My Chat"'
    (embed,) = expand(written).embeds
    place = (HEAD + written)[embed.span.start : embed.span.end]

    assert ("My Chat", "sqlward.embed.0") == (embed.relation, embed.alias)
    assert 'sqlc.embed("My Chat")' == place


def test_every_offset_leads_back() -> None:
    """Verbatim characters map to themselves, rewritten ones to the macro they stand for."""
    written = "SELECT 'é', sqlc.arg(first), @b, x NOT IN (sqlc.slice(ids)), sqlc.embed(t) FROM t"
    statement = expand(written)
    text = HEAD + written
    for sql, source in ((statement.sql, statement.sql_map), (statement.probe, statement.probe_map)):
        for offset, character in enumerate(sql):
            span = source.span(offset)
            quoted = text[span.start : span.end]
            assert quoted == character or quoted.startswith(("sqlc.", "@", "NOT IN"))


@pytest.fixture(scope="module")
def connection(postgres: Server) -> Iterator[psycopg.Connection]:
    """A connection to an empty scratch database."""
    with postgres.database() as dsn, psycopg.connect(dsn) as connection:
        yield connection


@pytest.mark.parametrize(
    "written",
    [
        "SELECT 'é日本', ¶missing¶",
        "SELECT @aaaaaaaaaaaaaaaa::int, ¶missing¶",
        "SELECT sqlc.arg(a)::int,\r\n sqlc.narg('é')::text, ¶missing¶",
        "SELECT 1 WHERE 1 IN (sqlc.slice(ids)) AND ¶missing¶",
        "SELECT 1 WHERE 1 NOT IN (sqlc.slice(ids)) AND 'é' = ¶missing¶",
        "SELECT 1 + ¶sqlc.arg(a)¶::nothing",
    ],
)
def test_positions_of_postgresql(connection: psycopg.Connection, written: str) -> None:
    """Where PostgreSQL says that it is wrong is found in the user's file."""
    before, wrong, after = written.split("¶")
    statement = expand(before + wrong + after)
    result = connection.pgconn.prepare(b"", statement.sql.encode())
    position = result.error_field(pq.DiagnosticField.STATEMENT_POSITION)
    connection.rollback()
    assert position is not None
    start = statement.sql_map.span(int(position) - 1).start
    expected = len(HEAD + before) + (len(f"{wrong}::") if after else 0)

    assert expected == start
