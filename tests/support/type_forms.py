"""A project with, for each type that is supported, a table of all its forms and queries on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st
from type_cases import CASES, Case, Values, grids
from type_cases import SCHEMA as BASE_SCHEMA

SETTINGS: Final = 'schema = "schema.sql"\nqueries = "queries"\noutput = "every_type"\n'

EXTENSIONS: Final = ("hstore", "citext", "vector")
"""Created before the schema; a type whose extension is not installed is left out."""

_EXTENSION_OF: Final = {
    "hstore": "hstore",
    "citext": "citext",
    "vector": "vector",
    "halfvec": "vector",
}

COLUMNS: Final = (
    "one",
    "maybe",
    "list",
    "grid",
    "item",
    "items",
    "record",
    "records",
    "nest",
)
"""The columns of each table, apart from its `id`."""


@dataclass(frozen=True)
class Form:
    """A type, by its short name, and where the generated store has it."""

    case: Case

    @property
    def label(self) -> str:
        return self.case.label

    @property
    def sql(self) -> str:
        """The type as SQL names it."""
        return self.case.sql_name.removeprefix("ext.").removeprefix("public.")

    @property
    def extension(self) -> str | None:
        """The extension that brings the type."""
        return _EXTENSION_OF.get(self.label)

    @property
    def stem(self) -> str:
        """Its name in the names of queries, and so of the store's classes."""
        return "".join(word.capitalize() for word in self.label.split("_"))

    def method(self, store: Any, verb: str) -> Any:
        """Give the store's method for one of the queries: `put`, `get`, …"""
        return getattr(store, f"{verb}_of_{self.label}")

    def item(self, package: Any, verb: str) -> Any:
        """Give the class of one item of a bulk query: `copy`, `batch`."""
        return getattr(package, f"{verb.capitalize()}Of{self.stem}Params")

    def ddl(self) -> str:
        """Create the types over it, and the table."""
        label, sql = self.label, self.sql
        fields = f"one {sql}, list {sql}[], grid {sql}[][], item d_{label}, items d_{label}[]"
        return f"""
CREATE DOMAIN d_{label} AS {sql};
CREATE TYPE r_{label} AS ({fields});
CREATE TYPE n_{label} AS (label text, inside r_{label}, others r_{label}[]);
CREATE TABLE forms_of_{label} (
    id      int PRIMARY KEY,
    one     {sql} NOT NULL,
    maybe   {sql},
    list    {sql}[] NOT NULL,
    grid    {sql}[][],
    item    d_{label} NOT NULL,
    items   d_{label}[],
    record  r_{label},
    records r_{label}[] NOT NULL,
    nest    n_{label}
);
"""

    def queries(self) -> str:
        """Write the queries on the table."""
        label, stem, sql = self.label, self.stem, self.sql
        columns = ", ".join(("id", *COLUMNS))
        values = ", ".join(f"@{column}" for column in ("id", *COLUMNS))
        insert = f"INSERT INTO forms_of_{label} ({columns}) VALUES ({values})"
        table = f"forms_of_{label}"
        return f"""\
-- name: PutOf{stem} :one
{insert} RETURNING *;

-- name: GetOf{stem} :one
SELECT * FROM {table} WHERE id = @id;

-- name: PairOf{stem} :one
SELECT sqlc.embed(base), sqlc.embed(inner_one), sqlc.embed(outer_one)
FROM {table} AS base
JOIN {table} AS inner_one ON inner_one.id = base.id
LEFT JOIN {table} AS outer_one ON outer_one.id = @other_id
WHERE base.id = @id;

-- name: CopyOf{stem} :copyfrom
{insert};

-- name: BatchOf{stem} :batchone
{insert} RETURNING *;

-- name: ChangeOf{stem} :one
UPDATE {table}
SET one = coalesce(sqlc.narg(one), one), maybe = sqlc.narg(maybe), nest = sqlc.narg(nest)
WHERE id = @id
RETURNING *;

-- name: ClearOf{stem} :exec
DELETE FROM {table} WHERE true;

-- name: EchoOf{stem} :one
SELECT @one::{sql} AS one, @list::{sql}[] AS list, @item::d_{label} AS item;

-- name: EachOf{stem} :iter
SELECT one, record, records FROM {table} ORDER BY id;
"""

    def values(self, store: Any) -> Values:
        """Give values of the type, of the generated classes."""
        mood, pair = store.Mood, store.Pair
        if self.label == "mood":
            return self.case.values.map(mood)
        if self.label == "pair":
            moods = st.none() | st.sampled_from(list(mood))
            return self.case.values.flatmap(lambda p: moods.map(lambda m: pair(p.name, m, p.codes)))
        return self.case.values

    def rows(self, store: Any) -> Values:
        """Give rows as arguments of the generated methods, all but `id`."""
        plain = self.values(store)
        value: Values = st.none() | plain
        list_ = st.lists(value, max_size=3)
        record_class = getattr(store, _class("R", self.label))
        nest_class = getattr(store, _class("N", self.label))
        items: Values = st.none() | list_
        record: Values = st.none() | st.builds(
            record_class, value, st.none() | list_, st.none() | grids(value), value, items
        )
        records = st.lists(record, max_size=2)
        nest = st.builds(nest_class, st.none() | st.just("n"), record, st.none() | records)
        return st.fixed_dictionaries(
            {
                "one": plain,
                "maybe": value,
                "list": list_,
                "grid": st.none() | grids(value),
                "item": plain,
                "items": items,
                "record": record,
                "records": records,
                "nest": st.none() | nest,
            }
        )


def _class(prefix: str, label: str) -> str:
    return prefix + "".join(word.capitalize() for word in label.split("_"))


def forms(extensions: Sequence[str] = EXTENSIONS, *, without: Sequence[str] = ()) -> list[Form]:
    """Give the types that a server with these extensions has."""
    return [
        form
        for form in map(Form, CASES)
        if (form.extension is None or form.extension in extensions) and form.label not in without
    ]


def schema(chosen: Sequence[Form]) -> str:
    """Give the whole schema."""
    used = sorted({form.extension for form in chosen if form.extension is not None})
    extensions = "".join(f"CREATE EXTENSION {name};\n" for name in used)
    base = BASE_SCHEMA.replace("CREATE SCHEMA ext;\n", "")
    return extensions + base + "".join(form.ddl() for form in chosen)


def project_files(chosen: Sequence[Form]) -> dict[str, str | bytes]:
    """Give the project's files by path."""
    files: dict[str, str | bytes] = {"sqlward.toml": SETTINGS, "schema.sql": schema(chosen)}
    for form in chosen:
        files[f"queries/of_{form.label}.sql"] = form.queries()
    return files
