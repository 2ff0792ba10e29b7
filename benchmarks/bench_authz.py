"""How long a decision takes: `python benchmarks/bench_authz.py`.

The engine, beside a plain dict (a set of what is allowed, looked up by hand), casbin and cedarpy,
all with the same roles and the same two questions; then the engine's other questions by
themselves. Each round times everyone in turn; the table gives the median and the least of the
rounds, in microseconds for a decision. What is compiled or parsed once is not counted, for
anyone. casbin and cedarpy are left out where they are not installed.
"""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlward.authz import Engine, Object, OrganizationPermissions, Role, Subject, allow

ROUNDS: Final = 9
ENGINE: Final = Engine()
CASBIN_MODEL: Final = """
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, dom, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.dom == p.dom && r.obj == p.obj && r.act == p.act && g(r.sub, p.sub, r.dom)
"""
CEDAR_POLICIES: Final = """
permit(principal, action == Action::"read", resource is Chat)
when { principal.chat_read.contains(resource.organization) };
permit(principal, action == Action::"delete", resource is Chat)
when { resource.owner == principal && principal.own_chat_delete.contains(resource.organization) };
"""

Decide = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Case:
    who: str
    question: str
    expected: bool
    decide: Decide
    calls: int


@dataclass(frozen=True, slots=True)
class Size:
    """Roles spread over organizations; each lets read all chats there and delete one's own."""

    roles: int
    organizations: int

    @property
    def ids(self) -> list[UUID]:
        return [number(2, n) for n in range(self.organizations)]

    @property
    def subject(self) -> Subject:
        ids = self.ids
        return Subject(
            number(1, 1),
            tuple(role(f"role {n}", ids[n % len(ids)]) for n in range(self.roles)),
            groups=tuple(number(3, n) for n in range(5)),
        )


SIZES: Final = (Size(3, 2), Size(500, 100))


def number(kind: int, n: int) -> UUID:
    return UUID(int=kind << 96 | (n * 0x9E3779B97F4A7C15) % (1 << 64) + 1)


def role(name: str, organization: UUID) -> Role:
    return Role(
        name,
        organizations=(
            OrganizationPermissions(
                organization,
                allow("chat", "read") + allow("template", "read", "use"),
                allow("chat", "create", "update", "delete", "share"),
            ),
        ),
        user=allow("user", "read"),
    )


def chat(size: Size, **columns: Any) -> Object:
    """A chat of somebody else in the last organization of the subject."""
    values: dict[str, Any] = {
        "id": number(4, 1),
        "owner": number(1, 2),
        "organization": UUID(int=size.ids[-1].int),
        "user_acl": {},
        "group_acl": {},
    }
    return Object("chat", **(values | columns))


def engine_cases(size: Size) -> Iterator[Case]:
    subject = size.subject
    me, mine = str(subject.id), UUID(int=number(1, 1).int)
    group, other = str(subject.groups[2]), str(number(3, 99))
    for question, expected, action, object in (
        ("organization allows", True, "read", chat(size)),
        ("denied: another organization", False, "read", chat(size, organization=number(2, 999))),
        ("member allows", True, "delete", chat(size, owner=mine)),
        ("denied: not the owner", False, "delete", chat(size)),
        ("user ACL allows", True, "delete", chat(size, user_acl={me: ["delete"]})),
        ("group ACL allows", True, "delete", chat(size, group_acl={other: [], group: ["*"]})),
        ("denied after both ACLs", False, "delete", denied_by_acls(size, other, group)),
    ):
        yield engine_case("engine", question, expected, subject, action, object)
    text = Object("chat", str(number(4, 1)), str(number(1, 2)), str(size.ids[-1]))
    yield engine_case("engine", "organization allows, ids as text", True, subject, "read", text)


def denied_by_acls(size: Size, other: str, group: str) -> Object:
    return chat(size, user_acl={other: ["*"]}, group_acl={other: ["*"], group: ["read"]})


def engine_case(
    who: str, question: str, expected: bool, subject: Subject, action: str, object: Object
) -> Case:
    return Case(
        who, question, expected, lambda: ENGINE.allows(subject, action, object), calls=50_000
    )


