"""What names stand for: range tables, Vars through joins, sub-queries, CTEs and views."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from infer.truth import CASES, Oracle
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.infer.scope import (
    Command,
    EntryKind,
    JoinKind,
    Meaning,
    Scope,
    output,
    query_column,
)
from sqlward_codegen.server import Server
from sqlward_codegen.tree import Node, queries, read_tree


@pytest.fixture(scope="module")
def oracle(each_postgres: Server) -> Iterator[Oracle]:
    """A database with the schema of `cases/world.sql`, on each installed major."""
    with each_postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute((CASES / "world.sql").read_bytes())
        yield Oracle(connection)


def _scope(oracle: Oracle, sql: str) -> Scope:
    (query,) = queries(read_tree(oracle.tree(sql)))
    return Scope.of(query, oracle.catalog)


def _column(scope: Scope, number: int) -> Node:
    expression = output(scope.query)[number - 1].node("expr")
    assert expression is not None
    return expression


def _origin(meaning: Meaning) -> str:
    """Give the table column that an expression comes to, through any number of steps."""
    steps = meaning.scope.meaning(meaning.expression)
    if steps:
        return ", ".join(sorted({_origin(step) for step in steps}))
    place = meaning.scope.resolve(meaning.expression) if meaning.expression.tag == "VAR" else None
    relation = place.scope.relation(place.entry) if place else None
    if place is None or relation is None:
        return meaning.expression.tag
    return f"{relation.name}.{place.entry.column_name(place.attribute)}"


@pytest.mark.parametrize(
    ("sql", "origin"),
    [
        ("SELECT name FROM users", "users.name"),
        ("SELECT q.n FROM (SELECT name AS n FROM users) q", "users.name"),
        (
            "SELECT n FROM (SELECT name FROM users UNION SELECT title FROM posts) q (n)",
            "posts.title, users.name",
        ),
        ("WITH q (n) AS (SELECT name FROM users) SELECT n FROM q", "users.name"),
        ("SELECT a FROM (users u CROSS JOIN posts p) AS j (a)", "users.id"),
        ("SELECT id FROM users FULL JOIN posts USING (id)", "COALESCEEXPR"),
        ("SELECT x FROM (VALUES (1), (2)) v (x)", "CONST"),
        ("SELECT name FROM simple", "users.name"),
        ("SELECT email FROM stored", "users.email"),
        ("SELECT l.n FROM users u, LATERAL (SELECT u.name AS n) l", "users.name"),
        ("SELECT email FROM users GROUP BY email", "users.email"),
        ("SELECT n FROM generate_series(1, 2) n", "FUNCEXPR"),
        ("DELETE FROM users RETURNING name", "users.name"),
    ],
)
def test_a_column_is_followed(oracle: Oracle, sql: str, origin: str) -> None:
    """A Var leads, step by step, to the expressions or the table columns it stands for."""
    scope = _scope(oracle, sql)

    assert _origin(Meaning(scope, _column(scope, 1))) == origin


def test_outer_columns_are_found_levels_up(oracle: Oracle) -> None:
    """A Var of a sub-link that names the query outside is resolved there."""
    scope = _scope(oracle, "SELECT (SELECT u.name FROM posts) FROM users u")
    inner = scope.child(_sub_query(_column(scope, 1)))
    place = inner.resolve(_column(inner, 1))

    assert place is not None
    assert (place.scope, place.entry.alias, place.attribute) == (scope, "u", 2)


def _sub_query(sub_link: Node) -> Node:
    query = sub_link.node("subselect")
    assert query is not None
    return query


def test_a_scope_is_made_once(oracle: Oracle) -> None:
    """The scope of one sub-query is the same object each time."""
    scope = _scope(oracle, "SELECT (SELECT 1)")
    query = _sub_query(_column(scope, 1))

    assert scope.child(query) is scope.child(query)


@pytest.mark.parametrize(
    ("joins", "expected"),
    [
        ("users a JOIN posts b ON true", {"a": [], "b": []}),
        ("users a LEFT JOIN posts b ON true", {"a": [], "b": [JoinKind.LEFT]}),
        ("users a RIGHT JOIN posts b ON true", {"a": [JoinKind.RIGHT], "b": []}),
        ("users a FULL JOIN posts b ON a.id = b.id", {"a": [JoinKind.FULL], "b": [JoinKind.FULL]}),
        (
            "users a LEFT JOIN (posts b FULL JOIN comments c ON b.id = c.id) ON true",
            {"a": [], "b": [JoinKind.LEFT, JoinKind.FULL], "c": [JoinKind.LEFT, JoinKind.FULL]},
        ),
    ],
)
def test_sides_of_outer_joins(
    oracle: Oracle, joins: str, expected: dict[str, list[JoinKind]]
) -> None:
    """For each table, the joins that can leave its row out are known, outermost first."""
    scope = _scope(oracle, f"SELECT 1 FROM {joins}")
    tables = [entry for entry in scope.entries if entry.kind == EntryKind.RELATION]
    found = {e.alias: [j.kind for j in scope.outer_joins(e.index)] for e in tables}

    assert found == expected


def test_a_recursive_cte_is_told_apart(oracle: Oracle) -> None:
    """A CTE that reads itself is recursive, and both of its names lead to it."""
    sql = "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    scope = _scope(oracle, sql)
    cte = scope.cte(scope.entries[0])
    assert cte is not None
    inner = cte.scope.branches()[1]
    again = inner.cte(inner.entries[0])

    assert (cte.name, cte.is_recursive) == ("r", True)
    assert again is not None
    assert again.scope is cte.scope


def test_branches_of_a_set_operation(oracle: Oracle) -> None:
    """The leaves of nested set operations are given from left to right."""
    scope = _scope(oracle, "(SELECT 1 UNION SELECT 2) EXCEPT SELECT id FROM users")
    first = [query_column(branch, 1)[0].expression.tag for branch in scope.branches()]

    assert first == ["CONST", "CONST", "VAR"]


@pytest.mark.parametrize(
    ("sql", "command", "columns"),
    [
        ("SELECT 1, 2", Command.SELECT, 2),
        ("INSERT INTO nothing VALUES (1, 'x') RETURNING id", Command.INSERT, 1),
        ("UPDATE nothing SET v = 'y'", Command.UPDATE, 0),
        ("DELETE FROM nothing RETURNING *", Command.DELETE, 2),
        ("SELECT name FROM users ORDER BY id", Command.SELECT, 1),
    ],
)
def test_output(oracle: Oracle, sql: str, command: Command, columns: int) -> None:
    """The result's columns are those of the target list, or of RETURNING."""
    scope = _scope(oracle, sql)

    assert (scope.command, len(output(scope.query))) == (command, columns)


def test_what_is_unknown_is_no_error() -> None:
    """Nodes of a later PostgreSQL are unknown, not a failure."""
    catalog = Catalog(180000, (), (), (), (), (), ())
    entry = Node("RANGETBLENTRY", {"rtekind": "42"})
    scope = Scope.of(Node("QUERY", {"commandType": "99", "rtable": [entry]}), catalog)

    assert (scope.command, scope.entries[0].kind) == (Command.UNKNOWN, EntryKind.UNKNOWN)
    assert scope.resolve(Node("VAR", {"varno": "7"})) is None
