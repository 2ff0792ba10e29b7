"""The engine against the definition, on random questions."""

from __future__ import annotations

from collections import Counter
from random import Random

import naive
import pytest
from hypothesis import given, settings, strategies
from random_world import ACTIONS, ORGANIZATIONS, USERS, World

from sqlward.authz import Engine, Level, Object, Subject

ENGINE = Engine()
QUESTIONS = 30_000


@pytest.mark.parametrize("seed", range(4))
def test_same_answers(seed: int) -> None:
    """`allows` and `decide` give the definition's answer on every question."""
    world = World(seed)
    different = []
    for _ in range(QUESTIONS):
        question = world.question()
        expected = naive.allowed(*question)
        if (expected, expected) != (ENGINE.allows(*question), ENGINE.decide(*question).allowed):
            different.append(question)

    assert [] == different


@settings(max_examples=300, deadline=None)
@given(strategies.randoms(use_true_random=False))
def test_same_answers_shrunk(random: Random) -> None:
    """The same once more, so that a difference comes with its smallest example."""
    question = World(random).question()

    assert naive.allowed(*question) == ENGINE.allows(*question)


def test_same_answers_when_asked_again() -> None:
    """A subject that has answered before answers by the same rules."""
    world = World(99)
    different = []
    for _ in range(500):
        subject = world.subject()
        for _ in range(20):
            action, object = world.random.choice(ACTIONS), world.object()
            if naive.allowed(subject, action, object) != ENGINE.allows(subject, action, object):
                different.append((subject, action, object))

    assert [] == different


def test_questions_are_worth_asking() -> None:
    """The random world meets every level, allowing and denying, many times."""
    world = World(0)
    decisions = Counter(
        (decision.allowed, decision.level)
        for decision in (ENGINE.decide(*world.question()) for _ in range(QUESTIONS))
    )
    wanted = {(True, level) for level in Level if level not in NEVER_ALLOW}
    wanted |= {(False, level) for level in Level if level not in NEVER_DENY}

    assert {} == {pair: decisions[pair] for pair in wanted if decisions[pair] < 50}


NEVER_ALLOW = {Level.SCOPE, Level.SCOPE_LIST, Level.NONE}
NEVER_DENY = {Level.USER_ACL, Level.GROUP_ACL}


def test_any_organization_is_some_organization() -> None:
    """With a scope that allows all, "in any organization" is yes if and only if one says yes."""
    world = World(5)
    different = []
    for _ in range(5_000):
        subject = Subject(world.subject().id, tuple(world.role() for _ in range(2)))
        action, owner = world.random.choice(ACTIONS), world.maybe(USERS, 0.8)
        anywhere = Object("chat", owner=owner, any_organization=True)
        each = [Object("chat", owner=owner, organization=id) for id in ORGANIZATIONS]
        expected = any(ENGINE.allows(subject, action, object) for object in each)
        if expected != ENGINE.allows(subject, action, anywhere):
            different.append((subject, action, owner))

    assert [] == different
