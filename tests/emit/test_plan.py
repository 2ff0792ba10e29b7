"""The plan of a store: what is reported, and what makes a file change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from emit_world import CONFIG, World, query, with_overrides
from sqlward_codegen.catalog import Catalog, TypeKind
from sqlward_codegen.config import Config, Override
from sqlward_codegen.diagnostics import Diagnostic, Severity
from sqlward_codegen.emit import emit_store, plan, render
from sqlward_codegen.emit.collisions import RESERVED_METHODS
from sqlward_codegen.emit.store_plan import module_names
from sqlward_codegen.model import Directive, EmbeddedRelation, Query, Span, Verdict

from sqlward.aio import AsyncQuerier
from sqlward.sync import Querier


def world_of_chats() -> World:
    world = World()
    world.table("chats", ("id", "uuid"), ("title", "text"))
    world.table("users", ("id", "uuid"), ("title", "text"))
    return world


def module_text(path: str, queries: tuple[Query, ...], catalog: Catalog, config: Config) -> str:
    (module,) = (m for m in plan(queries, catalog, config).modules if m.path == path)
    return render(module)


def only(diagnostics: tuple[Diagnostic, ...]) -> Diagnostic:
    (diagnostic,) = diagnostics
    return diagnostic


# --- what changes ----------------------------------------------------------------------


def test_one_edited_query_changes_one_digest() -> None:
    """Only the plan of the edited query's file differs, and no digest depends on the run."""
    world = world_of_chats()
    chats = query("GetChat", ":opt", world.row("chats"))
    users = query("GetUser", ":opt", world.row("users"), path="queries/users.sql")
    edited = replace(users, statement=replace(users.statement, sql="SELECT 2"))

    before = {m.path: m.digest for m in plan((chats, users), world.catalog, CONFIG).modules}
    again = {m.path: m.digest for m in plan((chats, users), world.catalog, CONFIG).modules}
    after = {m.path: m.digest for m in plan((chats, edited), world.catalog, CONFIG).modules}

    assert before == again
    assert {"users.py"} == {path for path in before if before[path] != after[path]}


def test_output_is_deterministic() -> None:
    """Two runs give the same files, byte by byte."""
    world = world_of_chats()
    queries = (query("GetChat", ":opt", world.row("chats")),)

    assert emit_store(queries, world.catalog, CONFIG) == emit_store(queries, world.catalog, CONFIG)


# --- rows ------------------------------------------------------------------------------


def test_a_table_s_row_is_its_model() -> None:
    """Exactly the columns of a table, in order, are its model; anything else is not."""
    world = world_of_chats()
    id_, title = world.row("chats")
    queries = (
        query("Same", ":opt", (id_, title)),
        query("Turned", ":opt", (title, id_)),
        query("Fewer", ":opt", (id_, world.column("n", "int4"))),
        query("Stronger", ":opt", (id_, replace(title, verdict=Verdict(True, "")))),
    )

    text = module_text("chats.py", queries, world.catalog, CONFIG)

    assert "SAME: Final = Query[Chat](" in text
    assert "TURNED: Final = Query[TurnedRow](" in text
    assert "FEWER: Final = Query[FewerRow](" in text
    assert "STRONGER: Final = Query[StrongerRow](" in text


def test_columns_of_another_table_are_not_the_model() -> None:
    """Two tables of the same shape do not stand for one another."""
    world = world_of_chats()
    chat_id, _ = world.row("chats")
    _, user_title = world.row("users")

    text = module_text(
        "chats.py", (query("Mixed", ":opt", (chat_id, user_title)),), world.catalog, CONFIG
    )

    assert "class MixedRow:" in text


def test_rows_alike_share_a_class() -> None:
    """The second query with the same columns in a file gets an alias of the first's class."""
    world = world_of_chats()
    columns = (world.column("id", "uuid"), world.column("n", "int8"))
    queries = (query("First", ":many", columns), query("Second", ":many", columns))

    text = module_text("chats.py", queries, world.catalog, CONFIG)

    assert "SecondRow: TypeAlias = FirstRow\n" in text
    assert "class SecondRow" not in text
    assert "row=row(FirstRow)" in text


@pytest.mark.parametrize(
    ("discriminator", "expected"),
    [
        (2, "values[2] is not None else None"),
        (None, "any(value is not None for value in values[1:3]) else None"),
    ],
)
def test_an_absent_embed(discriminator: int | None, expected: str) -> None:
    """An embed is absent where its discriminator is NULL, or all of it without one."""
    world = world_of_chats()
    embed = EmbeddedRelation("users", "users", "public", 1, 3, Verdict(True, ""), discriminator)
    columns = (world.column("n", "int8"), *world.row("users"))

    text = module_text(
        "chats.py", (query("Q", ":opt", columns, embeds=(embed,)),), world.catalog, CONFIG
    )

    assert "    user: User | None\n" in text
    assert f"User(*values[1:3]) if {expected}" in text


