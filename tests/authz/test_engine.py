"""What a caller of the engine sees: the answer, and in the log the reason."""

from __future__ import annotations

import copy
import logging
import pickle

import pytest

from sqlward import NoRowsError
from sqlward.authz import (
    Authorizer,
    Decision,
    Engine,
    Level,
    NotAuthorizedError,
    Object,
    OrganizationPermissions,
    Role,
    Scope,
    Subject,
    allow,
    deny,
)

ENGINE = Engine()
READER = Role("reader", site=allow("chat", "read"))
ANN = Subject("ann", (READER,))
CHAT = Object("chat", id="c1", owner="bob", organization="acme")


def test_engine_is_an_authorizer() -> None:
    """The engine is what the generated layer asks for, also to the type checker."""
    authorizer: Authorizer = ENGINE

    assert None is authorizer.authorize(ANN, "read", CHAT)  # type: ignore[func-returns-value]


def test_denial_is_no_row() -> None:
    """A caller that handles a missing row handles a denial."""
    with pytest.raises(NoRowsError):
        ENGINE.authorize(ANN, "delete", CHAT)


def test_denial_says_nothing() -> None:
    """The error holds neither subject, nor action, nor object, nor reason, nor query."""
    with pytest.raises(NotAuthorizedError) as raised:
        ENGINE.authorize(ANN, "delete", CHAT)

    assert "not authorized" == str(raised.value)
    assert "not authorized" == str(NotAuthorizedError("GetChat"))


def test_denial_survives_pickling() -> None:
    """The error reaches another process as it is."""
    error = pickle.loads(pickle.dumps(NotAuthorizedError("GetChat", 3)))

    assert (NotAuthorizedError, "GetChat", 3) == (type(error), error.query, error.index)
    assert "not authorized" == str(error)


def test_denial_is_logged_with_its_level(caplog: pytest.LogCaptureFixture) -> None:
    """At debug level the log has subject, action, object and which level decided; no ACL."""
    caplog.set_level(logging.DEBUG, "sqlward.authz")
    chat = Object("chat", "c1", "bob", "acme", user_acl={"carol": ["read"]})
    with pytest.raises(NotAuthorizedError):
        ENGINE.authorize(Subject("ann", (Role("no", deny("chat", "*")),)), "read", chat)

    assert [
        "not authorized: subject ann, action read, object chat:c1 owner bob organization acme: "
        "site denies"
    ] == caplog.messages


def test_what_is_allowed_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The log is of denials."""
    caplog.set_level(logging.DEBUG, "sqlward.authz")
    ENGINE.authorize(ANN, "read", CHAT)

    assert [] == caplog.messages


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        (Decision(True, Level.USER_ACL), "user acl allows"),
        (Decision(False, Level.ORGANIZATION), "organization denies"),
        (Decision(False, Level.NONE), "no level allows"),
        (Decision(False, Level.SCOPE), "the scope does not allow"),
        (Decision(False, Level.SCOPE_LIST), "not on the scope's list"),
    ],
)
def test_reason(decision: Decision, reason: str) -> None:
    """A decision says in words what it rests on."""
    assert reason == decision.reason


def test_decisions_do_not_change_a_subject() -> None:
    """A subject that has decided is equal to one that has not, and prints the same."""
    used, fresh = Subject("ann", (READER,)), Subject("ann", (READER,))
    ENGINE.allows(used, "read", CHAT)

    assert fresh == used
    assert hash(fresh) == hash(used)
    assert repr(fresh) == repr(used)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_decide_alike(copied: type) -> None:
    """A copy, also one from another process, is the same subject."""
    ENGINE.allows(ANN, "read", CHAT)
    again = copied(ANN)

    assert ANN == again
    assert ENGINE.allows(again, "read", CHAT)
    assert not ENGINE.allows(again, "delete", CHAT)


def test_many_actions_do_not_fill_the_memory() -> None:
    """Actions named by callers cannot make a subject grow without end."""
    subject = Subject("ann", (READER,))
    for number in range(5_000):
        ENGINE.allows(subject, f"action {number}", CHAT)

    assert subject._compiled is not None
    assert len(subject._compiled.answers) <= 4_096
    assert ENGINE.allows(subject, "read", CHAT)


def test_membership_comes_from_the_roles() -> None:
    """A scope's entry for an organization that no role knows allows nothing there."""
    entry = OrganizationPermissions("acme", allow("chat", "read"))
    scope = Scope(organizations=(entry,))
    member = Role("member", organizations=(OrganizationPermissions("acme"),))

    assert not ENGINE.allows(Subject("ann", (READER,), scope=scope), "read", CHAT)
    assert ENGINE.allows(Subject("ann", (READER, member), scope=scope), "read", CHAT)


@pytest.mark.parametrize("id", [None, ""])
def test_nobody_owns_what_has_no_owner(id: str | None) -> None:
    """An absent owner is no subject."""
    subject = Subject("ann", (Role("own", user=allow("*", "*")),))

    assert not ENGINE.allows(subject, "read", Object("chat", owner=id))
