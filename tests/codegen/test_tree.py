"""The reader of `pg_node_tree` text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlward_codegen.tree import Node, Value, queries, read_tree


def written(value: object) -> str:
    """Write a tree as `outfuncs.c` does: an independent, naive transcription of it."""
    if value is None:
        return "<>"
    if isinstance(value, tuple):
        tag, fields = str(value[0]), dict(value[1])
        return "{" + tag + "".join(f" :{k} {written(v)}" for k, v in fields.items()) + "}"
    if isinstance(value, list):
        return "(" + " ".join(written_item(v) for v in value) + ")"
    return word(str(value))


def written_item(value: object) -> str:
    """Inside a list, a word is a string node: quoted."""
    return f'"{word(value)}"' if isinstance(value, str) and value else written(value)


def word(text: str) -> str:
    """Escape as `outToken` does."""
    if not text:
        return '""'
    first = text[0] in '<"' or text[0].isdigit() or text[0] in "+-"
    escaped = "".join(f"\\{c}" if c in ' \n\t(){}\\"' else c for c in text)
    return f"\\{escaped}" if first and not escaped.startswith("\\") else escaped


def plain(value: Value) -> object:
    """Give the read tree in the form that `written` takes."""
    if isinstance(value, Node):
        return (value.tag, {name: plain(v) for name, v in value.fields.items()})
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


words = st.text(st.sampled_from(list(' \n\t(){}\\"<>:[]+-09aibé€')), max_size=6)
tags = st.sampled_from(["VAR", "QUERY", "OPEXPR", "CONST"])
fields = st.sampled_from(["args", "relid", "name", "a1"])
trees = st.recursive(
    words | st.none(),
    lambda inner: (
        st.lists(inner.filter(lambda v: v != ""), max_size=3)
        | st.tuples(tags, st.dictionaries(fields, inner, max_size=3))
    ),
    max_leaves=8,
)


@given(st.tuples(tags, st.dictionaries(fields, trees, max_size=3)))
def test_reads_what_the_server_would_write(tree: tuple[str, dict[str, object]]) -> None:
    """Any tree comes back as it was written, whatever its words hold."""
    assert tree == plain(read_tree(written(tree)))


def test_reads_lists_of_numbers() -> None:
    """Marked lists of integers, of OIDs and bit sets become numbers; an empty one is empty."""
    node = read_tree("{X :a (i 1 -2) :b (o 23) :c (b 8 9) :d (b)}")

    assert isinstance(node, Node)
    assert [[1, -2], [23], [8, 9], []] == [node.numbers(name) for name in "abcd"]


def test_a_column_named_like_a_mark_stays() -> None:
    """A quoted `b` or `i` at the head of a list is a name, not the mark of a number list."""
    node = read_tree('{X :colnames ("b" "i")}')

    assert isinstance(node, Node)
    assert ["b", "i"] == node.items("colnames")


def test_reads_a_datum_as_one_word() -> None:
    """A constant's bytes stay together with their length."""
    node = read_tree("{CONST :constvalue 5 [ 20 0 0 0 -120 ] :location -1}")

    assert isinstance(node, Node)
    assert ("5 20 0 0 0 -120", -1) == (node.text("constvalue"), node.number("location"))


def test_finds_queries_in_nested_lists() -> None:
    """A function's body holds its queries in a list of lists."""
    found = queries(read_tree("(({QUERY :a 1} {QUERY :a 2}))"))

    assert [1, 2] == [query.number("a") for query in found]


@pytest.mark.parametrize("text", ["{A :b (", "}", "{A} {B}", ""])
def test_refuses_what_is_no_tree(text: str) -> None:
    """Unbalanced or empty text is a ValueError, never half a tree."""
    with pytest.raises(ValueError, match="node tree"):
        read_tree(text)
