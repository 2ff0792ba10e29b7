"""The type of an expression, from its node."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.tree import Node

_FIELDS = {
    "VAR": "vartype",
    "CONST": "consttype",
    "PARAM": "paramtype",
    "FUNCEXPR": "funcresulttype",
    "OPEXPR": "opresulttype",
    "NULLIFEXPR": "opresulttype",
    "AGGREF": "aggtype",
    "WINDOWFUNC": "wintype",
    "SUBSCRIPTINGREF": "refrestype",
    "FIELDSELECT": "resulttype",
    "RELABELTYPE": "resulttype",
    "COERCEVIAIO": "resulttype",
    "ARRAYCOERCEEXPR": "resulttype",
    "CONVERTROWTYPEEXPR": "resulttype",
    "COERCETODOMAIN": "resulttype",
    "CASEEXPR": "casetype",
    "COALESCEEXPR": "coalescetype",
    "MINMAXEXPR": "minmaxtype",
    "ARRAYEXPR": "array_typeid",
    "ROWEXPR": "row_typeid",
    "SQLVALUEFUNCTION": "type",
    "NEXTVALUEEXPR": "typeId",
    "JSONEXPR": "returning",
}
_EXPR_SUB_LINK, _ARRAY_SUB_LINK = 4, 6


def type_oid(node: Node, catalog: Catalog) -> int:
    """Give the OID of an expression's type, 0 where it cannot be told (or is no matter)."""
    if node.tag == "COLLATEEXPR":
        argument = node.node("arg")
        return type_oid(argument, catalog) if argument else 0
    if node.tag == "SUBLINK":
        return _sub_link_type(node, catalog)
    return node.number(_FIELDS.get(node.tag, ""))


def _sub_link_type(node: Node, catalog: Catalog) -> int:
    query = node.node("subselect")
    entries = query.nodes("targetList") if query else []
    expression = entries[0].node("expr") if entries else None
    if expression is None:
        return 0
    element = type_oid(expression, catalog)
    if node.number("subLinkType") == _EXPR_SUB_LINK:
        return element
    if node.number("subLinkType") != _ARRAY_SUB_LINK:
        return 0
    found = catalog.type_by_oid.get(element)
    return found.array_oid or element if found else 0
