"""Who is acting, and where."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from sqlward import SqlwardError
from sqlward.authz import NoActorError, Subject, acting_as, current_actor

ANN, BOB = Subject("ann"), Subject("bob")


def test_no_actor() -> None:
    """Outside of `acting_as` there is no actor, and the message says how to have one."""
    with pytest.raises(NoActorError) as raised:
        current_actor()

    assert "there is no actor: enter `acting_as(subject)` first" == str(raised.value)
    assert isinstance(raised.value, SqlwardError)


def test_innermost_actor() -> None:
    """The innermost block says who acts, and the one before acts again after it."""
    with acting_as(ANN):
        with acting_as(BOB) as entered:
            inner = current_actor()
        outer = current_actor()

    assert (BOB, BOB, ANN) == (entered, inner, outer)


def test_actor_leaves_with_an_error() -> None:
    """An error in the block ends it like any other way out."""
    with pytest.raises(RuntimeError), acting_as(ANN):
        raise RuntimeError

    with pytest.raises(NoActorError):
        current_actor()


def test_tasks_have_their_own_actors() -> None:
    """Concurrent tasks never see each other's actor."""

    async def act(subject: Subject) -> list[Subject]:
        seen = []
        with acting_as(subject):
            for _ in range(5):
                await asyncio.sleep(0)
                seen.append(current_actor())
        return seen

    async def both() -> list[list[Subject]]:
        return list(await asyncio.gather(act(ANN), act(BOB)))

    assert [[ANN] * 5, [BOB] * 5] == asyncio.run(both())


def test_threads_start_without_an_actor() -> None:
    """A new thread does not act as whoever started it."""
    with acting_as(ANN), ThreadPoolExecutor(1) as pool, pytest.raises(NoActorError):
        pool.submit(current_actor).result()
