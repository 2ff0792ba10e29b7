"""A whole generated store, as a reviewer sees it."""

from __future__ import annotations

from emit_world import CONFIG, World, query, with_overrides
from goldens_support import assert_golden
from sqlward_codegen.catalog import Catalog, ConstraintKind
from sqlward_codegen.config import Config, Override
from sqlward_codegen.emit import emit_store
from sqlward_codegen.model import CopyTarget, EmbeddedRelation, Query, Verdict


def chat_world() -> World:
    world = World()
    world.enum("chat_status", "open", "in progress", "", "1", comment="Where a chat stands.")
    world.composite("price", amount="numeric", currency="text")
    world.table(
        "users",
        ("id", "uuid"),
        ("name", "text"),
        ("email", "text null"),
        comment="Who can log in.",
        comments={"email": "Lower case."},
    )
    world.table(
        "chats",
        ("id", "uuid"),
        ("owner_id", "uuid"),
        ("status", "public.chat_status"),
        ("labels", "text[]"),
        ("settings", "jsonb"),
        ("cost", "public.price null"),
        ("period", "tstzrange null"),
        ("class", "text null"),
        ("date", "date"),
    )
    world.constraint(ConstraintKind.PRIMARY, "chats", "chats_pkey")
    world.constraint(ConstraintKind.FOREIGN_KEY, "chats", "chats_owner_id_fkey")
    world.constraint(ConstraintKind.CHECK, "chats", "name_check")
    world.constraint(ConstraintKind.CHECK, "users", "name_check")
    return world


def chat_queries(world: World) -> tuple[Query, ...]:
    chat, user = world.row("chats"), world.row("users")
    column, parameter = world.column, world.parameter
    embeds = (
        EmbeddedRelation("chat", "chats", "public", 0, 9, Verdict(False, ""), 0),
        EmbeddedRelation("owner", "users", "public", 9, 12, Verdict(True, ""), 9),
    )
    return (
        query(
            "GetChat",
            ":one",
            chat,
            [parameter(1, "id", "uuid", column="chats.id")],
            sql="SELECT * FROM chats WHERE id = $1",
            doc=("Gets one chat.", "", 'Also an "archived" one.'),
        ),
        query(
            "GetChatWithOwner",
            ":opt",
            (*chat, *user, column("messages", "int8")),
            [parameter(1, "id", "uuid")],
            sql="SELECT chat.*, owner.*, (\n    SELECT count(*) FROM messages\n) AS messages\nFROM …",
            embeds=embeds,
        ),
        query(
            "ListTitles",
            ":many",
            (column("id", "uuid"), column("?column?", "text null"), column("?column?", "int4")),
            [
                parameter(1, "status", "public.chat_status"),
                parameter(2, "ids", "uuid[]", is_slice=True),
                parameter(3, "settings", "jsonb null"),
            ],
        ),
        query(
            "StreamTitles",
            ":iter",
            (column("id", "uuid"), column("?column?", "text null"), column("?column?", "int4")),
        ),
        query(
            "InsertChats",
            ":copyfrom",
            (),
            [
                parameter(1, "id", "uuid"),
                parameter(2, "class", "text null"),
                parameter(3, "settings", "jsonb", column="chats.settings"),
            ],
            copy=CopyTarget("public", "chats", ("id", "class", "order")),
        ),
        query("DeleteChats", ":batchexec", (), [parameter(1, "id", "uuid")]),
        query("PriceChats", ":batchone", (column("price", "money"),), [parameter(1, "id", "uuid")]),
        query("ChatsOf", ":batchmany", chat, [parameter(1, "owner_id", "uuid")]),
        query(
            "CountUsers",
            ":one",
            (column("count", "int8"),),
            path="queries/users.sql",
            reason="an aggregate without GROUP BY gives one row",
        ),
        query(
            "ListUsers",
            ":many",
            user,
            path="queries/users.sql",
            embeds=(EmbeddedRelation("users", "users", "public", 0, 3, Verdict(False, ""), 0),),
        ),
        query(
            "RenameUser",
            ":execrows",
            (),
            [parameter(1, "name", "text"), parameter(2, "id", "uuid")],
            path="queries/users.sql",
        ),
        query("Touch", ":exec", path="queries/users.sql"),
        query("TouchAll", ":execresult", path="queries/users.sql"),
    )


def assert_store(name: str, queries: tuple[Query, ...], catalog: Catalog, config: Config) -> None:
    files, diagnostics = emit_store(queries, catalog, config)

    assert () == diagnostics
    for file in files:
        assert_golden(f"emit/{name}/{file.path}.txt", file.text.removesuffix("\n"))


def test_a_plain_store() -> None:
    """Every command, kind of row and kind of type, as it is written without configuration."""
    world = chat_world()

    assert_store("plain", chat_queries(world), world.catalog, CONFIG)


def test_a_store_with_overrides() -> None:
    """The user's own types and converters stand in signatures, rows and calls."""
    world = chat_world()
    config = with_overrides(
        Override("app.Settings", column="chats.settings", json=True),
        Override("app.UserId", column="*.owner_id"),
        Override("app.Labels", column="chats.labels", decode="app.labels", encode="app.unlabel"),
        Override("app.Title", query_column="ListTitles.?column?", decode="app.Title"),
        Override("app.Name", parameter="RenameUser.name", encode="str"),
    )

    assert_store("overrides", chat_queries(world), world.catalog, config)


def test_an_empty_store() -> None:
    """A project without queries gets a store without methods."""
    assert_store("empty", (), World().catalog, CONFIG)
