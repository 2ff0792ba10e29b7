"""Reports: CTEs, recursion, window functions, grouped aggregates, set operations."""

from __future__ import annotations

from random import Random

from benchmarks.service.query import (
    Maker,
    Query,
    many,
    one,
    parent_of,
    pascal,
    pick,
    stem,
    typed,
)
from benchmarks.service.schema import Column, Schema, Table


def totals(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    parent = parent_of(schema, column)
    sql = f"""WITH totals AS (
    SELECT {column.name}, count(*) AS row_count, max(created_at) AS last_at
    FROM {table.name}
    WHERE {table.name}.created_at >= @since
    GROUP BY {column.name}
)
SELECT {parent.name}.id, {parent.name}.created_at,
    COALESCE(totals.row_count, 0)::bigint AS row_count, totals.last_at
FROM {parent.name}
LEFT JOIN totals ON totals.{column.name} = {parent.name}.id
ORDER BY row_count DESC, {parent.name}.id
LIMIT @max_rows"""
    return Query(f"Report{many(table)}Per{pascal(stem(column))}", "many", sql)


def shares(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"""WITH per_day AS (
    SELECT {column.name}, date_trunc('day', created_at)::timestamptz AS day, count(*) AS made
    FROM {table.name}
    WHERE {table.name}.created_at >= @since
    GROUP BY {column.name}, date_trunc('day', created_at)
), overall AS (
    SELECT day, sum(made)::bigint AS made FROM per_day GROUP BY day
)
SELECT per_day.day, per_day.{column.name}, per_day.made, overall.made AS made_by_all,
    round(100.0 * per_day.made / nullif(overall.made, 0), 2)::numeric AS percent
FROM per_day
JOIN overall ON overall.day = per_day.day
ORDER BY per_day.day, per_day.made DESC"""
    name = f"Report{one(table)}SharesBy{pascal(stem(column))}"
    return Query(name, "many", sql, "What each one's part of a day was.")


def ranked(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    keys = ", ".join(f"{table.name}.{name}" for name in dict.fromkeys((*table.key, column.name)))
    sql = f"""SELECT {keys},
    row_number() OVER (PARTITION BY {column.name} ORDER BY created_at DESC) AS place,
    lag(created_at) OVER (PARTITION BY {column.name} ORDER BY created_at) AS previous_at,
    count(*) OVER (PARTITION BY {column.name}) AS in_all
FROM {table.name}
WHERE created_at >= @since AND created_at < @until"""
    return Query(f"Report{many(table)}RankedBy{pascal(stem(column))}", "many", sql)


def running(schema: Schema, table: Table, rng: Random) -> Query | None:
    amount = pick(rng, typed(table, "numeric", "integer", "bigint", "double precision"))
    column = pick(rng, table.references)
    if amount is None or column is None or amount.is_identity:
        return None
    sql = f"""SELECT {", ".join(table.key)}, {amount.name},
    sum({amount.name}) OVER so_far AS running_total,
    avg({amount.name}) OVER so_far AS running_average,
    first_value({amount.name}) OVER so_far AS first_one
FROM {table.name}
WHERE {column.name} = @{column.name}
WINDOW so_far AS (ORDER BY created_at, {", ".join(table.key)})
ORDER BY created_at"""
    return Query(f"Report{one(table)}Running{pascal(amount.name)}", "many", sql)


def breakdown(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, (c for c in table.columns if c.is_enum))
    group = pick(rng, table.references)
    if column is None or group is None:
        return None
    labels = schema.enum_by_name[column.type].labels
    counts = ",\n".join(
        f"    count(*) FILTER (WHERE {column.name} = '{label}') AS {label.replace('-', '_')}_count"
        for label in labels
    )
    sql = f"""SELECT {group.name}, count(*) AS all_count,
{counts},
    min(created_at) AS first_at, max(created_at) AS last_at
FROM {table.name}
GROUP BY {group.name}
HAVING count(*) >= @at_least::bigint
ORDER BY all_count DESC"""
    name = f"Report{one(table)}{pascal(column.name)}By{pascal(stem(group))}"
    return Query(name, "many", sql)


def overall(schema: Schema, table: Table, rng: Random) -> Query | None:
    amount = pick(rng, typed(table, "numeric", "integer", "bigint", "double precision"))
    if amount is None or amount.is_identity:
        return None
    sql = f"""SELECT count(*) AS row_count, COALESCE(sum({amount.name}), 0)::numeric AS total,
    min({amount.name}) AS smallest, max({amount.name}) AS largest,
    count(DISTINCT date_trunc('day', created_at)) AS days
FROM {table.name}
WHERE created_at >= @since"""
    return Query(f"Get{one(table)}{pascal(amount.name)}Statistics", "one", sql)


def newest_of_each(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"""SELECT DISTINCT ON ({column.name}) * FROM {table.name}
WHERE {column.name} = ANY(@{stem(column)}_ids::uuid[])
ORDER BY {column.name}, {table.order}"""
    return Query(f"ListNewest{many(table)}Per{pascal(stem(column))}", "many", sql)


def thread(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not any(c.references == table.name for c in table.columns):
        return None
    sql = f"""WITH RECURSIVE thread AS (
    SELECT {table.name}.id, {table.name}.parent_id, {table.name}.created_at, 1 AS depth
    FROM {table.name}
    WHERE {table.name}.id = @id
    UNION ALL
    SELECT reply.id, reply.parent_id, reply.created_at, thread.depth + 1
    FROM {table.name} reply
    JOIN thread ON thread.id = reply.parent_id
)
SELECT id, parent_id, created_at, depth FROM thread
ORDER BY depth, created_at, id"""
    return Query(f"Get{one(table)}Thread", "many", sql, "Gives the row and all below it.")


def feed(schema: Schema, table: Table, rng: Random) -> Query | None:
    found = [(t, c) for t, c in schema.children(table) if t.key == ("id",)]
    if len(found) < 2:
        return None
    first, second = rng.sample(found, 2)
    sql = f"""{_feed_part(*first)}
UNION ALL
{_feed_part(*second)}
ORDER BY at DESC
LIMIT @max_rows"""
    name = f"Report{one(table)}FeedOf{many(first[0])}And{many(second[0])}"
    return Query(name, "many", sql, "allow: SW226 rows of two tables have no key in common")


def collected(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    text = pick(rng, (c for c in typed(table, "text") if not c.nullable))
    if column is None or text is None:
        return None
    sql = f"""SELECT {column.name}, array_agg({text.name} ORDER BY {text.name})::text[] AS texts,
    string_agg({text.name}, ', ') AS line,
    bool_or(created_at > now() - interval '1 day') AS is_fresh
FROM {table.name}
WHERE {column.name} IS NOT NULL
GROUP BY {column.name}"""
    return Query(f"Collect{one(table)}{pascal(text.name)}sBy{pascal(stem(column))}", "many", sql)


def dashboard(schema: Schema, table: Table, rng: Random) -> Query | None:
    # A table that points here twice counts once, by its first column.
    found = list(
        {child.name: (child, column) for child, column in reversed(schema.children(table))}.values()
    )
    if len(found) < 3 or not table.is_archivable or not table.references:
        return None
    chosen = rng.sample(found, 3)
    parts = [
        f"""{child.name}_totals AS (
    SELECT {child.name}.{column.name}, count(*) AS row_count, max({child.name}.created_at) AS last_at
    FROM {child.name}
    WHERE {child.name}.created_at >= @since
    GROUP BY {child.name}.{column.name}
)"""
        for child, column in chosen
    ]
    outputs = [f"sqlc.embed({table.name})"]
    joins = []
    for child, column in chosen:
        counted = f"COALESCE({child.name}_totals.row_count, 0)::bigint"
        outputs.append(f"{counted} AS {child.name}_count")
        outputs.append(f"{child.name}_totals.last_at AS last_{child.singular}_at")
        joins.append(
            f"LEFT JOIN {child.name}_totals ON {child.name}_totals.{column.name} = {table.name}.id"
        )
    above = rng.choice(table.references)
    ctes, lines, listed = ", ".join(parts), "\n".join(joins), ",\n    ".join(outputs)
    sql = f"""WITH {ctes}
SELECT
    {listed},
    dense_rank() OVER (ORDER BY {table.name}.created_at) AS place
FROM {table.name}
{lines}
WHERE {table.name}.{above.name} = @{above.name}
  AND {table.name}.deleted_at IS NULL
ORDER BY {table.name}.created_at DESC, {table.name}.id"""
    name = f"Report{one(table)}DashboardBy{pascal(stem(above))}"
    return Query(name, "many", sql, "Counts what belongs to each row.")


def _feed_part(table: Table, column: Column) -> str:
    return f"""SELECT '{table.singular}'::text AS source, {table.name}.id::text AS row_id,
    {table.name}.created_at AS at
FROM {table.name}
WHERE {table.name}.{column.name} = @{column.name}"""


MAKERS: tuple[tuple[Maker, int], ...] = (
    (totals, 4),
    (shares, 2),
    (ranked, 3),
    (running, 3),
    (breakdown, 4),
    (overall, 3),
    (newest_of_each, 2),
    (thread, 3),
    (feed, 2),
    (collected, 1),
    (dashboard, 8),
)
