"""What the generated authorization layer is planned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlward_codegen.authz.authorize import Authorization
from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.authz.resources import Resource, Resources
from sqlward_codegen.authz.rules import ProvedRule, RuledQuery
from sqlward_codegen.emit.plan import EnumText, ModulePlan

AUTHZ = ".authz"
AUTHZ_STORE = ".authz_store"

PUSHED = (Strategy.FILTER, Strategy.GUARD)


@dataclass(frozen=True)
class StoreRules:
    """The rules of the store's queries, as the emitters look them up."""

    authorization: Authorization

    @property
    def resources(self) -> Resources:
        """What is declared."""
        return self.authorization.resources

    @cached_property
    def by_query(self) -> dict[str, RuledQuery]:
        """Rules by the query's name."""
        return {ruled.query.name: ruled for ruled in self.authorization.queries}

    @cached_property
    def locked(self) -> frozenset[str]:
        """The queries that are needed with FOR UPDATE too."""
        return frozenset(rule.fetch for rule in self._rules if rule.locking_variant)

    @cached_property
    def pushed(self) -> tuple[Resource, ...]:
        """The resources whose predicate some query runs with, in the order declared."""
        names = {rule.resource for rule in self._rules if rule.strategy in PUSHED}
        return tuple(r for r in self.resources.resources if r.name in names)

    def rules(self, query: str) -> tuple[ProvedRule, ...]:
        """Give a query's rules, in the order written."""
        found = self.by_query.get(query)
        return found.rules if found else ()

    def pushed_rule(self, query: str) -> ProvedRule | None:
        """Give a query's `filter` or `guard`."""
        return next((rule for rule in self.rules(query) if rule.strategy in PUSHED), None)

    @property
    def _rules(self) -> Iterable[ProvedRule]:
        return (rule for ruled in self.authorization.queries for rule in ruled.rules)


@dataclass(frozen=True, slots=True)
class AuthzModule(ModulePlan):
    """The module of resources and actions, and of the predicates that queries run with."""

    enums: tuple[EnumText, ...]
    constants: tuple[tuple[str, str], ...]

    template = "authz.jinja"


@dataclass(frozen=True, slots=True)
class ObjectText:
    """A function that makes the object of a row."""

    name: str
    argument: str
    expression: str


@dataclass(frozen=True, slots=True)
class SignatureText:
    """A method of a protocol; `is_coroutine` of its asynchronous form."""

    name: str
    arguments: str
    async_arguments: str
    result: str
    async_result: str
    is_coroutine: bool = True
    async_is_coroutine: bool = True


@dataclass(frozen=True, slots=True)
class AuthzMethodText:
    """A method of the layer in both its forms, body and all; `doc` is a literal."""

    name: str
    arguments: str
    async_arguments: str
    result: str
    async_result: str
    doc: str | None
    body: tuple[str, ...]
    async_body: tuple[str, ...]
    is_coroutine: bool


@dataclass(frozen=True, slots=True)
class AuthzStoreModule(ModulePlan):
    """The module of the layer; `policy` are the functions that `custom` rules call."""

    objects: tuple[ObjectText, ...]
    variants: tuple[SignatureText, ...]
    policy: tuple[SignatureText, ...]
    methods: tuple[AuthzMethodText, ...]

    template = "authz_store.jinja"