def test_an_embed_of_no_table_has_a_class_of_its_own() -> None:
    """What a CTE gives is nested under a class named after query and embed."""
    world = world_of_chats()
    embed = EmbeddedRelation("sums", None, None, 0, 2, Verdict(False, ""), 0)
    columns = (
        world.column("chats", "int8"),
        world.column("cost", "numeric null"),
        world.column("id", "uuid"),
    )

    text = module_text(
        "chats.py", (query("Report", ":many", columns, embeds=(embed,)),), world.catalog, CONFIG
    )

    assert "class ReportSums:\n    chats: int\n    cost: Decimal | None\n" in text
    assert "class ReportRow:\n    sums: ReportSums\n    id: UUID\n" in text
    assert "return ReportRow(ReportSums(*values[0:2]), values[2])" in text


# --- names of modules ------------------------------------------------------------------


def test_module_names() -> None:
    """Modules are called like their files, without a clash among them or with our own."""
    names = module_names(
        [
            "queries/chats.sql",
            "queries/models.sql",
            "queries/admin/users.sql",
            "queries/public/users.sql",
            "queries/Audit Log.sql",
            "queries/class.sql",
            "queries/1st.sql",
        ]
    )

    assert {
        "queries/chats.sql": "chats",
        "queries/models.sql": "models_queries",
        "queries/admin/users.sql": "admin_users",
        "queries/public/users.sql": "public_users",
        "queries/Audit Log.sql": "audit_log",
        "queries/class.sql": "class_",
        "queries/1st.sql": "queries_1st",
    } == names


# --- diagnostics -----------------------------------------------------------------------


def test_queries_with_one_method_name() -> None:
    """Names that differ only in case cannot both be methods."""
    queries = (
        query("GetURL", ":exec"),
        query("GetUrl", ":exec", path="queries/users.sql"),
    )

    found = only(plan(queries, World().catalog, CONFIG).diagnostics)

    assert "SW302" == found.code
    assert "`GetUrl` and `GetURL` are both the method `get_url`" == found.message
    assert [Span("queries/users.sql", 9, 15), Span("queries/chats.sql", 9, 15)] == [
        label.span for label in found.labels
    ]


def test_a_method_name_that_every_store_has() -> None:
    """A query cannot take the place of a store's own method."""
    found = only(plan((query("Transaction", ":exec"),), World().catalog, CONFIG).diagnostics)

    assert "SW305" == found.code
    assert "`Transaction` would be the method `transaction`, which every store has" == found.message


def test_reserved_methods_are_those_of_the_queriers() -> None:
    """Every public name of the run time's queriers is reserved."""
    public = {n for cls in (Querier, AsyncQuerier) for n in dir(cls) if not n.startswith("_")}

    assert public <= RESERVED_METHODS


def test_a_timeout_goes_with_the_query() -> None:
    """`-- timeout: 1500ms` is in the query's constant, in seconds."""
    plain = query("ClearChats", ":exec")
    raw = plain.statement.query
    directive = Directive("timeout", "1500ms", raw.name_span)
    hurried = replace(raw, directives=(directive,))
    statement = replace(plain.statement, query=hurried)
    queries = (replace(plain, statement=statement),)

    assert "timeout=1.5" in module_text("chats.py", queries, World().catalog, CONFIG)


def test_a_row_class_named_like_a_model() -> None:
    """A class that the schema already has cannot be made for a query."""
    world = world_of_chats()
    world.table("get_chat_rows", ("id", "int4"))
    columns = (world.column("a", "int4"), world.column("b", "int4"))

    found = only(plan((query("GetChat", ":opt", columns),), world.catalog, CONFIG).diagnostics)

    assert "SW304" == found.code
    assert "`GetChat` needs a class `GetChatRow`, but a class of the schema is called that" == (
        found.message
    )


def test_types_without_python_type() -> None:
    """Each place is reported, with the override to write; nothing is emitted."""
    world = World()
    world.type(TypeKind.BASE, "geometry", extension="postgis")
    world.table("places", ("id", "int4"), ("at", "public.geometry"))
    places = query(
        "Near",
        ":many",
        (*world.row("places"), world.column("n", "int4")),
        [world.parameter(1, "at", "public.geometry")],
    )

    files, diagnostics = emit_store((places,), world.catalog, CONFIG)

    assert () == files
    assert [
        ("SW301", "`at` is of type `public.geometry`"),
        ("SW301", "its column `at` is of type `public.geometry`"),
    ] == [(d.code, d.labels[0].text) for d in diagnostics]
    assert 'db_type = "public.geometry"' in (diagnostics[0].help or "")


def test_a_type_that_no_query_meets_is_no_error() -> None:
    """A table with an unknown type can be there as long as no query asks for the column."""
    world = World()
    world.type(TypeKind.BASE, "geometry", extension="postgis")
    world.table("places", ("id", "int4"), ("at", "public.geometry null"))

    assert "    at: object | None\n" in module_text("models.py", (), world.catalog, CONFIG)


