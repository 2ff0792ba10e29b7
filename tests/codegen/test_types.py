"""PostgreSQL's types in Python, and the user's overrides."""

from __future__ import annotations

import pytest
from emit_world import World
from psycopg.adapt import AdaptersMap
from psycopg.errors import ProgrammingError
from psycopg.pq import Format
from sqlward_codegen.catalog import TypeKind
from sqlward_codegen.config import Override
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.emit.scope import Scope
from sqlward_codegen.model import ColumnRef
from sqlward_codegen.types.annotation import Annotation, PythonType
from sqlward_codegen.types.builtin import builtin_type, has_binary_input
from sqlward_codegen.types.mapping import NoPythonTypeError, PythonTypes, Value
from sqlward_codegen.types.overrides import (
    matches_column,
    matches_type,
    parse_annotation,
    resolve,
)
from sqlward_codegen.types.schema_names import schema_names
from sqlward_codegen.types.sql_names import column_list, sql_type_name, table_name

from sqlward._builtin import builtin_map


def python_types(world: World, *overrides: Override) -> PythonTypes:
    catalog = world.catalog
    names = schema_names(catalog, ())
    return PythonTypes(catalog, names, [resolve(n, o) for n, o in enumerate(overrides)])


def text(annotation: Annotation) -> str:
    return Scope("").annotation(annotation)


def result(world: World, name: str, *overrides: Override, nullable: bool = False) -> str:
    value = Value(world.oid(name), nullable, dimensions=int(name.endswith("[]")))
    return text(python_types(world, *overrides).of(value).result)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bool", "bool"),
        ("int2", "int"),
        ("int8", "int"),
        ("float4", "float"),
        ("numeric", "Decimal"),
        ("text", "str"),
        ("bpchar", "str"),
        ("bytea", "bytes"),
        ("uuid", "UUID"),
        ("date", "date"),
        ("timetz", "time"),
        ("timestamptz", "datetime"),
        ("interval", "timedelta"),
        ("inet", "Inet"),
        ("cidr", "Cidr"),
        ("jsonb", "JsonValue"),
        ("bit", "str"),
        ("tsvector", "str"),
        ("money", "str"),
        ("oid", "int"),
        ("xid8", "int"),
        ("int2vector", "list[int]"),
        ("void", "None"),
        ("int4range", "Range[int]"),
        ("tstzmultirange", "Multirange[datetime]"),
        ("text[]", "list[str | None]"),
        ("numrange[]", "list[Range[Decimal] | None]"),
    ],
)
def test_builtin_types(name: str, expected: str) -> None:
    """Each of PostgreSQL's types has the Python type that its values are of."""
    assert expected == result(World(), name)


def test_the_schema_s_own_types() -> None:
    """Enums and composite types are generated classes; a domain is what it is over."""
    world = World()
    world.enum("mood", "ok")
    world.composite("address", street="text")
    world.type(TypeKind.DOMAIN, "slugs", element_oid=world.oid("text[]"))
    world.type(TypeKind.RANGE, "floatrange", element_oid=world.oid("float8"))
    world.type(TypeKind.BASE, "hstore", extension="hstore")
    world.type(TypeKind.BASE, "vector", extension="vector")

    assert [
        "Mood",
        "Address",
        "list[Address | None]",
        "list[str | None]",
        "Range[float]",
        "dict[str, str | None]",
        "list[float]",
    ] == [
        result(world, name)
        for name in (
            "public.mood",
            "public.address",
            "public.address[]",
            "public.slugs",
            "public.floatrange",
            "public.hstore",
            "public.vector",
        )
    ]


@pytest.mark.parametrize(
    ("type_", "dimensions", "elements_nullable", "expected", "sent"),
    [
        ("text[]", 1, False, "list[str]", "Sequence[str]"),
        ("text[]", 2, True, "list[list[str | None]]", "Sequence[Sequence[str | None]]"),
        ("jsonb[]", 1, False, "list[JsonValue]", "Sequence[object]"),
        ("text[]", 0, False, "list[str]", "Sequence[str]"),
    ],
)
def test_arrays(
    type_: str, dimensions: int, elements_nullable: bool, expected: str, sent: str
) -> None:
    """An array is as deep as its dimensions; what is sent may be any sequence."""
    world = World()
    value = Value(world.oid(type_), False, elements_nullable, dimensions)

    found = python_types(world).of(value)

    assert (expected, sent) == (text(found.result), text(found.parameter))


def test_nullable_values() -> None:
    """`| None` is said once, and never of `void`."""
    world = World()

    assert "UUID | None" == result(world, "uuid", nullable=True)
    assert "None" == result(world, "void", nullable=True)
    assert "str | None" == result(
        world, "text", Override("str | None", db_type="text"), nullable=True
    )


