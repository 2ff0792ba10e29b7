"""Every diagnostic code: what it is called, and what to know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Code:
    """A diagnostic's code with a title and a paragraph of explanation."""

    code: str
    title: str
    explanation: str


GROUPS: Final = {
    "SW0": "configuration and command line",
    "SW1": "query files and macros",
    "SW2": "SQL and its results",
    "SW3": "types",
    "SW4": "authorization",
    "SW5": "secrets",
    "SW6": "schema and migrations",
    "SW7": "server",
    "SW8": "output",
}
"""What the codes with the same first digit are about."""

_TABLE: Final = """
SW001 no configuration
    Neither the current folder nor one above it has a `sqlward.toml`, or a `pyproject.toml` with
    a `[tool.sqlward]` table. `sqlward init` writes one.

SW002 two configurations
    `sqlward.toml` and `[tool.sqlward]` in the `pyproject.toml` beside it both configure the
    project, and nothing says which one counts. Keep one.

SW003 unreadable configuration
    The configuration file cannot be opened, is not UTF-8, or is not TOML.

SW004 unknown key
    The configuration has a key that means nothing. It is an error, because a misspelt key would
    otherwise be an option that silently does not work.

SW005 wrong value
    A key of the configuration has a value of the wrong type, or one that cannot work, such as an
    output folder that also holds the query files.

SW006 unknown or missing layer
    `layers` names a layer that does not exist, or one that this version cannot generate.

SW007 the compiler is not installed
    A module that the compiler needs is missing. The run time alone needs little; the compiler's
    dependencies are the extra `sqlward[codegen]`.

SW008 unknown query
    The command line names a query that no query file holds.

SW009 set up already
    `sqlward init` found a configuration, and does not write over it.

SW010 no configuration of sqlc
    `sqlward init --from-sqlc` found no `sqlc.yaml` or `sqlc.json` to start from.

SW011 bad override
    A type override needs a `python_type` and exactly one selector: `db_type`, `column`,
    `query_column` or `parameter`. `json` already says how to decode and encode.

SW012 unusable configuration of sqlc
    The file given to `sqlward init --from-sqlc` cannot be read, or does not configure sqlc for
    PostgreSQL.

SW013 refused by the operating system
    A file, or the output of the command, could not be read or written, for the reason given.

SW101 no query files
    A path of `queries` does not exist, or no `.sql` file is there.

SW102 not UTF-8
    A query file is not encoded as UTF-8. The message gives the first byte that is wrong.

SW103 unreadable query file
    A query file cannot be opened, has a name that is no text, or holds a NUL character, which
    PostgreSQL refuses.

SW104 unterminated
    A string, quoted identifier, dollar-quoted string or comment is never closed.

SW105 not SQL
    PostgreSQL's scanner cannot split the text into words, as with a malformed number.

SW110 malformed annotation
    A query's annotation is `-- name: GetChat :one`: a name, a command, and nothing else.

SW111 missing command
    The annotation names the query, but does not say what it gives back.

SW112 unknown command
    The word after the query's name is not a command.

SW113 bad query name
    A query's name becomes a Python method, so it must be an identifier.

SW114 duplicate query
    Two queries have one name. All query files together make one store, so names are unique
    across files.

SW115 several statements
    A query is one statement. Give each its own annotation.

SW116 statement without a name
    A statement stands above the first annotation of its file, so no method can be made of it.

SW117 name without a statement
    Nothing but comments follows the annotation.

SW118 unknown directive
    A comment looks like a misspelt directive. It was taken as documentation.

SW119 bad timeout
    `-- timeout: 5s` says how long the statement may run, at most 24 days: a whole number and
    `ms`, `s` or `min`, once for each query.

SW120 unknown macro
    The macros are `sqlc.arg`, `sqlc.narg`, `sqlc.slice` and `sqlc.embed`.

SW121 wrong macro argument
    A macro takes one name, bare or in quotes, and `sqlc.slice` stands alone in its `IN`.

SW122 slice and value
    One name is used both for a `sqlc.slice` and for a single value.

SW123 wrong parameter numbers
    Numbered parameters run from `$1` without a gap. Named parameters take the free numbers.

SW124 misplaced embed
    `sqlc.embed` stands for a whole row of a relation, so it is an item of its own in the
    outermost select list or in `RETURNING`.

SW201 refused by PostgreSQL
    PostgreSQL does not accept the statement; the message and the place are its own.

SW202 no rows
    `:one`, `:opt`, `:many`, `:iter`, `:batchone` and `:batchmany` hand out rows, and the
    statement has no result columns. Add `RETURNING`, or use `:exec`.

SW204 several rows
    A `:one`, `:opt` or `:batchone` query must be proved to return at most one row: by a unique
    key that is fixed by equality, an ungrouped aggregate, or `LIMIT 1`.

SW208 not a COPY
    `:copyfrom` runs as COPY, so the statement has to be a plain `INSERT INTO t (a, b) VALUES
    (@a, @b)`: one row, every value a parameter of its own, no RETURNING and no ON CONFLICT.

SW209 utility statement
    PostgreSQL has no query tree of `TRUNCATE`, `DO` and other utility statements, so nothing is
    known of what they return: they can be `:exec`, `:execrows` or `:execresult`.

SW210 embed of no relation
    `sqlc.embed` takes the alias of a table, a view or a sub-query of FROM.

SW211 tree and description differ
    PostgreSQL describes another number of result columns than its query tree shows: a defect of
    the compiler.

SW212 nested too deeply
    A chain of thousands of operators, or hundreds of sub-queries one in the other, is more than
    the compiler follows.

SW220 write without WHERE
    An UPDATE or DELETE without WHERE touches every row. `WHERE true` says that it is meant.

SW221 NOT IN with NULL
    `x NOT IN (SELECT y …)` is never true once one `y` is NULL: the query then returns nothing.
    NOT EXISTS does what is meant.

SW222 comparison with NULL
    `x = NULL` is neither true nor false, whatever `x` is. `IS NULL` is what is meant.

SW223 unused parameter
    Nothing depends on the parameter: it stands in a CTE that nothing refers to.

SW224 star with duplicates
    `SELECT *` over a join gives several columns one name, and the second becomes `id_2`. Which
    one that is changes with the order of the tables.

SW225 outer join made inner
    A condition in WHERE drops the rows that the outer join was written to keep.

SW226 LIMIT without total order
    Which rows LIMIT or OFFSET leave, and on which page a row comes, is left to chance where rows
    can tie. Order by a unique key last.

SW227 one row by chance
    `LIMIT 1` picks one of several rows, and ORDER BY does not say which. Order by a unique key
    last.

SW228 accidental cross join
    Relations in FROM that no condition connects give every combination of their rows. CROSS JOIN
    says that it is meant.

SW229 check then insert
    An INSERT that first looks whether its row is there inserts two rows when two of them run at
    once, unless a unique constraint forbids it. ON CONFLICT does both in one step.

SW230 wrong allowance
    `-- allow: CODE reason` needs the code of a diagnostic that can be allowed (a lint, or
    SW204), and a reason.

SW231 stale allowance
    The query no longer does what the allowance excuses. Remove it.

SW232 slow COPY
    COPY writes many rows at once, except where a column that it leaves out has a volatile
    default (`gen_random_uuid()`, `clock_timestamp()`; `nextval` is no harm).

SW301 no Python type
    A PostgreSQL type has no Python type by default. An override in the configuration gives one.

SW302 one method for two queries
    Two names, as `GetChat` and `get_chat`, become the same Python method.

SW303 bad Python name
    An override names a Python type or function in a form that cannot be imported.

SW304 class name taken
    A query's row or parameter class would have the name of a class that exists already.

SW305 method name taken
    A query's method would hide one that every store has.

SW306 bulk without parameters
    A `:copyfrom` or `:batch…` query runs once for each set of parameters, and this one has none.

SW307 unused override
    An override applies to no type, column or parameter. It is probably misspelt, or stale.

SW401 no declarations
    The authorization layer needs `schema/resources.toml`, which says which table is which
    resource. The key `resources` of the configuration names another place.

SW402 wrong declaration
    A table of `resources.toml` must be a resource (`resource = "chat"`), or the child of one
    (`parent = "chats"`), and be it once.

SW403 declared name not in the schema
    `resources.toml` names a table or a column that the schema does not have.

SW404 unusable column
    An id is a `uuid`, or is named in `text_ids` and compared as text; an ACL is `jsonb`; the `id`
    of a resource is unique and not NULL.

SW410 no rule
    In a project with the authorization layer every query says who may run it. There is no
    switch that turns this off; `-- authz: none "reason"` exempts one query for a reason.

SW411 malformed directive
    A directive does not have one of the forms that there are.

SW412 contradicting directives
    Several directives must all allow a query. Only one can be kept by `sqlward.authorized`, and
    an exemption stands alone.

SW413 unknown resource
    A directive names a resource that `resources.toml` does not declare. `system` is always there.

SW414 unknown action
    A directive names an action that the resource does not declare.

SW420 create without INSERT
    A `create` rule is about the rows that the statement inserts into the resource's table.

SW421 unknown part or parameter
    A directive hands over a parameter that the query does not have, or names a part that the
    resource does not have.

SW422 another value is checked than is written
    What a `create` rule checks must be what lands in the owner, organization and ACL columns of
    the inserted rows, unchanged.

SW423 create that may update
    With ON CONFLICT DO UPDATE the statement may change a row that somebody else owns, which a
    `create` rule knows nothing of.

SW424 unusable fetch
    The query after `via` fetches one row: it is a `:one` or `:opt` that writes nothing.

SW425 fetch of something else
    The query after `via` must give the id, owner, organization and ACL columns of the resource,
    all of one row that is always there.

SW426 wrong arguments of a fetch
    Each parameter of the query after `via` is given once, by a parameter of the same type.

SW427 another row is fetched than is touched
    The same parameters must fix a unique key in the fetch and in the statement, or the column by
    which a child's row belongs to the fetched row.

SW428 fetch that does not lock
    Before a write the fetched row is locked, so that nobody changes its owner in between. This
    fetch cannot take FOR UPDATE.

SW430 rows that are no objects
    A `read` rule checks each row as it comes back, so the row must carry the id, the owner, the
    organization and the ACL columns that the resource declares, all from one table of FROM.

SW431 object from an outer join
    The row that a `read` rule would check can be missing, while the rest of the row comes back.

SW432 rows left out too late
    Leaving out rows after LIMIT, OFFSET, DISTINCT, grouping or an aggregate gives short pages and
    wrong counts. `filter` decides inside of the statement.

SW433 nothing to look at
    A `read` rule is for queries that read and give rows back.

SW434 macro and rule without each other
    `filter` and `guard` are kept by `sqlward.authorized(alias)`, which means nothing without them.

SW435 macro that does not restrict
    `sqlward.authorized` restricts the statement only as one of the conditions that WHERE (or the
    ON of an inner join) joins by AND.

SW436 macro about another table
    `sqlward.authorized` takes the alias of the resource's own table.

SW437 not filtered
    Rows of the resource reach the result from a place that `sqlward.authorized` does not
    restrict: the other arm of a UNION, another reference to the table, a child that nothing joins.

SW438 filter on a write, guard on a read
    `filter` leaves out rows without a word. For a write, touching nothing is an error: `guard`.

SW440 write without a rule
    Every table that a statement writes belongs to an object that one of its rules is about.

SW441 columns given away
    Columns of an object that no rule is about reach the result (or another row), or its rows are
    counted. `-- exposes: user(username)` says that this is meant; the lock file shows it.

SW442 stale exposure
    The query does not give away what `-- exposes:` says.

SW443 table without a resource
    A table is written or read that `resources.toml` does not declare.

SW444 rule about something else
    A `system` rule is about tables that are declared with `resource = "system"`.

SW445 row that changes hands
    The statement moves rows from one object to another, and no rule is about where they go.

SW446 opaque function
    The statement calls a function of the schema itself, whose body may read and write anything.
    One that is declared IMMUTABLE cannot.

SW450 missing policy function
    The rule of a `custom` query is a function of its name in the policy module.

SW451 wrong policy function
    The function takes the check first, and then the query's parameters by name.

SW460 bulk query
    A query that runs once for each item can be checked by `create`, `system` or `custom`.

SW601 missing migration
    The numbers of the migrations have a gap.

SW602 duplicate migration number
    Two migrations have one number, so their order is not known.

SW603 missing counterpart
    A migration has only one of its `.up.sql` and `.down.sql` files.

SW604 no schema
    A path of `schema` does not exist, cannot be read, or holds no SQL.

SW605 schema is not text
    A schema file is not UTF-8, or is an archive that `pg_restore` has to turn into SQL first.

SW606 schema refused by PostgreSQL
    PostgreSQL does not accept a statement of the schema; message and place are its own.

SW607 misnamed migration
    A file among numbered migrations has no number, so its order is not known.

SW608 command of psql
    A schema file uses a psql command that changes what the file means, such as `\\i`.

SW609 transaction in a migration
    A migration is applied in one transaction, so it cannot begin or end another.

SW610 not possible in a transaction
    A migration holds a statement that PostgreSQL only runs outside of a transaction.

SW611 no pg_dump
    The schema's dump is taken with PostgreSQL's own `pg_dump`, and none that is new enough for the
    server was found.

SW612 pg_dump failed
    PostgreSQL's `pg_dump` could not dump the schema; the message is its own.

SW613 changed migration
    A migration that is already applied differs from its file. Write a new migration instead.

SW614 unknown applied migration
    The database has a migration that the folder does not hold.

SW615 applied out of order
    A later migration is applied while an earlier one is not.

SW616 COPY in a schema
    The schema holds rows as `COPY … FROM stdin`, which only psql can send.

SW617 migration refused
    PostgreSQL does not let the migration begin, run or be recorded.

SW618 no folder of migrations
    `sqlward migrate` works on one folder of numbered migrations.

SW619 no database to migrate
    `sqlward migrate` changes a real database, so it is never guessed.

SW620 bad migration name
    A new migration cannot have that name or number.

SW621 migration not written
    The files of a new migration cannot be written.

SW701 no PostgreSQL
    No PostgreSQL to compile against was found: none that is running was named, none is installed,
    and the wheel with one is missing.

SW702 unusable PostgreSQL
    The named folder does not hold the programs of PostgreSQL 14 or newer.

SW703 initdb failed
    A data directory for the private PostgreSQL could not be made.

SW704 server did not start
    The private PostgreSQL did not start; the message is the last line of its log.

SW705 server too old
    The server is older than PostgreSQL 14, the oldest that is supported.

SW706 no account to run as
    PostgreSQL does not run as root, and there is no way to run it as somebody else here.

SW707 no connection
    The server cannot be reached, or the connection was lost while the schema was loaded.

SW708 no scratch database
    The server does not let its user make the database that the schema is loaded into.

SW709 server went away
    The connection to PostgreSQL was lost in the middle of the work.

SW710 no place for a server
    No folder was found that the private PostgreSQL can keep its data and its socket in.

SW711 missing extension
    The schema needs an extension that the server it is loaded into does not have.

SW801 not written
    A file cannot be written. Nothing that belongs to the run was changed.

SW802 not ours
    A file in the output folder was not generated by sqlward, so it is neither replaced nor
    removed.

SW803 formatter refused
    `ruff format` does not accept the generated code. That is a defect of the compiler.

SW804 no formatter
    `ruff`, which formats the generated code, is missing. It is part of `sqlward[codegen]`.
"""


def explain(code: str) -> Code | None:
    """Give what is known of a code, None for one that does not exist."""
    return next((entry for entry in all_codes() if entry.code == code), None)


def all_codes() -> tuple[Code, ...]:
    """Give every code, in order."""
    entries = []
    for paragraph in _TABLE.strip().split("\n\n"):
        head, *body = paragraph.splitlines()
        code, _, title = head.partition(" ")
        entries.append(Code(code, title, " ".join(line.strip() for line in body)))
    return tuple(entries)
