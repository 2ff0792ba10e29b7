"""Random queries: nothing typed non-null is NULL, and a broken rule is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from infer.fuzz.run import fuzz
from sqlward_codegen.asking import catalog_query
from sqlward_codegen.infer import (
    aggregates,
    expressions,
    grouping,
    jointree,
    predicates,
    rows,
    stored,
)
from sqlward_codegen.infer.facts import Facts
from sqlward_codegen.infer.standpoint import never
from sqlward_codegen.server import Server


@pytest.fixture(scope="module", name="connection")
def an_empty_database(each_postgres: Server) -> Iterator[psycopg.Connection[Any]]:
    """A connection to an empty database, on each installed major."""
    with each_postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def test_nothing_typed_non_null_is_null(connection: psycopg.Connection[Any]) -> None:
    """Three hundred random queries give no NULL where none was expected."""
    report = fuzz(connection, seed=7, count=300)

    assert report.finds == []
    assert report.non_null > report.queries


_Broken = Callable[[pytest.MonkeyPatch], None]


def _outer_joins_leave_nothing_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(jointree, "_always_matches", lambda *_: True)


def _subqueries_always_give_a_row(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(expressions, "yields_row", lambda _: True)


def _aggregates_always_have_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(aggregates, "groups_all", lambda _: False)


def _frames_are_never_empty(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(aggregates, "_holds_current_row", lambda *_: True)


def _or_proves_both_sides(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(predicates, "_any", predicates._all)


def _everything_is_strict_in_conditions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(predicates._Prover, "is_strict", lambda *_: True)
    patch.setitem(predicates._TRANSPARENT, "COALESCEEXPR", "args")


def _nullif_keeps_its_argument(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(expressions._RULES, "NULLIFEXPR", expressions._same_as("args"))


def _grouping_sets_leave_nothing_out(patch: pytest.MonkeyPatch) -> None:
    everything = frozenset(range(1, 100))
    patch.setattr(grouping, "_common", lambda _: everything)


def _subscripts_find_something(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(expressions._RULES, "SUBSCRIPTINGREF", lambda *_: never("broken on purpose"))


def _tables_have_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rows, "tree_yields_row", lambda *_: True)


def _facts_of_one_side_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Facts, "closed", lambda self: self)
    patch.setattr(jointree, "_full_join", lambda left, right, *_: left.joined(right))


def _triggers_change_nothing(patch: pytest.MonkeyPatch) -> None:
    trigger = "g.tgrelid = c.oid AND"
    patch.setattr(
        catalog_query,
        "_RELATIONS",
        catalog_query._RELATIONS.replace(trigger, f"{trigger} false AND"),
    )


def _upserts_keep_what_was_inserted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stored, "_DO_UPDATE", -1)


@pytest.mark.parametrize(
    "broken",
    [
        _outer_joins_leave_nothing_out,
        _subqueries_always_give_a_row,
        _aggregates_always_have_rows,
        _frames_are_never_empty,
        _or_proves_both_sides,
        _everything_is_strict_in_conditions,
        _nullif_keeps_its_argument,
        _grouping_sets_leave_nothing_out,
        _subscripts_find_something,
        _tables_have_rows,
        _facts_of_one_side_hold,
        _triggers_change_nothing,
        _upserts_keep_what_was_inserted,
    ],
)
def test_a_broken_rule_is_found(
    broken: _Broken, connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one rule broken on purpose, a NULL shows where none was expected."""
    broken(monkeypatch)

    report = fuzz(connection, seed=7, count=4000, stop_at_first=True)

    assert report.finds != []
