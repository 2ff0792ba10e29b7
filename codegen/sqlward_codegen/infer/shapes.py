"""Compare expressions by shape: an index's expression or condition with a part of a query."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from sqlward_codegen.infer.lineage import unaliased, uncoerced
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.tree import Node, Value, read_tree

Shape: TypeAlias = "tuple[object, ...] | str | None"

# What differs between two writings of one expression.
_IGNORED = frozenset(
    [
        "location",
        "relabelformat",
        "coerceformat",
        "convertformat",
        "funcformat",
        "row_format",
        "varnosyn",
        "varattnosyn",
        "varnullingrels",
        "varreturningtype",
        "opfuncid",
        "hashfuncid",
        "negfuncid",
    ]
)

_TRUE = "1"
_EQUALITY_BOOL = 91
_IS_TRUE, _IS_FALSE = 0, 2


def shape(value: Value, scope: Scope | None, relation: int) -> Shape:
    """Give a form that is equal for equal expressions over one relation.

    `relation` is the range-table index whose Vars count as the relation's own; `scope` is
    None for the expressions of an index, which know of no joins.
    """
    if isinstance(value, list):
        return ("list", *(shape(item, scope, relation) for item in value))
    if not isinstance(value, Node):
        return value
    if value.tag == "VAR":
        return _var_shape(value, scope, relation)
    return (
        value.tag,
        *(
            (name, shape(field, scope, relation))
            for name, field in value.fields.items()
            if name not in _IGNORED
        ),
    )


def _var_shape(var: Node, scope: Scope | None, relation: int) -> Shape:
    levels = var.number("varlevelsup")
    if scope is not None and not levels:
        found = unaliased(var, scope)
        if found is not var:
            return shape(found, scope, relation)
    number = var.text("varno")
    own = not levels and number == str(relation)
    owner = "own" if own else f"{levels}.{number}"
    return ("VAR", owner, var.text("varattno"))


@lru_cache(maxsize=1024)
def index_expressions(text: str) -> tuple[Shape, ...]:
    """Give the shapes of `pg_index.indexprs`, in order."""
    return tuple(shape(uncoerced(node), None, 1) for node in _list(read_tree(text)))


@lru_cache(maxsize=1024)
def index_conditions(text: str) -> tuple[Node, ...]:
    """Give the conditions that `pg_index.indpred` joins by AND."""
    return tuple(c for node in _list(read_tree(text)) for c in conjuncts(node))


def _list(value: Value) -> list[Node]:
    if isinstance(value, Node):
        return [value]
    if not isinstance(value, list):
        return []
    return [node for item in value for node in _list(item)]


def conjuncts(value: Value) -> Iterator[Node]:
    """Give the conditions that all have to hold."""
    if isinstance(value, list):
        for item in value:
            yield from conjuncts(item)
    elif isinstance(value, Node):
        if value.tag == "BOOLEXPR" and value.text("boolop") == "and":
            yield from conjuncts(value.get("args"))
        else:
            yield value


def truth(condition: Node, scope: Scope | None, relation: int) -> tuple[Shape, bool]:
    """Give a condition as (expression, the truth value it asks for).

    `NOT x`, `x = false` and `x IS FALSE` are one condition; so are `x`, `x = true` and the like.
    """
    if condition.tag == "BOOLEXPR" and condition.text("boolop") == "not":
        inner = condition.nodes("args")
        if inner:
            found, asked = truth(inner[0], scope, relation)
            return found, not asked
    if condition.tag == "BOOLEANTEST" and condition.number("booltesttype") in (
        _IS_TRUE,
        _IS_FALSE,
    ):
        asked = condition.number("booltesttype") == _IS_TRUE
        return shape(uncoerced(condition.get("arg")), scope, relation), asked
    if condition.tag == "OPEXPR" and condition.number("opno") == _EQUALITY_BOOL:
        left, right = (*condition.items("args"), None, None)[:2]
        for one, other in ((left, right), (right, left)):
            constant = boolean_constant(other)
            if constant is not None:
                return shape(uncoerced(one), scope, relation), constant
    return shape(uncoerced(condition), scope, relation), True


def boolean_constant(value: Value) -> bool | None:
    """Give the value of a constant `true` or `false`."""
    if not isinstance(value, Node) or value.tag != "CONST" or value.number("consttype") != 16:
        return None
    words = (value.text("constvalue") or "").split()
    return None if len(words) < 2 else words[1] == _TRUE
