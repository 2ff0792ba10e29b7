"""Simple reads of one table: by key, by unique key, lists, pages, counts."""

from __future__ import annotations

from random import Random

from benchmarks.service.query import (
    Maker,
    Query,
    by_key,
    equal,
    list_of,
    many,
    one,
    pascal,
    pick,
    present,
    typed,
    words,
)
from benchmarks.service.schema import Schema, Table


def get(schema: Schema, table: Table, rng: Random) -> Query | None:
    sql = f"SELECT * FROM {table.name}\nWHERE {by_key(table)}"
    return Query(f"Get{one(table)}", "one", sql)


def get_by_unique(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not table.unique:
        return None
    names = rng.choice(table.unique)
    suffix = "And".join(pascal(name) for name in names)
    sql = f"SELECT * FROM {table.name}\nWHERE {equal(table, names)}"
    return Query(f"Get{one(table)}By{suffix}", "one", sql)


def list_by_reference(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"""SELECT * FROM {table.name}
WHERE {column.name} = @{column.name}{present(table)}
ORDER BY {table.order}"""
    return Query(
        f"List{many(table)}By{pascal(column.name)}",
        "many",
        sql,
        f"Gives the {words(table)}, newest first.",
    )


def list_page(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None or table.key != ("id",):
        return None
    id_type = table.column_by_name["id"].type
    sql = f"""SELECT * FROM {table.name}
WHERE {column.name} = @{column.name}
  AND ({table.newest}, id) < (@before::timestamptz, @before_id::{id_type}){present(table)}
ORDER BY {table.order}
LIMIT @page_size"""
    name = f"List{many(table)}PageBy{pascal(column.name)}"
    return Query(name, "many", sql, "The page that ends before the given row.")


def list_by_enum(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, (c for c in table.columns if c.is_enum))
    if column is None:
        return None
    label = rng.choice(schema.enum_by_name[column.type].labels)
    any_of = rng.random() < 0.5
    condition = (
        f"{column.name} = ANY(@{column.name}_list::{column.type}[])"
        if any_of
        else f"{column.name} = '{label}'"
    )
    sql = f"""SELECT * FROM {table.name}
WHERE {condition}{present(table)}
ORDER BY {table.order}
LIMIT @max_rows OFFSET @skip_rows"""
    word = f"By{pascal(column.name)}" if any_of else f"{pascal(column.name)}Is{_camel(label)}"
    return Query(f"List{many(table)}{word}", "many", sql)


def list_by_ids(schema: Schema, table: Table, rng: Random) -> Query | None:
    if table.key != ("id",):
        return None
    id_type = table.column_by_name["id"].type
    sql = f"SELECT * FROM {table.name}\nWHERE id = ANY(@ids::{id_type}[])\nORDER BY id"
    return Query(f"List{many(table)}ByIDs", "many", sql)


def count(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return Query(f"Count{many(table)}", "one", f"SELECT count(*) FROM {table.name}")
    sql = f"""SELECT count(*) FROM {table.name}
WHERE {column.name} = @{column.name}{present(table)}"""
    return Query(f"Count{many(table)}By{pascal(column.name)}", "one", sql)


def exists(schema: Schema, table: Table, rng: Random) -> Query | None:
    sql = f"""SELECT EXISTS (
    SELECT 1 FROM {table.name}
    WHERE {by_key(table)}
) AS found"""
    return Query(f"{one(table)}Exists", "one", sql)


def search(schema: Schema, table: Table, rng: Random) -> Query | None:
    text = pick(rng, (c for c in typed(table, "text") if not c.nullable))
    if text is None:
        return None
    conditions = [f"{text.name} ILIKE '%' || @needle::text || '%'"]
    for column in (*table.references[:2], *(c for c in table.columns if c.is_enum)):
        parameter = f"sqlc.narg('{column.name}')::{column.type}"
        conditions.append(f"({parameter} IS NULL OR {column.name} = {parameter})")
    conditions.append("created_at >= @since AND created_at < @until")
    where = "\n  AND ".join(conditions)
    sql = f"""SELECT * FROM {table.name}
WHERE {where}{present(table)}
ORDER BY {table.order}
LIMIT @max_rows"""
    doc = f"Searches {words(table)} by {text.name}; a filter that is not given admits all."
    return Query(f"Search{many(table)}", "many", sql, doc)


def latest(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"""SELECT * FROM {table.name}
WHERE {column.name} = @{column.name}{present(table)}
ORDER BY {table.order}
LIMIT 1"""
    return Query(f"GetLatest{one(table)}By{pascal(column.name)}", "one", sql)


def some_columns(schema: Schema, table: Table, rng: Random) -> Query | None:
    columns = rng.sample(table.columns, min(len(table.columns), rng.randint(3, 6)))
    ordered = [c.name for c in table.columns if c in columns]
    sql = f"""SELECT
{list_of(ordered)}
FROM {table.name}
ORDER BY {table.order}"""
    return Query(f"List{one(table)}Summaries", "many", sql)


def containing(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, typed(table, "jsonb", "text[]", "uuid[]"))
    if column is None:
        return None
    operator = "@>" if column.type == "jsonb" else "&&"
    sql = f"""SELECT * FROM {table.name}
WHERE {column.name} {operator} sqlc.arg('{column.name}')::{column.type}{present(table)}
ORDER BY {table.order}"""
    return Query(f"List{many(table)}With{pascal(column.name)}", "many", sql)


def computed(schema: Schema, table: Table, rng: Random) -> Query | None:
    text = pick(rng, typed(table, "text"))
    if text is None:
        return None
    sql = f"""SELECT {", ".join(table.key)}, lower({text.name}) AS folded,
    COALESCE(nullif({text.name}, ''), 'unnamed') AS label,
    CASE WHEN created_at > now() - interval '7 days' THEN 'new' ELSE 'old' END AS age
FROM {table.name}
WHERE {text.name} LIKE @prefix::text || '%'
ORDER BY {text.name}, {", ".join(table.key)}"""
    return Query(f"List{one(table)}{pascal(text.name)}Labels", "many", sql)


def lock(schema: Schema, table: Table, rng: Random) -> Query | None:
    if rng.random() < 0.5:
        sql = f"SELECT * FROM {table.name}\nWHERE {by_key(table)}\nFOR UPDATE"
        return Query(f"Lock{one(table)}", "one", sql, "Holds the row until the transaction ends.")
    sql = f"""SELECT * FROM {table.name}
WHERE updated_at < @stale_before
ORDER BY {table.order}
LIMIT @max_rows
FOR UPDATE SKIP LOCKED"""
    return Query(f"Acquire{many(table)}", "many", sql, "Takes rows that nobody else works on.")


def _camel(label: str) -> str:
    return pascal(label.replace("-", "_"))


MAKERS: tuple[tuple[Maker, int], ...] = (
    (get, 8),
    (get_by_unique, 4),
    (list_by_reference, 9),
    (list_page, 2),
    (list_by_enum, 3),
    (list_by_ids, 3),
    (count, 4),
    (exists, 2),
    (search, 2),
    (latest, 2),
    (some_columns, 2),
    (containing, 2),
    (computed, 1),
    (lock, 2),
)
