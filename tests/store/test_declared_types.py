"""The check that stands behind every test of a store can fail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from declared_types import mismatch

from sqlward import JsonValue, Multirange, Range
from store.generated import ChatStatus, Price, TokenUsage


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        (None, None),
        (1, int | None),
        ([ChatStatus.ERROR, None], list[ChatStatus | None]),
        (TokenUsage(1, None, 3, 4), TokenUsage | None),
        ({"a": [1, {"b": None}]}, JsonValue),
        (Range(date(2024, 1, 1), None), Range[date]),
        (Multirange([Range(Decimal(1), Decimal(2))]), Multirange[Decimal]),
    ],
)
def test_a_value_fits_its_declaration(value: Any, declared: Any) -> None:
    """What is declared is there."""
    assert None is mismatch(value, declared)


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        (None, int, "result is a NoneType, declared int"),
        (True, int, "result is a bool, declared int"),
        ("error", ChatStatus, "result is a str, declared ChatStatus"),
        (ChatStatus.ERROR, str, "result is a ChatStatus, declared str"),
        (["error"], list[ChatStatus | None], "result[0] is a str, declared ChatStatus | NoneType"),
        (
            [Price("USD", 1.5)],  # type: ignore[arg-type]
            list[Price | None],
            "result[0].per_million_tokens is a float, declared Decimal | NoneType",
        ),
        (Range(1, 2), Range[Decimal], "result (bound) is a int, declared Decimal"),
    ],
)
def test_a_value_does_not_fit(value: Any, declared: Any, expected: str) -> None:
    """The message says where and what."""
    assert expected == mismatch(value, declared)
