"""Random values through every query of a type's generated store, and back.

`SQLWARD_TYPE_EXAMPLES` is the number of examples.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from type_cases import same
from type_forms import COLUMNS, Form

EXAMPLES = settings(
    max_examples=int(os.environ.get("SQLWARD_TYPE_EXAMPLES", "3")),
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _without_nulls(value: Any) -> Any:
    """Drop a list's NULL elements: a parameter that meets no column takes none."""
    if not isinstance(value, list):
        return value
    return [_without_nulls(item) for item in value if item is not None]


def come_back(form: Form, package: ModuleType, store: Any, runner: asyncio.Runner) -> None:
    """Send rows of random values through every query of the type."""
    ids = iter(range(1, 10**9))

    @EXAMPLES
    @given(form.rows(package), form.rows(package), st.booleans())
    def come_back(sent: dict[str, Any], other: dict[str, Any], joined: bool) -> None:
        runner.run(_there_and_back(form, package, store, sent, other, joined, ids))

    come_back()


async def _there_and_back(
    form: Form,
    package: ModuleType,
    store: Any,
    sent: dict[str, Any],
    other: dict[str, Any],
    joined: bool,
    ids: Iterator[int],
) -> None:
    def method(verb: str) -> Any:
        return form.method(store, verb)

    def item(verb: str, id: int, values: dict[str, Any]) -> Any:
        return form.item(package, verb)(id=id, **values)

    await method("clear")()
    first, second, third, fourth = (next(ids) for _ in range(4))
    put = await method("put")(id=first, **sent)
    _agree(form, "put", sent, put)
    _agree(form, "get", sent, await method("get")(first))

    [batch] = await method("batch")([item("batch", second, other)])
    _agree(form, "batch", other, batch)

    pair = await method("pair")(id=first, other_id=second if joined else 0)
    _agree(form, "embed", sent, pair.base)
    _agree(form, "inner join", sent, pair.inner_one)
    assert joined == (pair.outer_one is not None)
    if joined:
        _agree(form, "outer join", other, pair.outer_one)

    copied = await method("copy")([item("copy", third, sent), item("copy", fourth, other)])
    assert 2 == copied
    for id, values in ((third, sent), (fourth, other)):
        _agree(form, "copy", values, await method("get")(id))

    changed = await method("change")(one=None, maybe=None, nest=other["nest"], id=first)
    _agree(form, "change", {**sent, "maybe": None, "nest": other["nest"]}, changed)
    changed = await method("change")(one=other["one"], maybe=other["maybe"], nest=None, id=first)
    expected = {**sent, "one": other["one"], "maybe": other["maybe"], "nest": None}
    _agree(form, "change", expected, changed)

    scalars = {name: _without_nulls(sent[name]) for name in ("one", "list", "item")}
    _agree(form, "echo", scalars, await method("echo")(**scalars), ("one", "list", "item"))

    each = [row async for row in method("each")()]
    for row, values in zip(each, (expected, other, sent, other), strict=True):
        _agree(form, "iter", values, row, ("one", "record", "records"))


def _agree(
    form: Form, what: str, sent: dict[str, Any], got: Any, names: tuple[str, ...] = COLUMNS
) -> None:
    for name in names:
        value = getattr(got, name)
        assert same(sent[name], value), f"{what} {form.label}.{name}: {sent[name]!r} != {value!r}"
