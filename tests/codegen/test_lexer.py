"""The scanner behind one module: kinds, character offsets, and where it stops."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlward_codegen.reading import lexer
from sqlward_codegen.reading.lexer import LexError, identifier, scan


def test_tokens_have_text_and_place() -> None:
    """A token knows its text and the characters it stands on."""
    tokens = scan("SELECT id -- key\n")
    expected = [("SELECT", 0, 6), ("id", 7, 9), ("-- key", 10, 16)]

    assert expected == [(t.text, t.start, t.end) for t in map(tokens.__getitem__, range(3))]


def test_offsets_count_characters() -> None:
    """Characters of two, three and four bytes each count as one."""
    tokens = scan("SELECT 'é', '日本', '🎉', last")
    texts = [tokens[i].text for i in range(len(tokens))]

    assert ["SELECT", "'é'", ",", "'日本'", ",", "'🎉'", ",", "last"] == texts


@given(st.text(st.characters(exclude_characters="'\0", exclude_categories=["Cs"])))
def test_any_string_keeps_its_text(text: str) -> None:
    """Whatever stands in a string constant, the tokens after it are found in place."""
    tokens = scan(f"'{text}' + after")
    texts = [tokens[i].text for i in range(len(tokens))]

    assert [f"'{text}'", "+", "after"] == texts


def test_kinds_are_those_of_the_library() -> None:
    """The numbers written down in the module are the ones that the library gives."""
    Token = import_module("postgast.pg_query_pb2").Token  # noqa: N806 (a class; its stub is broken)
    found = {
        "IDENT": lexer.IDENTIFIER,
        "UIDENT": lexer.UNICODE_IDENTIFIER,
        "SCONST": lexer.STRING,
        "USCONST": lexer.UNICODE_STRING,
        "Op": lexer.OPERATOR,
        "PARAM": lexer.PARAMETER,
        "SQL_COMMENT": lexer.LINE_COMMENT,
        "C_COMMENT": lexer.BLOCK_COMMENT,
    }
    expected = {name: Token.Value(name) for name in found}
    constants = {
        Token.Value(n) for n in ("FCONST", "SCONST", "USCONST", "BCONST", "XCONST", "ICONST")
    }

    assert expected == found
    assert constants == lexer.CONSTANTS


def test_nested_comments_are_one_token() -> None:
    """A block comment ends where its nesting ends, as in PostgreSQL."""
    tokens = scan("/* a /* b */ ; */ SELECT 1")

    assert "/* a /* b */ ; */" == tokens[0].text


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("é 'abc", "unterminated quoted string", 2),
        ('é "abc', "unterminated quoted identifier", 2),
        ("é /* abc", "unterminated /* comment", 2),
        ("日本 $x$ abc", "unterminated dollar-quoted string", 3),
        ("é 1a", "trailing junk after numeric literal", 2),
        ("é\0", "invalid NUL character", 1),
    ],
)
def test_errors_have_a_character_offset(text: str, message: str, position: int) -> None:
    """Where the scanner stops is given in characters."""
    with pytest.raises(LexError) as caught:
        scan(text)

    assert (message, position) == (caught.value.message, caught.value.position)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Chat", "Chat"), ('"my ""chat"""', 'my "chat"'), ("'o''clock'", "o'clock")],
)
def test_identifier(text: str, name: str) -> None:
    """A name loses its quotes and keeps its case."""
    assert name == identifier(text)


def test_importing_is_light() -> None:
    """Neither importing the module nor scanning loads the rest of postgast."""
    program = (
        "import sys, sqlward_codegen.reading.lexer as lexer; before = 'ctypes' in sys.modules; "
        "lexer.scan('SELECT 1'); print(before, 'postgast' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert "False False\n" == done.stdout
