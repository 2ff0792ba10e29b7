"""Rewrites one marked column in batches; each batch is a transaction of its own.

A batch locks its rows (`FOR NO KEY UPDATE`, what an UPDATE takes: writers wait for the rows of
one batch, readers for nothing) and skips those that others have locked. What is done shows in
the key-id column, so a rewrite that was killed starts where it stopped, and several can run at
once. INVARIANT: while its lock is held a row stays at its `ctid`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sqlward.secrets.column import SecretColumn
from sqlward.secrets.steps import Rows, Statement, Steps, Work, quoted


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What to store instead: the value, and its blind index where there is one."""

    value: bytes | str | None
    index: bytes | str | None = None


Rewrite: TypeAlias = Callable[[Any, "str | None", Sequence[str]], "Rewritten | None"]
"""(stored, key id, row key) → what to store instead; None for a value that does not open."""

PREPARE: Final = Statement(
    "SELECT set_config(name, 'off', true) "
    # Policies must not hide rows, and a batch must read neither the table nor an index to its end.
    "FROM unnest(ARRAY['row_security', 'enable_seqscan', 'enable_bitmapscan', 'enable_hashjoin', "
    "'enable_mergejoin']) AS name"
)


@dataclass(frozen=True, slots=True)
class _Found:
    seen: int
    changed: int


@dataclass(slots=True)
class Batches:
    """Rewrites the rows of a column under one key id to another; None stands for the clear."""

    column: SecretColumn[Any]
    key_id: str | None
    new_key_id: str | None
    rewrite: Rewrite
    size: int
    done: Callable[[int], None]
    unreadable: set[tuple[int, str]] = field(default_factory=set)

    def work(self, most: int) -> Work[None]:
        """Rewrite until nothing is found, or `most` rows were seen and new ones keep coming.

        Rows that do not open are left and remembered.
        """
        seen = 0
        while seen < most:
            found = yield self._batch(wait=False)
            # What others have locked is waited for, one row at a time: no lock is held then.
            found = found or (yield self._batch(wait=True))
            if not found:
                return
            seen += found.seen
            self.done(found.changed)

    def _batch(self, *, wait: bool) -> Steps[_Found | None]:
        yield PREPARE
        rows = yield self._select(wait=wait)
        if not rows:
            return None
        kept, changed = self._rewritten(rows)
        if changed:
            yield self._update(kept, changed)
        return _Found(len(rows), len(changed))

    def _select(self, *, wait: bool) -> Statement:
        column = self.column
        bind = "".join(f", {quoted(name)}::text" for name in column.bind)
        parameters: list[object] = [1 if wait else self.size]
        where = f"{quoted(column.key_id)} IS NULL AND {quoted(column.column)} IS NOT NULL"
        if self.key_id is not None:
            parameters.append(self.key_id)
            where = f"{quoted(column.key_id)} = $2"
        if self.unreadable:
            parameters.append([f"{relation}{place}" for relation, place in self.unreadable])
            where += f" AND tableoid::text || ctid::text <> ALL(${len(parameters)}::text[])"
        return Statement(
            f"SELECT tableoid::int8, ctid::text, {quoted(column.column)}, "
            f"{quoted(column.key_id)}{bind} FROM {quoted(column.schema, column.table)} "
            f"WHERE {where} LIMIT $1 FOR NO KEY UPDATE{'' if wait else ' SKIP LOCKED'}",
            parameters,
        )

    def _rewritten(self, rows: Rows) -> tuple[Rows, list[Rewritten]]:
        kept: Rows = []
        changed: list[Rewritten] = []
        for row in rows:
            instead = self.rewrite(row[2], row[3], row[4:])
            if instead is None:
                self.unreadable.add((row[0], row[1]))
            else:
                kept.append(row)
                changed.append(instead)
        return kept, changed

    def _update(self, rows: Rows, changed: list[Rewritten]) -> Statement:
        column = self.column
        values, array = self._values(changed)
        parameters: list[object] = [
            [row[0] for row in rows],
            " ".join(row[1] for row in rows),
            values,
            self.new_key_id,
        ]
        names, arrays, changes = "relation, place, value", "", ""
        if column.blind_index:
            parameters.append([new.index for new in changed])
            names += ", digest"
            arrays = f", $5::{column.blind_index.storage}[]"
            changes = f", {quoted(column.blind_index.column)} = new.digest"
        return Statement(
            f"UPDATE {quoted(column.schema, column.table)} AS old "
            f"SET {quoted(column.column)} = new.value, {quoted(column.key_id)} = "
            f"CASE WHEN new.value IS NOT NULL THEN $4::text END{changes} "
            f"FROM unnest($1::int8[], string_to_array($2, ' ')::tid[], {array}{arrays}) "
            f"AS new ({names}) "
            "WHERE old.tableoid = new.relation::oid AND old.ctid = new.place",
            parameters,
        )

    def _values(self, changed: list[Rewritten]) -> tuple[object, str]:
        if self.column.storage == "text" and self.new_key_id is not None:
            # Base64 has no spaces, and one text is sent in a tenth of the time of an array.
            return " ".join(str(new.value or "") for new in changed), "string_to_array($3, ' ', '')"
        return [new.value for new in changed], f"$3::{self.column.storage}[]"
