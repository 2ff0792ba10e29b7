"""Which columns of views are never NULL."""

from __future__ import annotations

import psycopg
from sqlward_codegen.asking.catalog_query import read_catalog
from sqlward_codegen.infer.views import with_judged_views
from sqlward_codegen.server import Server

SCHEMA = b"""
CREATE TABLE t (id int PRIMARY KEY, note text);
CREATE VIEW plain AS SELECT id, note, count(*) OVER () AS n FROM t;
CREATE VIEW outer_joined AS SELECT t.id, u.id AS other FROM t LEFT JOIN t AS u ON u.id > t.id;
CREATE VIEW stacked AS SELECT o.id, o.other, p.n FROM outer_joined AS o JOIN plain AS p USING (id);
CREATE MATERIALIZED VIEW kept AS SELECT id, lower(note) AS note FROM t WHERE note IS NOT NULL;
"""


def test_proves_what_the_query_proves(each_postgres: Server) -> None:
    """Columns are judged through the view's query, through views in it too."""
    with each_postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA)
        catalog = with_judged_views(read_catalog(connection))
    not_null = {r.name: [c.name for c in r.columns if c.is_not_null] for r in catalog.relations}

    assert {
        "t": ["id"],
        "plain": ["id", "n"],
        "outer_joined": ["id"],
        "stacked": ["id", "n"],
        "kept": ["id", "note"],
    } == not_null
