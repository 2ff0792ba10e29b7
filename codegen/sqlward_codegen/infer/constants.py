"""Read CONST nodes, as far as inference needs to."""

from __future__ import annotations

from sqlward_codegen.tree import Node

_VARLENA_HEADER = 4
_INT8_OF_INT4 = 481


def is_null(node: Node) -> bool:
    """Say whether the node is the constant NULL."""
    return node.tag == "CONST" and node.flag("constisnull")


def is_true(node: Node) -> bool:
    """Say whether the node is the boolean constant TRUE."""
    return _boolean(node) is True


def is_false(node: Node) -> bool:
    """Say whether the node is the boolean constant FALSE."""
    return _boolean(node) is False


def _boolean(node: Node) -> bool | None:
    if node.number("consttype") != 16 or is_null(node):
        return None
    data = datum(node)
    return data[0] != 0 if data else None


def datum(node: Node) -> bytes:
    """Give the bytes of a constant's datum, as in the server's memory (the low byte first)."""
    words = (node.text("constvalue") or "").split()
    return bytes(int(word) % 256 for word in words[1:])


def integer(node: Node) -> int | None:
    """Give the value of an int2, int4 or int8 constant, or of int4 made int8 (`LIMIT 1`)."""
    if node.tag == "FUNCEXPR" and node.number("funcid") == _INT8_OF_INT4:
        return integer(node.nodes("args")[0])
    width = {21: 2, 23: 4, 20: 8}.get(node.number("consttype"))
    if node.tag != "CONST" or width is None or is_null(node):
        return None
    return int.from_bytes(datum(node)[:width], "little", signed=True)


def text(node: Node) -> str | None:
    """Give the value of a text constant."""
    if node.tag != "CONST" or node.number("consttype") != 25 or is_null(node):
        return None
    return datum(node)[_VARLENA_HEADER:].decode("utf-8", "replace")


def holds_elements(node: Node) -> bool:
    """Say whether an array expression is known to have at least one element."""
    if node.tag == "ARRAYEXPR":
        return bool(node.nodes("elements")) and not node.flag("multidims")
    header = _array_header(node)
    return header is not None and header[0] > 0


def holds_null_elements(node: Node) -> bool:
    """Say whether a constant array has NULL elements (True where that cannot be told)."""
    header = _array_header(node)
    return header is None or header[1] != 0


def _array_header(node: Node) -> tuple[int, int] | None:
    """The dimensions and the offset of the data, 0 for an array without a null bitmap."""
    if node.tag != "CONST" or is_null(node) or node.number("constlen") != -1:
        return None
    data = datum(node)
    # A 4-byte length word; a short one has its lowest bit set and holds no array constant.
    if len(data) < 16 or data[0] & 1:
        return None
    words = [int.from_bytes(data[i : i + 4], "little", signed=True) for i in (4, 8)]
    return words[0], words[1]
