"""Who is acting, for the code below a request that is not handed a subject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from sqlward.authz.errors import NoActorError
from sqlward.authz.model import Subject

_ACTOR: Final[ContextVar[Subject]] = ContextVar("sqlward_actor")


def current_actor() -> Subject:
    """Give the subject of the innermost `acting_as` of this task or thread.

    Raises `NoActorError` when there is none.
    """
    actor = _ACTOR.get(None)
    if actor is None:
        raise NoActorError
    return actor


@contextmanager
def acting_as(subject: Subject) -> Iterator[Subject]:
    """Let a subject act inside the block; the one before acts again after it."""
    token = _ACTOR.set(subject)
    try:
        yield subject
    finally:
        _ACTOR.reset(token)
