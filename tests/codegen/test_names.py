"""Python names for what SQL names."""

from __future__ import annotations

import keyword
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlward_codegen.names import (
    class_stem,
    constant_case,
    identifier,
    pascal_case,
    singular,
    snake_case,
    unique,
    unique_all,
)

ANY_TEXT = st.text(max_size=12) | st.text("aB_1 -é表߀²ⅷﬁ\u200d\u0301", max_size=8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("user_id", "user_id"),
        ("userID", "user_id"),
        ("GetChat", "get_chat"),
        ("HTTPServer", "http_server"),
        ("GetURL", "get_url"),
        ("ListChatsByIDs", "list_chats_by_ids"),
        ("GetAPIKeysOfUser", "get_api_keys_of_user"),
        ("GetOAuth2App", "get_oauth2_app"),
        ("sha256", "sha256"),
        ("x86_64", "x86_64"),
        ("SHOUTING_SNAKE", "shouting_snake"),
        ("a name with  spaces", "a_name_with_spaces"),
        ("?column?", "column"),
        ("Größe", "größe"),
        ("表", "表"),
        ("_id", "_id"),
        ("__init__", "init"),
        ("class", "class_"),
        ("self", "self_"),
        ("None", "none"),
        ("match", "match"),
        ("2fa", "value_2fa"),
        ("", "value"),
        ("--", "value"),
    ],
)
def test_snake_case(name: str, expected: str) -> None:
    """Methods, fields and parameters are snake_case, whatever the name was."""
    assert expected == snake_case(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("chat_status", "ChatStatus"),
        ("HTTPServer", "HttpServer"),
        ("none", "None_"),
        ("2fa_codes", "Value2faCodes"),
        ("a b", "AB"),
        ("été", "Été"),
        ("", "Value"),
    ],
)
def test_pascal_case(name: str, expected: str) -> None:
    """Classes are PascalCase, and never a keyword."""
    assert expected == pascal_case(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("in progress", "IN_PROGRESS"),
        ("inProgress", "IN_PROGRESS"),
        ("None", "NONE"),
        ("1", "VALUE_1"),
        ("", "VALUE"),
        ("+", "VALUE"),
        ("straße", "STRASSE"),
    ],
)
def test_constant_case(name: str, expected: str) -> None:
    """Constants and members of enums are upper case."""
    assert expected == constant_case(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("GetURL", "GetURL"), ("getChat", "GetChat"), ("list_users", "ListUsers")],
)
def test_class_stem(name: str, expected: str) -> None:
    """What belongs to a query is called as the user wrote the query's name."""
    assert expected == class_stem(name)


@pytest.mark.parametrize(
    ("plural", "expected"),
    [
        ("users", "user"),
        ("user_addresses", "user_address"),
        ("categories", "category"),
        ("statuses", "status"),
        ("boxes", "box"),
        ("branches", "branch"),
        ("dishes", "dish"),
        ("series", "series"),
        ("news", "news"),
        ("people", "person"),
        ("children", "child"),
        ("indices", "index"),
        ("days", "day"),
        ("houses", "house"),
        ("heroes", "hero"),
        ("databases", "database"),
        ("chat_messages", "chat_message"),
        ("status", "status"),
        ("address", "address"),
        ("analysis", "analysis"),
        ("gas", "gas"),
        ("user", "user"),
        ("movies", "movie"),
        ("licenses", "license"),
        ("courses", "course"),
        ("processes", "process"),
        ("viruses", "virus"),
        ("queries", "query"),
        ("ties", "tie"),
        ("photos", "photo"),
        ("leaves", "leaf"),
        ("images", "image"),
        ("apis", "api"),
        ("uses", "use"),
        ("warehouses", "warehouse"),
        ("bonuses", "bonus"),
        ("menus", "menu"),
        ("", ""),
    ],
)
def test_singular(plural: str, expected: str) -> None:
    """A table's model is called like one of its rows."""
    assert expected == singular(plural)


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("a", [], "a"),
        ("a", ["a"], "a_2"),
        ("a", ["a", "a_2"], "a_3"),
        ("class_", ["class_"], "class_2"),
    ],
)
def test_unique(name: str, taken: list[str], expected: str) -> None:
    """The first free number is put behind a name that is taken."""
    assert expected == unique(name, taken)


def test_unique_all_keeps_plain_names() -> None:
    """A name that stands as it is does not give way to one that had to be numbered."""
    assert ("a", "a_3", "a_2") == unique_all(["a", "a", "a_2"])


@given(ANY_TEXT)
def test_every_name_is_an_identifier(text: str) -> None:
    """Any text becomes a name that Python takes, in the form in which Python keeps it."""
    for make in (snake_case, constant_case, pascal_case, class_stem, identifier):
        name = make(text)

        assert name.isidentifier(), (make, name)
        assert not keyword.iskeyword(name)
        assert not name.startswith("__")
        assert unicodedata.normalize("NFKC", name) == name


@given(st.lists(ANY_TEXT, max_size=6))
def test_names_made_unique_are_unique(texts: list[str]) -> None:
    """However alike the names, none is given twice, and their number stays."""
    names = unique_all(snake_case(text) for text in texts)

    assert len(texts) == len(set(names))
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in names)


@given(ANY_TEXT)
@example("0\U00010879")
def test_snake_case_is_stable(text: str) -> None:
    """A name that was made once is not changed when it is made again."""
    once = snake_case(text)

    assert once == snake_case(once)
