"""What a condition proves of the values in it, when it is known to be true, or not true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from sqlward_codegen.infer.builtin import builtin
from sqlward_codegen.infer.constants import holds_elements, is_false, is_null, is_true
from sqlward_codegen.infer.facts import Proof
from sqlward_codegen.infer.keys import COLUMN, Key, column_key, expression_key, written_key
from sqlward_codegen.infer.scope import Command, Scope
from sqlward_codegen.tree import Node

# What can make a query give a row although its WHERE lets none through.
_ROW_WITHOUT_INPUT = ("setOperations", "groupingSets", "havingQual")

_SUB_LINK_EXISTS, _SUB_LINK_ANY, _SUB_LINK_ROW_COMPARE = 0, 2, 3


class Outcome(Enum):
    """What is known of a condition's value."""

    TRUE = auto()
    FALSE = auto()
    NOT_TRUE = auto()
    NOT_FALSE = auto()

    def negated(self) -> Outcome:
        """Give what the outcome says of `NOT condition`'s argument."""
        return _NEGATED[self]


_NEGATED = {
    Outcome.TRUE: Outcome.FALSE,
    Outcome.FALSE: Outcome.TRUE,
    Outcome.NOT_TRUE: Outcome.NOT_FALSE,
    Outcome.NOT_FALSE: Outcome.NOT_TRUE,
}

# The proof of what cannot be: it proves everything. None stands for it.
_Possible = Proof | None


def proved_by(
    condition: Node | None, outcome: Outcome, scope: Scope, opaque: frozenset[Key] = frozenset()
) -> Proof:
    """Give what follows from a condition's outcome, for Vars that count from `scope`.

    `opaque`: expressions (by `written_key`) that are values of their own here, whatever is
    written in them: what GROUP BY has made a column of.
    """
    if condition is None:
        return Proof()
    return _Prover(scope, opaque).proof(condition, outcome) or Proof()


def proved_non_null(expression: Node, scope: Scope, opaque: frozenset[Key] = frozenset()) -> Proof:
    """Give what follows from an expression's not being NULL: the arguments of what is strict."""
    return _Prover(scope, opaque).non_null(expression) or Proof()


def outward(proof: Proof) -> Proof:
    """Give what a proof of a level says of the level above it."""
    keys = (_outward(key) for key in proof.non_null)
    return Proof(frozenset(key for key in keys if key))


