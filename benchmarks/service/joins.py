"""Reads of two to four tables: inner, outer, semi and anti joins, embeds, views."""

from __future__ import annotations

from random import Random

from benchmarks.service.query import (
    Maker,
    Query,
    by_key,
    list_of,
    many,
    newest_first,
    one,
    parent_of,
    pascal,
    pick,
    present,
    stem,
    words,
)
from benchmarks.service.schema import Column, Schema, Table


def embed_parent(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    parent = parent_of(schema, column)
    other = pick(rng, (c for c in table.references if c is not column)) or column
    sql = f"""SELECT sqlc.embed({table.name}), sqlc.embed({parent.name})
FROM {table.name}
{_join(table, column, parent.name)}
WHERE {table.name}.{other.name} = @{other.name}{present(table, qualified=True)}
ORDER BY {newest_first(table)}"""
    name = f"List{many(table)}With{pascal(stem(column))}By{pascal(stem(other))}"
    return Query(name, "many", sql, f"Gives {words(table)} with their {stem(column)}.")


def get_with_parent(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None:
        return None
    parent = parent_of(schema, column)
    shown = rng.sample(parent.columns, min(3, len(parent.columns)))
    outputs = [f"{parent.name}.{c.name} AS {stem(column)}_{c.name}_shown" for c in shown]
    sql = f"""SELECT {table.name}.*,
{list_of(outputs)}
FROM {table.name}
{_join(table, column, parent.name)}
WHERE {by_key(table, qualified=True)}"""
    return Query(f"Get{one(table)}With{pascal(stem(column))}", "one", sql)


def grandparents(schema: Schema, table: Table, rng: Random) -> Query | None:
    steps = [
        (column, above)
        for column in table.references
        for above in parent_of(schema, column).references
        if parent_of(schema, above).name != table.name
        and column.references not in (table.name, above.references)
    ]
    if not steps:
        return None
    column, above = rng.choice(steps)
    parent, top = parent_of(schema, column), parent_of(schema, above)
    left = rng.random() < 0.4
    sql = f"""SELECT {table.name}.*, {parent.name}.created_at AS {parent.singular}_since,
    sqlc.embed({top.name})
FROM {table.name}
{_join(table, column, parent.name, left=left)}
{_join(parent, above, top.name, left=left)}
WHERE {table.name}.{column.name} = @{column.name}
ORDER BY {newest_first(table)}
LIMIT @max_rows"""
    name = f"List{many(table)}With{pascal(stem(column))}And{pascal(stem(above))}"
    return Query(name, "many", sql)


def people(schema: Schema, table: Table, rng: Random) -> Query | None:
    columns = [c for c in table.references if c.references == "users"]
    owners = [c for c in table.references if c.references != "users"]
    if not columns or not owners:
        return None
    outputs, joins = [f"{table.name}.*"], []
    for column in columns:
        # `user` is a keyword.
        alias = "person" if stem(column) == "user" else stem(column)
        outputs += [f"{alias}.name AS {alias}_name", f"{alias}.email AS {alias}_email"]
        joins.append(_join(table, column, "users", alias=alias))
    owner = rng.choice(owners)
    parent = parent_of(schema, owner)
    joins.append(_join(table, owner, parent.name))
    outputs.append(f"{parent.name}.updated_at AS {stem(owner)}_updated_at")
    lines = "\n".join(joins)
    sql = f"""SELECT
{list_of(outputs)}
FROM {table.name}
{lines}
WHERE {table.name}.{owner.name} = @{owner.name}
ORDER BY {newest_first(table)}"""
    return Query(f"List{many(table)}WithPeopleBy{pascal(stem(owner))}", "many", sql)


def children(schema: Schema, table: Table, rng: Random) -> Query | None:
    found = [(t, c) for t, c in schema.children(table) if table.name != "users"]
    if not found:
        return None
    child, column = rng.choice(found)
    sql = f"""SELECT sqlc.embed({table.name}), {child.name}.{child.newest} AS last_at,
{list_of(f"{child.name}.{name} AS {child.singular}_{name}" for name in child.key)}
FROM {table.name}
LEFT JOIN {child.name} ON {child.name}.{column.name} = {table.name}.id
WHERE {by_key(table, qualified=True)}
ORDER BY {newest_first(child)}"""
    return Query(f"Get{one(table)}With{many(child)}By{pascal(stem(column))}", "many", sql)


def without_children(schema: Schema, table: Table, rng: Random) -> Query | None:
    found = schema.children(table)
    if not found:
        return None
    child, column = rng.choice(found)
    negated = rng.random() < 0.6
    sql = f"""SELECT * FROM {table.name}
WHERE {"NOT " if negated else ""}EXISTS (
    SELECT 1 FROM {child.name}
    WHERE {child.name}.{column.name} = {table.name}.id
      AND {child.name}.created_at > @since
){present(table, qualified=True)}
ORDER BY {newest_first(table)}"""
    word = "Without" if negated else "Having"
    name = f"List{many(table)}{word}{many(child)}By{pascal(stem(column))}"
    return Query(name, "many", sql)


def for_member(schema: Schema, table: Table, rng: Random) -> Query | None:
    root = next((c for c in table.references if f"{stem(c)}_members" in schema.table_by_name), None)
    if root is None or table.name.endswith("_members"):
        return None
    members = schema.table_by_name[f"{stem(root)}_members"]
    sql = f"""SELECT sqlc.embed({table.name}), {members.name}.role
FROM {table.name}
JOIN {members.name} ON {members.name}.{root.name} = {table.name}.{root.name}
JOIN users ON users.id = {members.name}.user_id AND users.deleted_at IS NULL
WHERE users.email = @email
  AND {members.name}.role IN ('owner', 'editor')
ORDER BY {newest_first(table)}"""
    return Query(f"List{many(table)}ForMember", "many", sql, "What the user may change.")


def view(schema: Schema, table: Table, rng: Random) -> Query | None:
    if not schema.views_by_table[table.name]:
        return None
    chosen = rng.choice(schema.views_by_table[table.name])
    if rng.random() < 0.4:
        sql = f"""SELECT * FROM {chosen.name}
WHERE organization_id = @organization_id
ORDER BY created_at DESC, id
LIMIT @max_rows"""
        return Query(f"List{pascal(chosen.name)}", "many", sql)
    sql = f"""SELECT {chosen.name}.*, organizations.name AS organization_name
FROM {chosen.name}
JOIN organizations ON organizations.id = {chosen.name}.organization_id
WHERE organizations.slug = @slug
  AND {chosen.name}.created_at >= @since
ORDER BY {chosen.name}.created_at DESC, {chosen.name}.id"""
    return Query(f"List{pascal(chosen.name)}ByOrganizationSlug", "many", sql)


def subquery_filter(schema: Schema, table: Table, rng: Random) -> Query | None:
    column = pick(rng, table.references)
    if column is None or table.key != ("id",):
        return None
    parent = parent_of(schema, column)
    sql = f"""SELECT {table.name}.*,
    (SELECT count(*) FROM {table.name} others
     WHERE others.{column.name} = {table.name}.{column.name}) AS siblings
FROM {table.name}
WHERE {table.name}.{column.name} IN (
    SELECT {parent.name}.id FROM {parent.name}
    WHERE {parent.name}.created_at > @since
)
ORDER BY {newest_first(table)}"""
    return Query(f"List{many(table)}OfNew{pascal(stem(column))}s", "many", sql)


def filtered(schema: Schema, table: Table, rng: Random) -> Query | None:
    """What a screen with many filters asks: every filter may be absent."""
    if len(table.references) < 2 or not table.is_archivable:
        return None
    outputs, joins, conditions = [f"sqlc.embed({table.name})"], [], []
    for column in table.references[:3]:
        parent, alias = parent_of(schema, column), f"the_{stem(column)}"
        joins.append(_join(table, column, parent.name, alias=alias))
        outputs.append(f"{alias}.name AS {stem(column)}_name")
        parameter = f"sqlc.narg('{column.name}')::uuid"
        conditions.append(f"({parameter} IS NULL OR {table.name}.{column.name} = {parameter})")
    for column in table.columns:
        if column.is_enum:
            given = f"cardinality(@{column.name}_list::{column.type}[])"
            listed = f"{table.name}.{column.name} = ANY(@{column.name}_list::{column.type}[])"
            conditions.append(f"({given} = 0 OR {listed})")
        if column.base_type in ("timestamptz", "date") and not column.nullable:
            parameter = f"sqlc.narg('{column.name}_since')::{column.type}"
            conditions.append(f"({parameter} IS NULL OR {table.name}.{column.name} >= {parameter})")
    lines, where = "\n".join(joins), "\n  AND ".join(conditions)
    sql = f"""SELECT
{list_of([*outputs, "count(*) OVER () AS row_count"])}
FROM {table.name}
{lines}
WHERE {where}{present(table, qualified=True)}
ORDER BY
    CASE WHEN @oldest_first::boolean THEN {table.name}.{table.newest} END ASC,
    {newest_first(table)}
LIMIT @max_rows::integer OFFSET @skip_rows::integer"""
    doc = f"Gives a page of {words(table)} and how many there are; each filter may be left out."
    return Query(f"Filter{many(table)}", "many", sql, doc)


def _join(
    table: Table, column: Column, parent: str, alias: str | None = None, left: bool = False
) -> str:
    word = "LEFT JOIN" if column.nullable or left else "JOIN"
    name = f"{parent} {alias}" if alias else parent
    return f"{word} {name} ON {alias or parent}.id = {table.name}.{column.name}"


MAKERS: tuple[tuple[Maker, int], ...] = (
    (embed_parent, 6),
    (get_with_parent, 5),
    (grandparents, 5),
    (people, 4),
    (children, 3),
    (without_children, 2),
    (for_member, 3),
    (view, 5),
    (subquery_filter, 1),
    (filtered, 3),
)
