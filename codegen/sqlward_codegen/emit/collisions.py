"""Names that two queries, or a query and the store itself, would share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.emit.methods import Method

RESERVED_METHODS = frozenset(
    {
        "acting_as",
        "advisory_lock",
        "batch_size",
        "close",
        "in_tx",
        "iter_size",
        "layers",
        "on_transaction",
        "transaction",
        "advisory_lock_if_free",
        "with_timeout",
    }
)
"""Public attributes of the run time's queriers and of stores; private ones cannot collide."""


def method_collisions(methods: Sequence[Method]) -> list[Diagnostic]:
    """Report queries whose methods would have the same name, or one that is taken."""
    first: dict[str, Method] = {}
    found: list[Diagnostic] = []
    for method in methods:
        raw = method.query.statement.query
        if method.name in RESERVED_METHODS:
            found.append(
                Diagnostic(
                    "SW305",
                    f"`{raw.name}` would be the method `{method.name}`, which every store has",
                    (Label(raw.name_span),),
                    help="give the query another name",
                )
            )
            continue
        other = first.setdefault(method.name, method)
        other_name = other.query.name
        if other is method or other_name == raw.name:
            continue  # the same name twice is reported where queries are read
        found.append(
            Diagnostic(
                "SW302",
                f"`{raw.name}` and `{other_name}` are both the method `{method.name}`",
                (
                    Label(raw.name_span, f"becomes `{method.name}`"),
                    Label(other.query.statement.query.name_span, "and so does this"),
                ),
                help="give one of them another name",
            )
        )
    return found


def class_collisions(
    classes: Iterable[tuple[Method, str]], taken: Collection[str]
) -> list[Diagnostic]:
    """Report classes of a query that are called like a class of the schema or of another."""
    found: list[Diagnostic] = []
    seen: dict[str, Method] = {}
    for method, name in classes:
        raw = method.query.statement.query
        other = seen.setdefault(name, method)
        if name in taken:
            where = "a class of the schema"
        elif other is not method and other.name != method.name:
            where = f"a class of `{other.query.name}`"
        else:
            continue
        found.append(
            Diagnostic(
                "SW304",
                f"`{raw.name}` needs a class `{name}`, but {where} is called that",
                (Label(raw.name_span),),
                help="give the query another name, or rename the table in `renames`",
            )
        )
    return found