@dataclass(frozen=True, slots=True)
class _Prover:
    scope: Scope
    opaque: frozenset[Key] = frozenset()

    def proof(self, node: Node, outcome: Outcome) -> _Possible:
        if is_impossible(node, outcome):
            return None
        special = _CONDITIONS.get(node.tag)
        if special:
            return special(self, node, outcome)
        return self.non_null(node) if outcome in (Outcome.TRUE, Outcome.FALSE) else Proof()

    def boolean(self, node: Node, outcome: Outcome) -> _Possible:
        args = node.nodes("args")
        operator = node.text("boolop")
        if operator == "not":
            return self.proof(args[0], outcome.negated())
        proofs = [self.proof(arg, outcome) for arg in args]
        sure = Outcome.TRUE if operator == "and" else Outcome.FALSE
        perhaps = Outcome.NOT_FALSE if operator == "and" else Outcome.NOT_TRUE
        return _all(proofs) if outcome in (sure, perhaps) else _any(proofs)

    def null_test(self, node: Node, outcome: Outcome) -> _Possible:
        argument = node.node("arg")
        if argument is None:
            return Proof()
        holds = outcome in (Outcome.TRUE, Outcome.NOT_FALSE)
        says_null = (node.number("nulltesttype") == 0) == holds
        if node.flag("argisrow"):
            return self._row_test(argument, node.number("nulltesttype") == 0, holds)
        if not says_null:
            return self.non_null(argument)
        key = expression_key(argument, self.scope)
        return Proof(null=frozenset((key,))) if key else Proof()

    def _row_test(self, argument: Node, is_null_test: bool, holds: bool) -> _Possible:
        if is_null_test:
            return Proof() if holds or argument.tag == "ROWEXPR" else self.non_null(argument)
        if not holds:
            return Proof()
        if argument.tag == "ROWEXPR":
            return _all([self.non_null(arg) for arg in argument.nodes("args")])
        return _all([self.non_null(argument), self._whole_row(argument)])

    def _whole_row(self, var: Node) -> Proof:
        place = self.scope.resolve(var) if var.tag == "VAR" else None
        if place is None or place.attribute != 0:
            return Proof()
        levels, index = var.number("varlevelsup"), var.number("varno")
        numbers = [n for n, name in enumerate(place.entry.columns, 1) if name]
        return Proof(frozenset(column_key(levels, index, n) for n in numbers))

    def boolean_test(self, node: Node, outcome: Outcome) -> _Possible:
        argument = node.node("arg")
        if argument is None:
            return Proof()
        holds = outcome in (Outcome.TRUE, Outcome.NOT_FALSE)
        kind = node.number("booltesttype")
        if kind in (4, 5):
            return self.non_null(argument) if (kind == 5) == holds else Proof()
        return self.proof(argument, _BOOLEAN_TESTS[kind if holds else kind ^ 1])

    def sub_link(self, node: Node, outcome: Outcome) -> _Possible:
        kind, test = node.number("subLinkType"), node.node("testexpr")
        if kind == _SUB_LINK_EXISTS and outcome in (Outcome.TRUE, Outcome.NOT_FALSE):
            return self._exists(node)
        if test is None or kind not in (_SUB_LINK_ANY, _SUB_LINK_ROW_COMPARE):
            return Proof()
        if outcome == Outcome.TRUE or (outcome == Outcome.FALSE and kind == _SUB_LINK_ROW_COMPARE):
            return self.proof(test, outcome)
        return Proof()

    def _exists(self, node: Node) -> Proof:
        """A row that the sub-query finds makes its WHERE true, with this level's values."""
        query = node.node("subselect")
        if query is None or query.number("commandType") != Command.SELECT:
            return Proof()
        if query.flag("hasAggs") or any(query.get(name) for name in _ROW_WITHOUT_INPUT):
            return Proof()
        return outward(proved_by(where(query), Outcome.TRUE, self.scope.child(query)))

    def distinct(self, node: Node, outcome: Outcome) -> _Possible:
        args = node.nodes("args")
        if outcome not in (Outcome.FALSE, Outcome.NOT_TRUE) or len(args) != 2:
            return Proof()
        pairs = ((args[0], args[1]), (args[1], args[0]))
        proofs = [self.non_null(a) for a, b in pairs if b.tag == "CONST" and not is_null(b)]
        return _all(proofs)

    def coalesce(self, node: Node, outcome: Outcome) -> _Possible:
        """One of the arguments has the outcome; a constant that has not is out."""
        if outcome not in (Outcome.TRUE, Outcome.FALSE):
            return Proof()
        return _any([self.proof(arg, outcome) for arg in node.nodes("args")])

    def non_null(self, node: Node) -> _Possible:
        if node.tag == "CONST":
            return None if is_null(node) else Proof()
        key = expression_key(node, self.scope)
        own = Proof(frozenset((key,)) if key else frozenset())
        if self.opaque and written_key(node, self.scope) in self.opaque:
            return own
        return _all([own, *(self.non_null(arg) for arg in self._strict_arguments(node))])

    def _strict_arguments(self, node: Node) -> Iterable[Node]:
        field = _TRANSPARENT.get(node.tag)
        if field:
            return node.nodes(field)
        if node.tag in ("OPEXPR", "FUNCEXPR"):
            name = "opfuncid" if node.tag == "OPEXPR" else "funcid"
            is_set = node.flag("opretset") or node.flag("funcretset")
            return node.nodes("args") if not is_set and self.is_strict(node.number(name)) else ()
        if node.tag == "SCALARARRAYOPEXPR":
            return self._array_arguments(node)
        if node.tag == "NULLIFEXPR":
            return node.nodes("args")[:1]
        if node.tag == "ROWCOMPAREEXPR":
            return (*node.nodes("largs")[:1], *node.nodes("rargs")[:1])
        if node.tag == "SUBSCRIPTINGREF" and not node.node("refassgnexpr"):
            return node.nodes("refexpr")
        if node.tag == "BOOLEXPR" and node.text("boolop") == "not":
            return node.nodes("args")
        return ()

    def _array_arguments(self, node: Node) -> Iterable[Node]:
        args = node.nodes("args")
        if len(args) != 2 or not self.is_strict(node.number("opfuncid")):
            return ()
        return args if holds_elements(args[1]) else args[1:]

    def array_comparison(self, node: Node, outcome: Outcome) -> _Possible:
        """`x = ANY (a)` is true only for an element, `x = ALL (a)` false only for one."""
        args = node.nodes("args")
        decided = Outcome.TRUE if node.flag("useOr") else Outcome.FALSE
        if outcome == decided and len(args) == 2 and self.is_strict(node.number("opfuncid")):
            return _all([self.non_null(node), *(self.non_null(arg) for arg in args)])
        return self.non_null(node) if outcome in (Outcome.TRUE, Outcome.FALSE) else Proof()

    def is_strict(self, oid: int) -> bool:
        known = builtin(oid)
        if known:
            return known.is_strict
        function = self.scope.catalog.function_by_oid.get(oid)
        return function is not None and function.is_strict


