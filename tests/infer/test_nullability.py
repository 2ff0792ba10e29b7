"""The table of queries: what is inferred against what PostgreSQL shows."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from infer.truth import CASES, Case, Finding, Oracle, read_cases
from sqlward_codegen.server import Server

_CASES = read_cases("nullability.sql")
# Of the columns that never are NULL in the table, how many are proved.
_LEAST_PRECISION = 0.96


@pytest.fixture(scope="module")
def oracle(each_postgres: Server) -> Iterator[Oracle]:
    """A database with the schema and the rows of `cases/world.sql`, on each installed major."""
    with each_postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute((CASES / "world.sql").read_bytes())
        yield Oracle(connection)


@pytest.fixture(scope="module")
def findings(oracle: Oracle) -> list[tuple[Case, list[Finding]]]:
    """All cases that the major knows, judged and run."""
    return [(case, found) for case in _CASES if (found := _findings(oracle, case)) is not None]


def _findings(oracle: Oracle, case: Case) -> list[Finding] | None:
    if case.since > oracle.major:
        return None
    try:
        return oracle.findings(case)
    except psycopg.errors.FeatureNotSupported:
        # A server built without libxml.
        assert case.needs
        return None


def test_the_table_is_large() -> None:
    """At least 250 queries are in the table."""
    assert len(_CASES) >= 250


def test_what_is_never_null_is_never_null(findings: list[tuple[Case, list[Finding]]]) -> None:
    """No column that was called never NULL showed a NULL."""
    wrong = [
        (case.line, found.name, found.reason)
        for case, columns in findings
        for found in columns
        if found.seen and not found.nullable
    ]

    assert wrong == []


def test_elements_that_are_never_null_are_never_null(
    findings: list[tuple[Case, list[Finding]]],
) -> None:
    """No array whose elements were called never NULL held a NULL."""
    wrong = [
        (case.line, found.name)
        for case, columns in findings
        for found in columns
        if found.elements_seen and found.elements_nullable is False
    ]

    assert wrong == []


def test_what_is_not_proved_is_listed(findings: list[tuple[Case, list[Finding]]]) -> None:
    """Exactly the columns listed as unproved are called nullable without showing a NULL."""
    listed = {(case.line, number) for case, _ in findings for number, _ in case.unproved}
    unproved = {
        (case.line, number)
        for case, columns in findings
        for number, found in enumerate(columns, start=1)
        if found.nullable and not found.seen
    }

    assert unproved == listed


def test_most_of_what_can_be_proved_is(findings: list[tuple[Case, list[Finding]]]) -> None:
    """Of the columns that never showed a NULL, nearly all are proved."""
    provable = [found for _, columns in findings for found in columns if not found.seen]
    proved = [found for found in provable if not found.nullable]

    assert len(proved) / len(provable) >= _LEAST_PRECISION


def test_every_verdict_has_a_reason(findings: list[tuple[Case, list[Finding]]]) -> None:
    """Each verdict says why, as a lower-case clause."""
    reasons = [found.reason for _, columns in findings for found in columns]

    assert [r for r in reasons if not r or r.endswith(".")] == []
