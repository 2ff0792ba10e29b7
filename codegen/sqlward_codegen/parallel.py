"""Work shared with a forked copy of this process, which has everything that it needs already."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

import msgspec

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_A_FORK = 100
"""From so many items on, a second process gains more than it costs."""


def each(work: Callable[[Item], Result], items: Sequence[Item], kind: type[Result]) -> list[Result]:
    """Give `work(item)` for each item, in order; with many of them, on two processors.

    `kind` is the result's type, which msgspec must know how to write and read. What `work`
    changes besides its result may be lost.
    """
    if len(items) < WORTH_A_FORK or not _has_two_processors():
        return [work(item) for item in items]
    # Every other one, since neighbours tend to be alike in what they cost.
    theirs = items[1::2]
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        _work(work, theirs, writer)
    os.close(writer)
    with open(reader, "rb") as answers:
        ours = [work(item) for item in items[::2]]
        try:
            other: list[Result] = msgspec.msgpack.decode(answers.read(), type=list[kind])  # type: ignore[valid-type]
        except msgspec.MsgspecError:
            # Whatever happened to it, say it from here.
            other = [work(item) for item in theirs]
    os.waitpid(process, 0)
    results = [*ours, *other]
    results[::2], results[1::2] = ours, other
    return results


def _work(work: Callable[[Item], Result], items: Sequence[Item], writer: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with open(writer, "wb") as answers:
            answers.write(msgspec.msgpack.encode([work(item) for item in items]))
    finally:
        # No handler of the process that we were forked from may run a second time.
        os._exit(0)


def _has_two_processors() -> bool:
    affinity = getattr(os, "sched_getaffinity", None)
    return (len(affinity(0)) if affinity else os.cpu_count() or 1) > 1