def is_impossible(node: Node, outcome: Outcome) -> bool:
    """Say whether a constant cannot have that outcome."""
    if node.tag != "CONST":
        return False
    return {
        Outcome.TRUE: not is_true(node),
        Outcome.FALSE: not is_false(node),
        Outcome.NOT_TRUE: is_true(node),
        Outcome.NOT_FALSE: is_false(node),
    }[outcome]


def where(query: Node) -> Node | None:
    """Give a query's WHERE condition."""
    tree = query.node("jointree")
    return tree.node("quals") if tree else None


def _outward(key: Key) -> Key | None:
    if key[0] != COLUMN or not isinstance(key[1], int) or key[1] == 0:
        return None
    return (COLUMN, key[1] - 1, *key[2:])


def _all(proofs: Iterable[_Possible]) -> _Possible:
    total = Proof()
    for proof in proofs:
        if proof is None:
            return None
        total = total | proof
    return total


def _any(proofs: Iterable[_Possible]) -> _Possible:
    total: _Possible = None
    for proof in proofs:
        if proof is not None:
            total = proof if total is None else total & proof
    return total


_Rule = Callable[[_Prover, Node, Outcome], _Possible]

_CONDITIONS: dict[str, _Rule] = {
    "BOOLEXPR": _Prover.boolean,
    "NULLTEST": _Prover.null_test,
    "BOOLEANTEST": _Prover.boolean_test,
    "SUBLINK": _Prover.sub_link,
    "DISTINCTEXPR": _Prover.distinct,
    "COALESCEEXPR": _Prover.coalesce,
    "SCALARARRAYOPEXPR": _Prover.array_comparison,
}

# IS TRUE, IS NOT TRUE, IS FALSE, IS NOT FALSE
_BOOLEAN_TESTS = (Outcome.TRUE, Outcome.NOT_TRUE, Outcome.FALSE, Outcome.NOT_FALSE)

# Nodes that are NULL if that field is.
_TRANSPARENT = {
    "RELABELTYPE": "arg",
    "COERCEVIAIO": "arg",
    "ARRAYCOERCEEXPR": "arg",
    "CONVERTROWTYPEEXPR": "arg",
    "COLLATEEXPR": "arg",
    "COERCETODOMAIN": "arg",
    "FIELDSELECT": "arg",
    "JSONISPREDICATE": "expr",
    "JSONVALUEEXPR": "raw_expr",
}
