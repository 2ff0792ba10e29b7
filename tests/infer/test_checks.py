"""A command against its statement, `:copyfrom`, utility statements and allowances."""

from __future__ import annotations

import pytest
from infer.understanding import World
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.messages.codes import explain
from sqlward_codegen.model import CopyTarget


def text_at(world: World, diagnostic: Diagnostic) -> str:
    """Give the text that the diagnostic's first label is on."""
    span = diagnostic.labels[0].span
    return (world.folder / span.path).read_text()[span.start : span.end]


def test_several_rows(world: World) -> None:
    """The label is on the condition that lets several rows through."""
    (found,) = world.diagnostics(
        "SELECT * FROM providers WHERE provider = @provider ORDER BY id", ":one"
    )

    assert found.message == "`Probe` is `:one` but can return several rows"
    assert text_at(world, found) == "provider = @provider"
    assert found.labels[0].text == "`provider` is not unique"


def test_several_rows_without_where(world: World) -> None:
    """Without a condition the label is on the statement."""
    (found,) = world.diagnostics("SELECT id FROM providers", ":one")

    assert text_at(world, found) == "SELECT id FROM providers"


def test_several_rows_of_a_batch(world: World) -> None:
    """What `:many` is to `:one`, `:batchmany` is to `:batchone`."""
    (found,) = world.diagnostics("SELECT id FROM orgs WHERE name = $1", ":batchone")

    expected = (
        "add `ORDER BY id LIMIT 1`, make it `:batchmany`,"
        " or add a unique constraint on `orgs (name)`"
    )
    assert found.help == expected


@pytest.mark.parametrize("command", [":one", ":opt", ":many", ":iter", ":batchone", ":batchmany"])
def test_command_of_rows_without_rows(world: World, command: str) -> None:
    """A command that hands out rows needs a statement that returns some."""
    (found,) = world.diagnostics("DELETE FROM messages WHERE id = $1", command)

    assert (found.code, found.message) == (
        "SW202",
        f"`Probe` is `{command}` but returns no rows",
    )


@pytest.mark.parametrize("command", [":exec", ":execrows", ":execresult", ":batchexec"])
def test_rows_may_be_left_alone(world: World, command: str) -> None:
    """Rows that nobody asks for are no mistake."""
    assert world.diagnostics("SELECT id FROM chats WHERE id = $1", command) == ()


@pytest.mark.parametrize("command", [":exec", ":execrows", ":execresult"])
def test_utility_statement(world: World, command: str) -> None:
    """A utility statement can be run."""
    assert world.diagnostics("TRUNCATE messages", command) == ()


def test_utility_statement_has_no_rows(world: World) -> None:
    """Nothing is known of what a utility statement returns."""
    (found,) = world.diagnostics("SHOW work_mem", ":one")

    assert (found.code, found.message) == (
        "SW209",
        "`Probe` cannot be `:one`: it is a utility statement",
    )
    assert text_at(world, found) == ":one"


def test_copy(world: World) -> None:
    """COPY takes its columns in the order of the parameters."""
    sql = "INSERT INTO users (email, username, tags) VALUES ($2, $1, $3)"

    expected = CopyTarget("public", "users", ("username", "email", "tags"))
    assert world.query(sql, ":copyfrom").copy == expected


def test_only_copyfrom_copies(world: World) -> None:
    """Any other command leaves the INSERT as it is."""
    assert world.query("INSERT INTO users (username) VALUES ($1)", ":exec").copy is None


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT $1::int", "it is not an INSERT"),
        (
            "INSERT INTO users (username) VALUES (lower($1))",
            "the value of `username` is not a parameter alone",
        ),
        (
            "INSERT INTO users (username, deleted) VALUES ($1, true)",
            "the value of `deleted` is not a parameter alone",
        ),
        (
            "INSERT INTO users (username, email) VALUES ($1, $1)",
            "`username` and `email` take the same parameter",
        ),
        ("INSERT INTO users (username) VALUES ($1) RETURNING id", "it has RETURNING"),
        (
            "INSERT INTO users (username) VALUES ($1) ON CONFLICT DO NOTHING",
            "it has ON CONFLICT",
        ),
        (
            "INSERT INTO users (username) VALUES ($1), ($2)",
            "it inserts more than one VALUES row, or the rows of a query",
        ),
        (
            "INSERT INTO users (username) SELECT $1",
            "it inserts more than one VALUES row, or the rows of a query",
        ),
        (
            "WITH x AS (SELECT 1) INSERT INTO users (username) VALUES ($1)",
            "it has a WITH clause",
        ),
        ("INSERT INTO open_chats (title) VALUES ($1)", "`open_chats` is not a table"),
    ],
)
def test_what_cannot_be_copied(world: World, sql: str, reason: str) -> None:
    """A statement that COPY cannot stand for is an error that says why."""
    (found,) = (d for d in world.diagnostics(sql, ":copyfrom") if d.code == "SW208")

    assert found.message == f"`Probe` cannot be `:copyfrom`: {reason}"


def test_allowance_of_several_rows(world: World) -> None:
    """Somebody can vouch for a single row."""
    header = "-- allow: SW204 the importer keeps them apart\n"
    sql = "SELECT * FROM providers WHERE provider = $1"

    assert world.diagnostics(sql, ":one", header) == ()


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        ("-- allow: SW220\n", "SW230", "the allowance of SW220 has no reason"),
        ("-- allow: SW999 why\n", "SW230", "`SW999` is not the code of a diagnostic"),
        ("-- allow: everything\n", "SW230", "`everything` is not the code of a diagnostic"),
        ("-- allow: SW202 why\n", "SW230", "SW202 cannot be allowed"),
        ("-- allow: SW221 why\n", "SW231", "nothing here needs the allowance of SW221"),
    ],
)
def test_wrong_allowance(world: World, header: str, code: str, message: str) -> None:
    """An allowance needs the code of a lint, a reason, and something to allow."""
    sql = "SELECT id FROM chats WHERE id = $1"
    (found,) = world.diagnostics(sql, ":one", header)

    assert (found.code, found.message) == (code, message)
    assert text_at(world, found) == header.strip()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("-- timeout: soon\n", "`soon` is not a time that a statement can have"),
        ("-- timeout: 5\n", "`5` is not a time that a statement can have"),
        ("-- timeout: 0s\n", "`0s` is not a time that a statement can have"),
        ("-- timeout: 36000min\n", "`36000min` is not a time that a statement can have"),
        ("-- timeout: 5s\n-- timeout: 6s\n", "a query has one timeout"),
    ],
)
def test_wrong_timeout(world: World, header: str, message: str) -> None:
    """A timeout is one whole number with a unit, that PostgreSQL can count."""
    (found,) = world.diagnostics("SELECT id FROM chats WHERE id = $1", ":one", header)

    assert ("SW119", message) == (found.code, found.message)
    assert text_at(world, found) == header.strip().splitlines()[-1]


@pytest.mark.parametrize("value", ["250ms", "5s", "5 s", "2min"])
def test_right_timeout(world: World, value: str) -> None:
    """A timeout in milliseconds, seconds or minutes is fine."""
    sql = "SELECT id FROM chats WHERE id = $1"

    assert () == world.diagnostics(sql, ":one", f"-- timeout: {value}\n")


def test_every_code_is_explained() -> None:
    """Each code that this pass can give has its explanation."""
    numbers = (*(202, 204, 208, 209, 210, 211), *range(220, 233))

    assert [n for n in numbers if explain(f"SW{n}") is None] == []
