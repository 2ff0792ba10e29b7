"""Reading the schema from the server's system tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import psycopg
import pytest
from sqlward_codegen.asking.catalog_query import catalog_fingerprint, read_catalog
from sqlward_codegen.catalog import Catalog, Relation, TypeKind
from sqlward_codegen.server import Server


@contextmanager
def schema(server: Server, ddl: str) -> Iterator[psycopg.Connection]:
    """Give a connection to a scratch database with this schema."""
    with server.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(ddl.encode())
        yield connection


def catalog_of(server: Server, ddl: str) -> Catalog:
    """Give the catalog of a schema."""
    with schema(server, ddl) as connection:
        return read_catalog(connection)


def relation(catalog: Catalog, name: str) -> Relation:
    """Give the relation of that name."""
    return next(r for r in catalog.relations if r.name == name)


def not_null(catalog: Catalog, name: str) -> list[str]:
    """Give the columns of a relation that are never NULL."""
    return [c.name for c in relation(catalog, name).columns if c.is_not_null]


def test_reads_a_table(each_postgres: Server) -> None:
    """Columns come in order, with defaults, identities, array dimensions and comments."""
    catalog = catalog_of(
        each_postgres,
        """CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone int,
               tags text[][] DEFAULT '{}', n int NOT NULL,
               twice int GENERATED ALWAYS AS (n * 2) STORED);
           ALTER TABLE t DROP COLUMN gone;
           COMMENT ON TABLE t IS 'things'; COMMENT ON COLUMN t.n IS 'how many';""",
    )
    table = relation(catalog, "t")
    id, tags, n, twice = table.columns

    assert ("things", ["id", "tags", "n", "twice"]) == (
        table.comment,
        [c.name for c in table.columns],
    )
    assert (True, 2, True, "how many", True) == (
        id.is_identity,
        tags.dimensions,
        tags.has_default,
        n.comment,
        twice.is_generated,
    )
    assert ["id", "n"] == not_null(catalog, "t")


def test_a_child_may_lack_the_constraint(each_postgres: Server) -> None:
    """A parent's NOT NULL says nothing where an inheritance child can hold NULL (up to 17)."""
    ddl = "CREATE TABLE p (a int NOT NULL, b int NOT NULL); CREATE TABLE c () INHERITS (p);"
    if each_postgres.version < 180000:
        ddl += "ALTER TABLE c ALTER a DROP NOT NULL;"
    catalog = catalog_of(each_postgres, ddl)

    assert (["b"] if each_postgres.version < 180000 else ["a", "b"]) == not_null(catalog, "p")


def test_a_constraint_that_is_not_valid_proves_nothing(postgres: Server) -> None:
    """A NOT NULL that was added NOT VALID (18) leaves old NULLs in place."""
    if postgres.version < 180000:
        pytest.skip("NOT NULL constraints can be NOT VALID from PostgreSQL 18 on")
    catalog = catalog_of(
        postgres,
        """CREATE TABLE t (a int); INSERT INTO t VALUES (NULL);
           ALTER TABLE t ADD CONSTRAINT a_not_null NOT NULL a NOT VALID;""",
    )

    assert [] == not_null(catalog, "t")


def test_partitions_keep_the_constraint(each_postgres: Server) -> None:
    """A partitioned table's NOT NULL holds in its partitions."""
    catalog = catalog_of(
        each_postgres,
        """CREATE TABLE t (a int NOT NULL, b int) PARTITION BY LIST (a);
           CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);""",
    )

    assert ["a"] == not_null(catalog, "t")


def test_a_view_proves_nothing_by_itself(each_postgres: Server) -> None:
    """A view's columns are not declared; its query is there to look into."""
    catalog = catalog_of(
        each_postgres, "CREATE TABLE t (a int NOT NULL); CREATE VIEW v AS SELECT * FROM t;"
    )

    assert [] == not_null(catalog, "v")
    assert relation(catalog, "v").oid in catalog.view_by_oid


def test_keys(each_postgres: Server) -> None:
    """Only indexes that make rows unique at all times are keys; conditions come with them."""
    catalog = catalog_of(
        each_postgres,
        """CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE DEFERRABLE, c text, d int);
           CREATE UNIQUE INDEX one_c ON t (lower(c)) WHERE d > 0;
           CREATE UNIQUE INDEX with_more ON t (c) INCLUDE (d);
           CREATE INDEX plain ON t (d);
           CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE child () INHERITS (p);""",
    )
    keys = {key.name: key for key in catalog.keys}

    assert {"t_pkey", "one_c", "with_more"} == set(keys)
    assert ((1,), (3,), (0,)) == (
        keys["t_pkey"].columns,
        keys["with_more"].columns,
        keys["one_c"].columns,
    )
    assert keys["one_c"].expressions is not None
    assert keys["one_c"].predicate is not None


def test_types(each_postgres: Server) -> None:
    """Every kind of type is told apart, and leads to what it is made of."""
    catalog = catalog_of(
        each_postgres,
        """CREATE TYPE mood AS ENUM ('', 'so so'); CREATE DOMAIN positive AS int CHECK (value > 0);
           CREATE TYPE pair AS (a int, b mood[]); CREATE TYPE spans AS RANGE (subtype = numeric);""",
    )
    kinds = {t.name: t.kind for t in catalog.types if t.schema == "public"}
    found = {t.name: t for t in catalog.types}

    assert {
        "mood": TypeKind.ENUM,
        "_mood": TypeKind.ARRAY,
        "positive": TypeKind.DOMAIN,
        "_positive": TypeKind.ARRAY,
        "pair": TypeKind.COMPOSITE,
        "_pair": TypeKind.ARRAY,
        "spans": TypeKind.RANGE,
        "_spans": TypeKind.ARRAY,
    }.items() <= kinds.items()
    assert ("", "so so") == found["mood"].labels
    assert found["mood"].oid == found["_mood"].element_oid
    assert ["a", "b"] == [field.name for field in found["pair"].fields]
    assert found["numeric"].oid == found["spans"].element_oid


def test_the_cache_can_hold_it(postgres: Server) -> None:
    """A catalog comes back from its stored form as it was."""
    catalog = catalog_of(postgres, "CREATE TABLE t (a int PRIMARY KEY CHECK (a > 0))")

    assert catalog == msgspec.msgpack.decode(msgspec.msgpack.encode(catalog), type=Catalog)


def test_the_fingerprint_tells_other_oids(postgres: Server) -> None:
    """A type made anew gets another fingerprint, the same database the same one."""
    with schema(postgres, "CREATE TYPE mood AS ENUM ('a')") as connection:
        first = [catalog_fingerprint(connection), catalog_fingerprint(connection)]
        connection.execute("DROP TYPE mood; CREATE TYPE mood AS ENUM ('a')")

        assert first[0] == first[1] != catalog_fingerprint(connection)


def test_an_empty_schema(postgres: Server) -> None:
    """A database without anything of its own is a catalog of PostgreSQL's types."""
    with postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        catalog = read_catalog(connection)
        fingerprint = catalog_fingerprint(connection)

    assert (0, 0, 32) == (len(catalog.relations), len(catalog.keys), len(fingerprint) // 2)
