"""Read `pg_node_tree` text, the form in which PostgreSQL stores an analysed query.

The text form (`outfuncs.c` of the server) is `{TAG :field value …}` for a node, `(a b c)` for
a list, `(i 1 2)`, `(o 1 2)` and `(b 1 2)` for lists of integers, of OIDs and for a bitmap set,
`<>` for nothing, `4 [ 1 0 0 0 ]` for a datum, and words for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias, cast

Value: TypeAlias = "Node | list[Value] | str | None"


class Node:
    """One node: its tag (`VAR`, `OPEXPR`, …) and its fields by name.

    A field is a node, a list, a word (`str`, unescaped) or None for `<>`. Words stay words:
    `number()`, `flag()` and `text()` give them their type. A datum is the word `size b0 b1 …`.
    Treat a node as read-only.
    """

    __slots__ = ("fields", "tag")

    def __init__(self, tag: str, fields: dict[str, Value]) -> None:
        self.tag = tag
        self.fields = fields

    def __repr__(self) -> str:
        return f"Node({self.tag}, {self.fields})"

    def get(self, name: str) -> Value:
        """Give the field, None where this server's version does not write it."""
        return self.fields.get(name)

    def node(self, name: str) -> Node | None:
        """Give a field that holds one node, None if it is absent or holds something else."""
        value = self.fields.get(name)
        return value if isinstance(value, Node) else None

    def nodes(self, name: str) -> list[Node]:
        """Give the nodes of a field that holds a list (a lone node is a list of one)."""
        value = self.fields.get(name)
        if isinstance(value, Node):
            return [value]
        if isinstance(value, list):
            return [item for item in value if isinstance(item, Node)]
        return []

    def items(self, name: str) -> list[Value]:
        """Give the items of a list field as they are, words and None included."""
        value = self.fields.get(name)
        return value if isinstance(value, list) else []

    def number(self, name: str, default: int = 0) -> int:
        """Give an integer field; `default` where it is absent or no integer."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return default
        try:
            return int(value)
        except ValueError:
            return default

    def numbers(self, name: str) -> list[int]:
        """Give the integers of a `(i …)`, `(o …)` or `(b …)` field."""
        return [int(word) for word in self.items(name) if isinstance(word, str)]

    def flag(self, name: str) -> bool:
        """Give a boolean field."""
        return self.fields.get(name) == "true"

    def text(self, name: str) -> str | None:
        """Give a word field."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else None

    def children(self) -> Iterator[Node]:
        """Give the nodes directly below, through lists, in the order written."""
        for value in self.fields.values():
            if isinstance(value, Node):
                yield value
            elif isinstance(value, list):
                yield from _list_nodes(value)

    def walk(self) -> Iterator[Node]:
        """Give this node and all below it, depth first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(list(node.children())))


def _list_nodes(values: list[Value]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, list):
            yield from _list_nodes(value)


_LIST_MARKS = frozenset(("i", "o", "b", "x"))
_TOKEN = re.compile(
    r"""
      \{([A-Z_0-9a-z]+)            # 1: a node opens
    | :([^\s(){}]+)                # 2: a field's name
    | (\d+\ \[[\ \d-]*\])          # 3: a datum
    | "((?:[^"\\]|\\.)*)"          # 4: a quoted word
    | ([(){}])                     # 5: structure
    | (<>)                         # 6: nothing
    | ((?:[^\s(){}\\]|\\.)+)       # 7: a word
    """,
    re.VERBOSE | re.DOTALL,
)


def read_tree(text: str) -> Value:
    """Give the tree that the text stands for: a node, or a list of them.

    Raises ValueError for text that is not in this form.
    """
    root: list[Value] = []
    target: list[Value] | dict[str, Value] = root
    stack: list[tuple[list[Value] | dict[str, Value], str | None]] = []
    field: str | None = None
    for match in _TOKEN.finditer(text):
        kind = match.lastindex
        value: Value
        if kind == 2:
            field = match.group(2)
            cast("dict[str, Value]", target)[field] = None
            continue
        if kind == 7:
            word = match.group(7)
            if word in _LIST_MARKS and target == []:
                continue
            value = _unescape(word)
        elif kind == 1:
            node = Node(match.group(1), {})
            _put(target, field, node)
            stack.append((target, field))
            target, field = node.fields, None
            continue
        elif kind == 5:
            mark = match.group(5)
            if mark == "(":
                items: list[Value] = []
                _put(target, field, items)
                stack.append((target, field))
                target, field = items, None
                continue
            if not stack:
                raise ValueError(f"unbalanced `{mark}` at {match.start()} of a node tree")
            target, field = stack.pop()
            continue
        elif kind == 6:
            value = None
        elif kind == 3:
            value = match.group(3).replace("[", "").replace("]", "")
        else:
            value = _unescape(match.group(4) or "")
        _put(target, field, value)
    if stack or len(root) != 1:
        raise ValueError("a node tree ends too early")
    return root[0]


def _put(target: list[Value] | dict[str, Value], field: str | None, value: Value) -> None:
    if isinstance(target, list):
        target.append(value)
    elif field is not None and target.get(field) is None:
        target[field] = value


def _unescape(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL) if "\\" in word else word


def queries(tree: Value) -> list[Node]:
    """Give the QUERY nodes at the top of a function body or a rule's action."""
    if isinstance(tree, Node):
        return [tree] if tree.tag == "QUERY" else []
    if isinstance(tree, list):
        return [query for item in tree for query in queries(item)]
    return []
