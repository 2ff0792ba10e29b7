"""Proved rules: what the generated layer does, and what the lock file says."""

from __future__ import annotations

from dataclasses import dataclass

from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.model import Query


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object (`owner`) and where it is: a parameter's number or a row's position."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class ProvedRule:
    """One rule of a query.

    `parts` make the object: from parameters for `create`, from the row for `read`, from the
    fetched row for `via`. `given` are pairs of the fetch's and the query's parameters. `locks`:
    the fetched row is locked; `locking_variant`: by another text of the fetch. `ids` are the
    query's parameters that are the fetched object's id.
    """

    strategy: Strategy
    action: str = ""
    resource: str = ""
    parts: tuple[Part, ...] = ()
    fetch: str = ""
    given: tuple[tuple[int, int], ...] = ()
    locks: bool = False
    locking_variant: bool = False
    ids: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RuledQuery:
    """A query whose rules are proved; `exposed` are columns of other resources it gives away."""

    query: Query
    rules: tuple[ProvedRule, ...]
    exposed: tuple[tuple[str, str], ...] = ()