def test_an_override_opens_an_unknown_type() -> None:
    """With an override the type's text is read, or what the converter makes of it."""
    world = World()
    world.type(TypeKind.BASE, "geometry", extension="postgis")
    config = with_overrides(Override("app.Point", db_type="geometry", decode="app.point"))
    queries = (query("Where", ":opt", (world.column("at", "public.geometry"),)),)

    text = module_text("chats.py", queries, world.catalog, config)

    assert "return point(values[0])" in text
    assert "binary=False" in text
    types = module_text("types.py", queries, world.catalog, config)
    assert '"public.geometry": "text"' in types


def test_bad_and_unused_overrides() -> None:
    """A name that cannot be read is an error; an override without effect is a warning."""
    config = with_overrides(
        Override("not a type", db_type="uuid"), Override("app.X", column="chats.nothing")
    )

    found = plan((), World().catalog, config).diagnostics

    assert [("SW303", Severity.ERROR), ("SW307", Severity.WARNING)] == [
        (d.code, d.severity) for d in found
    ]


def test_a_batch_without_parameters() -> None:
    """There is nothing to run many times without a parameter."""
    found = only(plan((query("Tick", ":batchexec"),), World().catalog, CONFIG).diagnostics)

    assert "SW306" == found.code
    assert "`Tick` is `:batchexec` but has no parameters" == found.message


def test_an_anonymous_row_has_no_type() -> None:
    """A `record` cannot be overridden, so the way out is a cast."""
    world = World()
    queries = (query("Pair", ":opt", (world.column("row", "record"),)),)

    found = only(plan(queries, world.catalog, CONFIG).diagnostics)

    assert ("SW301", "cast the value to a type that has a name") == (found.code, found.help)


# --- types for the run time ------------------------------------------------------------


def test_types_are_those_that_queries_meet() -> None:
    """The run time is told of what queries use, parts included, and of nothing else."""
    world = world_of_chats()
    world.enum("mood", "ok")
    world.enum("unused", "ok")
    world.type(TypeKind.DOMAIN, "moods", element_oid=world.oid("public.mood[]"))
    world.composite("state", moods="public.moods", n="int4")
    queries = (query("Q", ":exec", (), [world.parameter(1, "state", "public.state[]")]),)

    text = module_text("types.py", queries, world.catalog, CONFIG)

    assert '"public.mood": Mood' in text
    assert '"public.moods": "public.mood[]"' in text
    assert '"public.state": CompositeType(State, ("public.moods", "int4"))' in text
    assert "unused" not in text


def test_a_whole_row_as_a_value() -> None:
    """A table's row type has a class of its own, whose fields can all be NULL."""
    world = world_of_chats()
    queries = (query("Q", ":opt", (world.column("chats", "public.chats"),)),)

    models = module_text("models.py", queries, world.catalog, CONFIG)

    assert "class Chat:\n" in models
    assert "class ChatRecord:\n" in models
    assert "    title: str | None\n" in models
    assert "class UserRecord:" not in models
    assert "Query[ChatRecord]" in module_text("chats.py", queries, world.catalog, CONFIG)


def test_a_composite_type_of_an_extension_is_text() -> None:
    """What an extension brings has no class; with an override it is PostgreSQL's text."""
    world = World()
    world.type(TypeKind.COMPOSITE, "parts", extension="ext")
    world.type(TypeKind.ENUM, "kind", extension="ext")
    config = with_overrides(Override("str", db_type="parts"), Override("str", db_type="kind"))
    columns = (world.column("parts", "public.parts"), world.column("kind", "public.kind"))
    queries = (query("Q", ":opt", columns),)

    types = module_text("types.py", queries, world.catalog, config)

    assert '"public.kind": "text"' in types
    assert '"public.parts": "text"' in types
    assert "binary=False" in module_text("chats.py", queries, world.catalog, config)


def test_frozen_rows() -> None:
    """With `frozen_rows` every row class is frozen."""
    world = world_of_chats()
    config = replace(CONFIG, frozen_rows=True)
    columns = (world.column("a", "int4"), world.column("b", "int4"))
    queries = (query("Q", ":opt", columns),)

    for path in ("models.py", "chats.py"):
        text = module_text(path, queries, world.catalog, config)

        assert "@dataclass(frozen=True, slots=True)" in text
        assert "@dataclass(slots=True)" not in text


def test_renames() -> None:
    """Tables, columns, parameters and labels are called as the configuration says."""
    world = world_of_chats()
    world.enum("mood", "so-so")
    config = replace(
        CONFIG, renames=(("chats", "Talk"), ("title", "heading"), ("so-so", "MEDIOCRE"))
    )
    queries = (query("Q", ":opt", world.row("chats"), [world.parameter(1, "title", "text")]),)

    assert "class Talk:\n" in module_text("models.py", queries, world.catalog, config)
    assert 'MEDIOCRE = "so-so"' in module_text("enums.py", queries, world.catalog, config)
    text = module_text("chats.py", queries, world.catalog, config)
    assert "def q(self, heading: str) -> Talk | None:" in text
