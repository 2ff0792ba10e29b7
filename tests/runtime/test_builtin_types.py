"""The compiler's table of built-in types says what the run time does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from psycopg.pq import Format
from sqlward_codegen.types.builtin import builtin_type, has_binary_input
from type_cases import CASES, Case

from sqlward import Query
from sqlward._adapters import Adapters
from sqlward.types import NO_TYPES

UNIONS = {
    "JsonValue": {"dict", "list", "str", "int", "float", "bool"},
    "Inet": {"IPv4Address", "IPv6Address", "IPv4Interface", "IPv6Interface"},
    "Cidr": {"IPv4Network", "IPv6Network"},
}
EXTENSIONS = {"hstore": "hstore", "citext": "citext", "vector": "vector", "halfvec": "vector"}
BUILTIN = [
    case
    for case in CASES
    if not case.name.endswith("range") and (case.label in EXTENSIONS or "." not in case.name)
]

IN_CATALOG = [case for case in BUILTIN if "." not in case.name]


@pytest.mark.parametrize("case", BUILTIN, ids=[case.label for case in BUILTIN])
def test_declared_type_is_the_one_that_comes_back(case: Case) -> None:
    """The annotation names the class of the values that the round trip gives back."""
    schema = "public" if case.label in EXTENSIONS else "pg_catalog"
    declared = builtin_type(schema, case.label, EXTENSIONS.get(case.label))
    assert declared is not None
    name = declared.result.name

    @settings(max_examples=10, deadline=None)
    @given(case.values)
    def is_declared(value: Any) -> None:
        assert type(value).__name__ in UNIONS.get(name, {name})

    is_declared()
    assert case.binary == declared.binary


@pytest.mark.parametrize("case", IN_CATALOG, ids=[case.label for case in IN_CATALOG])
def test_declared_input_is_the_one_that_is_used(case: Case) -> None:
    """The table knows which types are written in binary form, and so can be in a binary COPY."""
    query = Query[None]("Q", "", parameters=(case.name,))
    written = Adapters(NO_TYPES, ()).plan(query).formats == [Format.BINARY]

    assert written == has_binary_input("pg_catalog", case.name, None)
