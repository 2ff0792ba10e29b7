"""The list of total functions, and the probe that makes it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import psycopg
import pytest
from sqlward_codegen.infer.builtin import Builtin, builtin, builtins, function_name
from sqlward_codegen.infer.probe import Probed, functions, is_candidate, listing, merged, probe
from sqlward_codegen.server import Server


@pytest.fixture(scope="module", name="probed")
def functions_of_the_server(each_postgres: Server) -> Iterator[dict[int, Probed]]:
    """Every function of pg_catalog, called with edge values."""
    with each_postgres.database() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        yield {function.oid: function for function in probe(connection, functions(connection))}


def test_no_listed_function_gives_null(probed: dict[int, Probed]) -> None:
    """What is listed as total gave no NULL on this server."""
    listed = [builtins()[oid] for oid in probed if oid in builtins() and builtins()[oid].is_total]
    wrong = [
        (known.name, probed[known.oid].nulls[:1]) for known in listed if probed[known.oid].nulls
    ]

    assert wrong == []
    assert len(listed) > 1300


def test_the_list_names_the_server_s_functions(probed: dict[int, Probed]) -> None:
    """An OID on the list is the same function on this server, with the same strictness."""
    both = [(known, probed[oid]) for oid, known in builtins().items() if oid in probed]
    wrong = [
        (known.oid, known.name, found.name)
        for known, found in both
        if (known.name, known.is_strict) != (found.name, found.is_strict)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("to_char", ("timestamp", "text")),
        ("array_length", ("anyarray", "int4")),
        ("scale", ("numeric",)),
        ("substring", ("text", "text")),
        ("lower", ("anyrange",)),
        ("jsonb_object_field_text", ("jsonb", "text")),
        ("to_regclass", ("text",)),
        ("current_setting", ("text", "bool")),
        ("time", ("timestamp",)),
        ("to_number", ("text", "text")),
        ("extract", ("text", "timestamptz")),
        ("pg_get_viewdef", ("oid",)),
    ],
)
def test_known_traps_are_not_listed(
    name: str, types: tuple[str, ...], probed: dict[int, Probed]
) -> None:
    """Functions that give NULL for values are not listed as total."""
    oids = [f.oid for f in probed.values() if (f.name, f.argument_types) == (name, types)]

    assert [builtins()[oid].is_total for oid in oids] == [False]


@pytest.mark.parametrize(
    "name",
    ["int4pl", "textcat", "texteq", "numeric_add", "timestamptz_lt", "jsonb_concat", "uuid_eq"],
)
def test_plain_functions_are_listed(name: str) -> None:
    """What computes a value from values is listed as total."""
    assert [known.is_total for known in builtins().values() if known.name == name] == [True]


def test_a_listing_reads_back() -> None:
    """The written form of a function says all that is asked of it."""
    line = listing([_probed(answers=3)]).splitlines()[-1]

    assert line == "65 fst int4eq 2"
    assert builtin(65) == Builtin(65, "int4eq", "f", 2, True, True, False, True)
    assert function_name(65) == "int4eq"


def test_a_function_must_be_total_everywhere() -> None:
    """A NULL on one server takes the function off the list of all."""
    (both,) = merged([[_probed(answers=3)], [_probed(answers=3, nulls=("SELECT 1",))]])

    assert not both.is_total


def test_a_function_that_is_another_elsewhere_is_left_out() -> None:
    """An OID with two meanings means nothing."""
    assert merged([[_probed(answers=3)], [_probed(answers=3, name="other")]]) == []


def test_what_never_answered_is_not_total() -> None:
    """A function that only raised errors is not listed as total."""
    assert not _probed(answers=0).is_total


def test_volatile_functions_are_not_called() -> None:
    """The probe calls nothing that could change the server."""
    assert not is_candidate(_probed(answers=0, is_volatile=True))


def test_the_list_says_where_it_comes_from() -> None:
    """The list tells the reader not to edit it."""
    text = files("sqlward_codegen.infer").joinpath("builtin_functions.txt").read_text("utf-8")

    assert text.startswith("# Written by `python -m sqlward_codegen.infer.probe`; do not edit.")


def _probed(**changes: Any) -> Probed:
    known: dict[str, Any] = {
        "oid": 65,
        "name": "int4eq",
        "kind": "f",
        "argument_types": ("int4", "int4"),
        "is_strict": True,
        "is_volatile": False,
        "is_set": False,
        "result_type": "boolean",
    }
    return Probed(**{**known, **changes})
