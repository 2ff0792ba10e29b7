"""Opens every value of the marked columns, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlward.secrets.column import SecretColumn
from sqlward.secrets.crypt import ColumnCrypt
from sqlward.secrets.errors import SecretsError
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.rotation import OnProgress, Progress
from sqlward.secrets.steps import Statement, Steps, Work, quoted


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that is not as it should be; `place` is the row's `ctid` at that moment."""

    column: SecretColumn[Any]
    key_id: str | None
    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """How many values were opened, and what was found."""

    opened: int
    findings: tuple[Finding, ...]


def verifying(
    columns: Sequence[SecretColumn[Any]],
    ring: KeyRing,
    batch: int,
    progress: OnProgress | None,
) -> Work[Verification]:
    """Open every value; see `sqlward.secrets.verify`."""
    opened = 0
    findings: list[Finding] = []
    for column in columns:
        good, bad = yield _Reading(column, ColumnCrypt(column, ring), batch, progress).steps()
        opened += good
        findings += bad
    return Verification(opened, tuple(findings))


@dataclass(frozen=True, slots=True)
class _Reading:
    column: SecretColumn[Any]
    crypt: ColumnCrypt[Any]
    batch: int
    progress: OnProgress | None

    def steps(self) -> Steps[tuple[int, list[Finding]]]:
        yield Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Statement("SELECT set_config('row_security', 'off', true)")
        value, key_id = quoted(self.column.column), quoted(self.column.key_id)
        where = f"{value} IS NOT NULL OR {key_id} IS NOT NULL"
        relation = quoted(self.column.schema, self.column.table)
        counted = yield Statement(f"SELECT count(*) FROM {relation} WHERE {where}")
        index = self.column.blind_index
        digest = quoted(index.column) if index else "NULL"
        bind = "".join(f", {quoted(name)}::text" for name in self.column.bind)
        yield Statement(
            "DECLARE sqlward_verify NO SCROLL CURSOR FOR "
            f"SELECT ctid::text, {value}, {key_id}, {digest}{bind} FROM {relation} WHERE {where}"
        )
        seen = 0
        findings: list[Finding] = []
        while rows := (yield Statement(f"FETCH {self.batch} FROM sqlward_verify")):
            seen += len(rows)
            for place, stored, row_key_id, found, *row_key in rows:
                why = self._wrong(stored, row_key_id, found, row_key)
                if why:
                    findings.append(Finding(self.column, row_key_id, place, why))
            if self.progress:
                self.progress(Progress(self.column, seen, counted[0][0]))
        yield Statement("CLOSE sqlward_verify")
        return seen - len(findings), findings

    def _wrong(
        self, stored: Any, key_id: str | None, digest: Any, row_key: Sequence[str]
    ) -> str | None:
        if stored is None:
            return "there is a key id and no value"
        try:
            secret = self.crypt.decrypt(stored, key_id, *row_key)
        except SecretsError as error:
            return str(error)
        if self.column.blind_index and self.crypt.index(secret) != digest:
            return "the blind index is not that of the value"
        return None