@pytest.mark.parametrize("kind", [TypeKind.BASE, TypeKind.PSEUDO])
def test_a_type_without_python_type(kind: TypeKind) -> None:
    """A type that nobody knows is named, also inside an array or a domain."""
    world = World()
    world.type(kind, "geometry")
    world.type(TypeKind.DOMAIN, "place", element_oid=world.oid("public.geometry"))

    for name in ("public.geometry", "public.geometry[]", "public.place"):
        with pytest.raises(NoPythonTypeError) as raised:
            result(world, name)

        assert "public.geometry" == raised.value.type_name


def test_the_binary_forms_are_those_of_the_run_time() -> None:
    """What is called binary here is what the run time can read and write in binary."""
    adapters = builtin_map()
    for type_ in World().types.values():
        if type_.kind is not TypeKind.BASE or type_.name == "record":
            continue
        found = builtin_type(type_.schema, type_.name, None)

        assert found is not None, type_.name
        can_read = adapters.get_loader(type_.oid, Format.BINARY) is not None
        assert can_read == found.binary, type_.name
        can_write = _has_binary_dumper(adapters, type_.oid)
        assert can_write == has_binary_input(type_.schema, type_.name, None), type_.name


def _has_binary_dumper(adapters: AdaptersMap, oid: int) -> bool:
    try:
        dumper = adapters.get_dumper_by_oid(oid, Format.BINARY)
    except ProgrammingError:
        return False
    return dumper.format is Format.BINARY


def test_one_part_without_binary_form_is_enough() -> None:
    """A composite type, array or range is text as soon as anything in it is."""
    world = World()
    world.composite("priced", name="text", price="money")
    world.composite("order", lines="public.priced[]")
    types = python_types(world)

    for name in ("public.priced", "public.order[]"):
        assert not types.of(Value(world.oid(name), False)).binary
    assert types.of(Value(world.oid("int4range[]"), False)).binary


# --- overrides -------------------------------------------------------------------------


def test_the_nearest_override_counts() -> None:
    """A query's column or parameter comes before the table's column, and that before the type."""
    world = World()
    types = python_types(
        world,
        Override("a.ByType", db_type="text"),
        Override("a.ByColumn", column="chats.title"),
        Override("a.ByQuery", query_column="GetChat.title"),
        Override("a.ByParameter", parameter="GetChat.title"),
    )
    title = ColumnRef("public", "chats", "title")
    oid = world.oid("text")

    def name(value: Value) -> str:
        return types.of(value).result.name

    assert "ByType" == name(Value(oid, False))
    assert "ByColumn" == name(Value(oid, False, column=title))
    assert "ByColumn" == name(Value(oid, False, column=title, query="Other", name="title"))
    assert "ByQuery" == name(Value(oid, False, column=title, query="GetChat", name="title"))
    assert "ByParameter" == name(
        Value(oid, False, column=title, query="GetChat", name="title", is_parameter=True)
    )
    assert {0, 1, 2, 3} == types.used


def test_a_type_override_reaches_into_arrays_and_domains() -> None:
    """Elements of an array and what a domain is over follow an override of their type."""
    world = World()
    world.type(TypeKind.DOMAIN, "email", element_oid=world.oid("text"))
    override = Override("a.Text", db_type="text", decode="a.decode")

    assert "list[Text | None]" == result(world, "text[]", override)
    assert "Text" == result(world, "public.email", override)
    assert "Email" == result(world, "public.email", Override("a.Email", db_type="email"), override)


def test_ranges_and_composites_keep_what_psycopg_gives() -> None:
    """No conversion reaches inside a range or a composite type, so neither does the type."""
    world = World()
    world.composite("price", amount="numeric")
    override = Override("a.Money", db_type="numeric", decode="a.money")

    assert "Range[Decimal]" == result(world, "numrange", override)
    (field,) = world.types["public.price"].fields
    assert "Decimal | None" == text(python_types(world, override).field(field).result)


def test_a_slice_takes_many_of_the_column_s_type() -> None:
    """For `IN (sqlc.slice(…))` the override of the column is about each element."""
    world = World()
    types = python_types(world, Override("a.ChatId", column="chats.id"))
    column = ColumnRef("public", "chats", "id")

    found = types.of(
        Value(world.oid("uuid[]"), False, False, 1, column, is_parameter=True, is_slice=True)
    )

    assert "Sequence[ChatId]" == text(found.parameter)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("chats.labels", True),
        ("public.chats.labels", True),
        ("*.labels", True),
        ("chats.*", True),
        ("chats.label", False),
        ("users.labels", False),
        ("CHATS.labels", False),
    ],
)
def test_column_globs(pattern: str, expected: bool) -> None:
    """A column is named with its table, and its schema where one likes; globs match parts."""
    column = ColumnRef("public", "chats", "labels")

    assert expected == matches_column(Override("str", column=pattern), column)


