"""What PostgreSQL says of a statement; light to import, unlike what asks it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.model import Description

_UNSUPPORTED = "0A000"
_SYNTAX_ERROR = "42601"


@dataclass(frozen=True, slots=True)
class ServerError:
    """What PostgreSQL said; `position` counts characters from 1, 0 where it gave none."""

    message: str
    sqlstate: str
    position: int
    hint: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """PostgreSQL's word on a statement.

    `description` is None where PREPARE refuses it, and `refused` says why; `tree` is the text
    of the analysed query, None where there is none, and `not_analysed` says why.
    """

    description: Description | None = None
    refused: ServerError | None = None
    tree: str | None = None
    not_analysed: ServerError | None = None


def is_utility(refused: ServerError) -> bool:
    """Whether a statement that PREPARE took has no tree because of its kind.

    "… is not yet supported in unquoted SQL function body", or the grammar of function bodies
    has no such statement.
    """
    return refused.sqlstate in (_UNSUPPORTED, _SYNTAX_ERROR)
