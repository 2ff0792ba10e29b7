"""What PostgreSQL says of statements, put together: described, and analysed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from psycopg.pq.abc import PGconn

from sqlward_codegen.asking.analyse import analyse
from sqlward_codegen.asking.answer import Answer, ServerError
from sqlward_codegen.asking.describe import describe
from sqlward_codegen.model import Description

_AT_A_TIME = 100
"""Statements asked about together: enough to save round trips, few enough to answer soon."""


@dataclass(frozen=True, slots=True)
class Question:
    """A statement as it runs, and as it is analysed (`Statement.sql` and `.probe`).

    Without a `probe` it is only described.
    """

    sql: str
    probe: str


def ask(connection: PGconn, questions: Sequence[Question]) -> Generator[Answer]:
    """Give the answer to each question, in order; raises ConnectionLostError."""
    for start in range(0, len(questions), _AT_A_TIME):
        yield from _ask(connection, questions[start : start + _AT_A_TIME])


def _ask(connection: PGconn, questions: Sequence[Question]) -> Generator[Answer]:
    # Closed at once when we are interrupted, the conversations leave a connection that can end.
    with closing(describe(connection, [q.sql for q in questions])) as described:
        descriptions = list(described)
    accepted = [
        (question.probe, description.parameter_oids)
        for question, description in zip(questions, descriptions, strict=True)
        if isinstance(description, Description) and question.probe
    ]
    with closing(analyse(connection, accepted)) as trees:
        for question, description in zip(questions, descriptions, strict=True):
            if isinstance(description, ServerError):
                yield Answer(refused=description)
                continue
            if not question.probe:
                yield Answer(description)
                continue
            tree = next(trees)
            if isinstance(tree, ServerError):
                yield Answer(description, not_analysed=tree)
            else:
                yield Answer(description, tree=tree)
        next(trees, None)
