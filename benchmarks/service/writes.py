"""Writes: inserts, updates, deletes, upserts, bulk commands, writing CTEs."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from benchmarks.service.query import (
    Maker,
    Query,
    by_key,
    list_of,
    many,
    one,
    pascal,
    pick,
    words,
)
from benchmarks.service.schema import Column, Schema, Table


def insert(schema: Schema, table: Table, rng: Random) -> Query | None:
    return Query(f"Insert{one(table)}", "one", f"{_insert(table)}\nRETURNING *")


def insert_quietly(schema: Schema, table: Table, rng: Random) -> Query | None:
    sql = f"{_insert(table)}\nON CONFLICT DO NOTHING"
    return Query(f"Ensure{one(table)}", "exec", sql, "Does nothing when it is there.")


def update(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not table.changeable:
        return None
    lines = [f"{c.name} = @{c.name}" for c in table.changeable]
    sql = f"""UPDATE {table.name} SET
{list_of([*lines, "updated_at = now()"])}
WHERE {by_key(table)}
RETURNING *"""
    return Query(f"Update{one(table)}", "one", sql)


def update_column(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.changeable)
    if column is None:
        return None
    sql = f"""UPDATE {table.name}
SET {column.name} = @{column.name}, updated_at = now()
WHERE {by_key(table)}"""
    command = rng.choice(("exec", "execrows"))
    return Query(f"Update{one(table)}{pascal(column.name)}", command, sql)


def patch(schema: Schema, table: Table, rng: Random) -> Query | None:
    if len(table.changeable) < 2:
        return None
    lines = [f"{c.name} = COALESCE(sqlc.narg('{c.name}'), {c.name})" for c in table.changeable]
    sql = f"""UPDATE {table.name} SET
{list_of([*lines, "updated_at = now()"])}
WHERE {by_key(table)}
RETURNING *"""
    return Query(f"Patch{one(table)}", "one", sql, "Leaves what is not given as it is.")


def delete(schema: Schema, table: Table, rng: Random) -> Query | None:
    return Query(f"Delete{one(table)}", "exec", f"DELETE FROM {table.name}\nWHERE {by_key(table)}")


def delete_by_reference(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"""DELETE FROM {table.name}
WHERE {column.name} = @{column.name} AND created_at < @older_than"""
    return Query(f"Delete{many(table)}By{pascal(column.name)}", "execrows", sql)


def upsert(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not table.unique or not table.changeable:
        return None
    sql = f"{_upsert(table)}\nRETURNING *"
    return Query(f"Upsert{one(table)}", "one", sql)


def archive(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not table.is_archivable:
        return None
    sql = f"""UPDATE {table.name}
SET deleted_at = now()
WHERE {by_key(table)} AND deleted_at IS NULL"""
    return Query(f"Archive{one(table)}", "execrows", sql)


def touch(schema: Schema, table: Table, rng: Random) -> Query | None:
    sql = f"UPDATE {table.name}\nSET updated_at = @updated_at\nWHERE {by_key(table)}"
    return Query(f"Touch{one(table)}", "execresult", sql)


def copy(schema: Schema, table: Table, rng: Random) -> Query | None:
    return Query(f"Copy{many(table)}", "copyfrom", _insert(table))


def batch_insert(schema: Schema, table: Table, rng: Random) -> Query | None:
    sql = f"{_insert(table)}\nON CONFLICT DO NOTHING"
    return Query(f"Batch{one(table)}Inserts", "batchexec", sql)


def batch_upsert(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not table.unique or not table.changeable:
        return None
    return Query(f"Batch{one(table)}Upserts", "batchone", f"{_upsert(table)}\nRETURNING *")


def batch_delete(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"DELETE FROM {table.name}\nWHERE {column.name} = @{column.name}\nRETURNING *"
    return Query(f"Batch{one(table)}DeletesBy{pascal(column.name)}", "batchmany", sql)


def update_from(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, (c for c in table.references if c.references == "users"))
    if column is None or not table.changeable:
        return None
    changed = rng.choice(table.changeable)
    sql = f"""UPDATE {table.name}
SET {changed.name} = @{changed.name}, updated_at = now()
FROM users
WHERE users.id = {table.name}.{column.name} AND users.status = 'suspended'
RETURNING {", ".join(f"{table.name}.{name}" for name in table.key)}, users.email"""
    return Query(f"Update{many(table)}OfSuspended{pascal(column.name)}", "many", sql)


def insert_many(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = next((c for c in table.references if c.references == "users"), None)
    if column is None or column.name not in table.key:
        return None
    rest = [c for c in table.writable if c is not column]
    sql = f"""INSERT INTO {table.name} ({_names((column, *rest))})
SELECT users.id, {", ".join(f"@{c.name}::{c.type}" for c in rest)}
FROM users
WHERE users.id = ANY(@user_ids::uuid[])
ON CONFLICT DO NOTHING
RETURNING *"""
    return Query(f"Insert{many(table)}ForUsers", "many", sql)


def write_in_cte(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    sql = f"""WITH removed AS (
    DELETE FROM {table.name}
    WHERE {table.name}.{column.name} = @{column.name}
    RETURNING {", ".join(table.key)}, created_at
)
SELECT {", ".join(table.key)}, created_at FROM removed
ORDER BY created_at"""
    name = f"Purge{many(table)}Of{pascal(column.name)}"
    return Query(name, "many", sql, f"Removes {words(table)} and says which.")


def _insert(table: Table) -> str:
    values = ", ".join(f"@{c.name}" for c in table.writable)
    return f"INSERT INTO {table.name} (\n    {_names(table.writable)}\n) VALUES (\n    {values}\n)"


def _upsert(table: Table) -> str:
    target = table.unique[0]
    lines = [f"{c.name} = EXCLUDED.{c.name}" for c in table.changeable]
    return f"""{_insert(table)}
ON CONFLICT ({", ".join(target)}) DO UPDATE SET
{list_of([*lines, "updated_at = now()"])}"""


def _names(columns: Iterable[Column]) -> str:
    return ", ".join(c.name for c in columns)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (insert, 8),
    (insert_quietly, 2),
    (update, 5),
    (update_column, 7),
    (patch, 3),
    (delete, 6),
    (delete_by_reference, 3),
    (upsert, 4),
    (archive, 3),
    (touch, 2),
    (copy, 2),
    (batch_insert, 1),
    (batch_upsert, 1),
    (batch_delete, 1),
    (update_from, 1),
    (insert_many, 1),
    (write_in_cte, 2),
)