def dict_cases(size: Size) -> Iterator[Case]:
    read = {(id, "chat", "read") for id in size.ids}
    for question, expected, object in compared(size):
        yield Case("plain dict", question, expected, look_up(read, object), calls=50_000)


def look_up(read: set[tuple[Any, str, str]], object: Object) -> Decide:
    return lambda: (object.organization, object.type, "read") in read


def compared(size: Size) -> Iterator[tuple[str, bool, Object]]:
    """The two questions that everyone answers."""
    yield "organization allows", True, chat(size)
    yield "denied: another organization", False, chat(size, organization=number(2, 999))


def casbin_cases(size: Size) -> Iterator[Case]:
    casbin = installed("casbin")
    if casbin is None:
        return
    model = casbin.Model()
    model.load_model_from_text(CASBIN_MODEL)
    enforcer = casbin.Enforcer(model)
    ids = size.ids
    for n in range(size.roles):
        organization = str(ids[n % len(ids)])
        enforcer.add_policy(f"role {n}", organization, "chat", "read")
        enforcer.add_grouping_policy("me", f"role {n}", organization)
    for question, expected, object in compared(size):
        organization = str(object.organization)
        yield Case(
            "casbin",
            question,
            expected,
            partial(enforcer.enforce, "me", organization, "chat", "read"),
            calls=2_000 // size.roles + 1,
        )


def cedar_cases(size: Size) -> Iterator[Case]:
    cedarpy = installed("cedarpy")
    if cedarpy is None:
        return
    policies = cedarpy.PolicySet.from_str(CEDAR_POLICIES)
    organizations = [str(id) for id in size.ids]
    me = {"type": "User", "id": "me"}
    user = {
        "uid": me,
        "attrs": {"chat_read": organizations, "own_chat_delete": organizations},
        "parents": [],
    }
    for question, expected, object in compared(size):
        uid = {"type": "Chat", "id": str(object.id)}
        other = {"__entity": {"type": "User", "id": str(object.owner)}}
        attrs = {"organization": str(object.organization), "owner": other}
        entities = cedarpy.Entities.from_json_str(
            json.dumps([user, {"uid": uid, "attrs": attrs, "parents": []}])
        )
        request = {
            "principal": 'User::"me"',
            "action": 'Action::"read"',
            "resource": f'Chat::"{object.id}"',
            "context": {},
        }
        yield Case(
            "cedarpy",
            question,
            expected,
            partial(cedarpy.is_authorized, request, policies, entities),
            calls=1_000,
        )


def installed(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        return None


def first_decision(size: Size) -> Case:
    """A subject that is new: what it holds compiles first."""
    subject, object = size.subject, chat(size)
    return Case(
        "engine",
        "a new subject's first decision",
        True,
        lambda: ENGINE.allows(Subject(subject.id, subject.roles, subject.groups), "read", object),
        calls=5_000 // size.roles,
    )


def said(answer: Any) -> bool:
    return bool(getattr(answer, "allowed", answer))


def microseconds(case: Case) -> float:
    decide = case.decide
    start = time.perf_counter()
    for _ in range(case.calls):
        decide()
    return (time.perf_counter() - start) / case.calls * 1e6


def main() -> None:
    """Print a table for each size."""
    for size in SIZES:
        cases = [
            *dict_cases(size),
            *engine_cases(size),
            first_decision(size),
            *casbin_cases(size),
            *cedar_cases(size),
        ]
        for case in cases:
            if said(case.decide()) is not case.expected:
                raise SystemExit(f"{case.who} is wrong about `{case.question}`")
        rounds = [[microseconds(case) for case in cases] for _ in range(ROUNDS)]
        print(f"\n{size.roles} roles in {size.organizations} organizations, µs a decision")
        print(f"{'':12}{'question':36}{'median':>10}{'least':>10}")
        for case, times in zip(cases, zip(*rounds, strict=True), strict=True):
            print(f"{case.who:12}{case.question:36}{median(times):10.2f}{min(times):10.2f}")


if __name__ == "__main__":
    main()
