"""What is known of a sub-query's row when it takes part in a row of the level above."""

from __future__ import annotations

from sqlward_codegen.infer.facts import Facts, Proof
from sqlward_codegen.infer.keys import COLUMN
from sqlward_codegen.infer.predicates import Outcome, outward, proved_by, proved_non_null, where
from sqlward_codegen.infer.rows import groups_all
from sqlward_codegen.infer.scope import Command, Entry, EntryKind, Scope, output


def proved_columns(entry: Entry, facts: Facts) -> frozenset[int]:
    """Give the columns of an entry that conditions above it have proved."""
    return frozenset(
        int(key[3])
        for key in facts.non_null
        if key[:3] == (COLUMN, 0, entry.index) and key[4] == 0 and isinstance(key[3], int)
    )


def lateral_proof(scope: Scope, facts: Facts) -> Proof:
    """Give what the conditions inside LATERAL sub-queries prove of the columns beside them.

    A row of the sub-query that takes part passed its WHERE, for these very columns.
    """
    proof = Proof()
    for entry in scope.entries:
        if entry.index in facts.present and entry.node.flag("lateral"):
            proof = proof | _proof_of(entry, scope, facts)
    return proof


def _proof_of(entry: Entry, scope: Scope, facts: Facts) -> Proof:
    inner = scope.subquery(entry) if entry.kind == EntryKind.SUBQUERY else None
    if inner is None or inner.command != Command.SELECT or inner.query.node("setOperations"):
        return Proof()
    if groups_all(inner.query) or inner.query.nodes("groupingSets"):
        return Proof()
    proof = proved_by(where(inner.query), Outcome.TRUE, inner)
    columns = output(inner.query)
    for number in proved_columns(entry, facts):
        expression = columns[number - 1].node("expr") if 0 < number <= len(columns) else None
        if expression:
            proof = proof | proved_non_null(expression, inner)
    return outward(proof)
