"""Read `pg_node_tree` text, the form in which PostgreSQL stores an analysed query.

The text form (`outfuncs.c` of the server) is `{TAG :field value …}` for a node, `(a b c)` for
a list, `(i 1 2)`, `(o 1 2)` and `(b 1 2)` for lists of integers, of OIDs and for a bitmap set,
`<>` for nothing, `4 [ 1 0 0 0 ]` for a datum, and words for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Value: TypeAlias = "Node | list[Value] | str | None"


class Node:
    """One node: its tag (`VAR`, `OPEXPR`, …) and its fields by name.

    A field is a node, a list, a word (`str`, unescaped) or None for `<>`. Words stay words:
    `number()`, `flag()` and `text()` give them their type. A datum is the word `size b0 b1 …`.
    Treat a node as read-only.
    """

    __slots__ = ("_children", "fields", "tag")

    def __init__(
        self, tag: str, fields: dict[str, Value], children: list[Node] | None = None
    ) -> None:
        self.tag = tag
        self.fields = fields
        self._children = _nodes_of(fields) if children is None else children

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
        try:
            return int(self.fields[name])  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError):
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

    def children(self) -> list[Node]:
        """Give the nodes directly below, through lists, in the order written."""
        return self._children

    def walk(self) -> Iterator[Node]:
        """Give this node and all below it, depth first."""
        stack: list[Node] = [self]
        while stack:
            node = stack.pop()
            yield node
            if node._children:
                stack.extend(reversed(node._children))


def _nodes_of(fields: dict[str, Value]) -> list[Node]:
    nodes: list[Node] = []
    values = list(reversed(fields.values()))
    while values:
        value = values.pop()
        if isinstance(value, Node):
            nodes.append(value)
        elif isinstance(value, list):
            values.extend(reversed(value))
    return nodes


_LIST_MARKS = frozenset(("i", "o", "b", "x"))
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_HIDDEN = re.compile("[\ue000-\ue0ff]")
_HIDING = 0xE000


def read_tree(text: str) -> Value:
    """Give the tree that the text stands for: a node, or a list of them.

    Raises ValueError for text that is not in this form.
    """
    has_escapes = "\\" in text
    if has_escapes:
        text = _ESCAPED.sub(_hidden, text)
    # Whatever is special inside a word is hidden now: splitting at spaces is enough, and a
    # hundred times as fast as a scanner in Python.
    text = text.replace("(", "( ").replace(")", " )").replace("}", " }")
    root = _build(iter(text.split(" ")))
    return _shown(root) if has_escapes else root


def _build(tokens: Iterator[str]) -> Value:
    root: list[Value] = []
    owner = Node("", {}, [])
    items, fields, field, last = root, owner.fields, None, ""
    in_list = True
    stack: list[_Place] = []
    for token in tokens:
        if in_list:
            if token == ")":
                owner, items, fields, in_list = _pop(stack)
            elif token[:1] == "{":
                stack.append((owner, items, fields, True))
                owner = _child(owner, token)
                items.append(owner)
                fields, in_list = owner.fields, False
            elif token == "(":
                stack.append((owner, items, fields, True))
                inner: list[Value] = []
                items.append(inner)
                items = inner
            elif token[:1] == '"':
                items.append(token[1:-1])
            elif token == "}":
                raise ValueError("a node tree closes a list like a node")
            elif token and not (token in _LIST_MARKS and not items):
                items.append(None if token == "<>" else token)
        elif field is None:
            if token[:1] == ":":
                field = token[1:]
            elif token == "}":
                owner, items, fields, in_list = _pop(stack)
            elif token == "[":
                fields[last] = f"{fields[last]} {' '.join(_until_bracket(tokens))}"
            elif token:
                raise ValueError(f"`{token}` is no field of a node tree")
        else:
            if token[:1] == "{":
                stack.append((owner, items, fields, False))
                owner = _child(owner, token)
                fields[field] = owner
                fields = owner.fields
            elif token == "(":
                stack.append((owner, items, fields, False))
                items, in_list = [], True
                fields[field] = items
            elif token == "<>":
                fields[field] = None
            else:
                fields[field] = "" if token == '""' else token
            last, field = field, None
    if stack or len(root) != 1:
        raise ValueError("a node tree ends too early")
    return root[0]


_Place: TypeAlias = tuple[Node, list[Value], dict[str, Value], bool]
"""Where the reader was before it went a level down: node, list, fields, and which of the two."""


def _child(owner: Node, token: str) -> Node:
    node = Node(token[1:], {}, [])
    owner.children().append(node)
    return node


def _pop(stack: list[_Place]) -> _Place:
    if not stack:
        raise ValueError("a node tree closes what it did not open")
    return stack.pop()


def _until_bracket(tokens: Iterator[str]) -> Iterator[str]:
    return iter(tokens.__next__, "]")


def _hidden(match: re.Match[str]) -> str:
    character = match.group(1)
    # Only ASCII is ever special; the rest needs no hiding.
    return chr(_HIDING + ord(character)) if character.isascii() else character


def _shown(value: Value) -> Value:
    if isinstance(value, str):
        return _HIDDEN.sub(lambda m: chr(ord(m.group()) - _HIDING), value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, Node):
        value.fields.update({name: _shown(v) for name, v in value.fields.items()})
    return value


def queries(tree: Value) -> list[Node]:
    """Give the QUERY nodes at the top of a function body or a rule's action."""
    if isinstance(tree, Node):
        return [tree] if tree.tag == "QUERY" else []
    if isinstance(tree, list):
        return [query for item in tree for query in queries(item)]
    return []