@pytest.mark.parametrize(
    ("spelling", "type_"),
    [
        ("timestamptz", "timestamptz"),
        ("timestamp with time zone", "timestamptz"),
        ("pg_catalog.int4", "int4"),
        ("INTEGER", "int4"),
        ("character varying", "varchar"),
        ("text[]", "_text"),
        ("mood", "public.mood"),
        ("public.mood", "public.mood"),
        ("public.mood[]", "public._mood"),
    ],
)
def test_spellings_of_types(spelling: str, type_: str) -> None:
    """A type may be named as PostgreSQL itself names it anywhere."""
    world = World()
    world.enum("mood", "ok")

    assert matches_type(Override("str", db_type=spelling), world.types[type_])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("str", Annotation("builtins", "str")),
        ("app.types.Label", Annotation("app.types", "Label")),
        (
            "dict[str, app.Label]",
            Annotation(
                "builtins", "dict", (Annotation("builtins", "str"), Annotation("app", "Label"))
            ),
        ),
        ("app.Label | None", Annotation("app", "Label", (), True)),
    ],
)
def test_python_types_of_overrides(written: str, expected: Annotation) -> None:
    """A Python type is `module.Name` or a builtin, with arguments where it takes some."""
    assert expected == parse_annotation(written)


@pytest.mark.parametrize("written", ["", "Label", "app.", "1", "print", "f()", "a.b[", "app.f().X"])
def test_bad_python_types(written: str) -> None:
    """What is not the name of a type is a diagnostic that quotes it."""
    with pytest.raises(CompileError) as raised:
        parse_annotation(written)

    (diagnostic,) = raised.value.diagnostics
    assert ("SW303", f"`{written}` is not the name of a Python type") == (
        diagnostic.code,
        diagnostic.message,
    )


@pytest.mark.parametrize("written", ["decode", "app.decode()", "app..x", ""])
def test_bad_functions(written: str) -> None:
    """What is not the name of a function is a diagnostic too."""
    with pytest.raises(CompileError) as raised:
        resolve(0, Override("str", db_type="text", decode=written))

    assert ["SW303"] == [d.code for d in raised.value.diagnostics]


# --- names -----------------------------------------------------------------------------


def test_names_for_the_run_time() -> None:
    """Types of the schema are qualified and not quoted; arrays say their dimensions."""
    world = World()
    world.enum("Odd Mood", "ok")
    catalog = world.catalog

    assert ["uuid", "text[]", "jsonb[][]", "public.Odd Mood", "public.Odd Mood[]"] == [
        sql_type_name(catalog, world.oid("uuid")),
        sql_type_name(catalog, world.oid("text[]"), 0),
        sql_type_name(catalog, world.oid("jsonb[]"), 2),
        sql_type_name(catalog, world.oid("public.Odd Mood")),
        sql_type_name(catalog, world.oid("public.Odd Mood[]"), 1),
    ]


def test_names_for_sql() -> None:
    """Names are quoted where PostgreSQL needs it."""
    assert 'auth."user"' == table_name("auth", "user")
    assert '"Odd ""name"""' == table_name("public", 'Odd "name"')
    assert 'id, "order", "Weird"' == column_list(["id", "order", "Weird"])


def test_python_type_of_class_names() -> None:
    """Tables choose their class names first; what comes later gives way."""
    world = World()
    world.enum("chat_status", "open")
    world.enum("role", "admin", schema="auth")
    world.composite("user", name="text")
    world.table("chat_statuses", ("id", "int4"))
    world.table("users", ("id", "int4"))
    world.table("users", ("id", "int4"), schema="auth")
    world.table("stores", ("id", "int4"))

    names = schema_names(world.catalog, (("chat_statuses", "Status"),))

    assert ["Status", "User", "AuthUser", "StoreModel"] == list(names.models.values())
    assert ["ChatStatus", "AuthRole"] == list(names.enums.values())
    assert ["UserType"] == list(names.composites.values())


def test_same_type_object_for_same_value() -> None:
    """Types are worked out once: equal values get the very same object."""
    world = World()
    types = python_types(world)
    value = Value(world.oid("uuid"), True)

    first: PythonType = types.of(value)

    assert first is types.of(Value(world.oid("uuid"), True))
