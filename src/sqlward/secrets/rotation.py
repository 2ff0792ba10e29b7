"""Rotation of all marked columns to the primary key, and the way back to the clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlward.secrets.column import SecretColumn
from sqlward.secrets.crypt import ColumnCrypt
from sqlward.secrets.errors import RotationError, SecretsError, UnknownKeyError
from sqlward.secrets.rewriting import Batches, Rewrite, Rewritten
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.secret import Secret
from sqlward.secrets.steps import Statement, Steps, Work, quoted

# Each round takes what came under an old key during the one before.
_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a column is: rows rewritten by this run, rows there were to do when it began."""

    column: SecretColumn[Any]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ColumnStatus:
    """How many values a column holds under each key id; None is for those in the clear."""

    column: SecretColumn[Any]
    rows: Mapping[str | None, int]


OnProgress: TypeAlias = Callable[[Progress], None]
_Left: TypeAlias = "list[tuple[SecretColumn[Any], str | None, int]]"


def rotating(
    columns: Sequence[SecretColumn[Any]],
    ring: KeyRing,
    batch: int,
    progress: OnProgress | None,
    plaintext: bool,
) -> Work[None]:
    """Encrypt under the primary key whatever is not; see `sqlward.secrets.rotate`."""

    def rewrite(column: SecretColumn[Any]) -> Rewrite:
        return _Reencrypt(ColumnCrypt(column, ring, plaintext=plaintext))

    yield from _rewriting(columns, ring.primary.id, plaintext, ring, rewrite, batch, progress)


def decrypting(
    columns: Sequence[SecretColumn[Any]],
    ring: KeyRing,
    batch: int,
    progress: OnProgress | None,
) -> Work[None]:
    """Store everything in the clear; see `sqlward.secrets.decrypt`."""

    def rewrite(column: SecretColumn[Any]) -> Rewrite:
        return _Clear(ColumnCrypt(column, ring))

    yield from _rewriting(columns, None, False, ring, rewrite, batch, progress)


def counting(columns: Sequence[SecretColumn[Any]]) -> Work[list[ColumnStatus]]:
    """Count the values of each column under each key, all at one moment."""
    status: list[ColumnStatus] = yield _count(columns)
    return status


def _rewriting(
    columns: Sequence[SecretColumn[Any]],
    wanted: str | None,
    plaintext: bool,
    ring: KeyRing,
    rewrite: Callable[[SecretColumn[Any]], Rewrite],
    batch: int,
    progress: OnProgress | None,
) -> Work[None]:
    left: _Left = yield _count_left(columns, wanted, plaintext)
    meters = {column.name: _Meter(column, _total(left, column), progress) for column in columns}
    unreadable: dict[tuple[str, str | None], set[tuple[int, str]]] = {}
    for _ in range(_ROUNDS):
        _check_known(left, ring)
        for column, key_id, rows in left:
            found = unreadable.setdefault((column.name, key_id), set())
            done = meters[column.name].add
            batches = Batches(column, key_id, wanted, rewrite(column), batch, done, found)
            yield from batches.work(rows)
        # The proof: one look at all columns at once.
        left = yield _count_left(columns, wanted, plaintext)
        if all(len(unreadable.get((c.name, id), ())) >= rows for c, id, rows in left):
            break
    if not left:
        return
    why = "rows keep coming that another process writes under an old key"
    if any(unreadable.values()):
        why = "values that do not open are left"
    raise RotationError(why, [f"{_rows_of(n)} of `{c.name}` under `{id}`" for c, id, n in left])


@dataclass(frozen=True, slots=True)
class _Reencrypt:
    crypt: ColumnCrypt[Any]

    def __call__(self, stored: Any, key_id: str | None, row_key: Sequence[str]) -> Rewritten | None:
        if stored is None:
            return Rewritten(None)
        if key_id is None or self.crypt.column.blind_index:
            return self._whole(stored, key_id, row_key)
        try:
            return Rewritten(self.crypt.reencrypt(stored, key_id, *row_key))
        except SecretsError:
            return None

    def _whole(self, stored: Any, key_id: str | None, row_key: Sequence[str]) -> Rewritten | None:
        """Look at the value, too: for its blind index, or whether it is one."""
        plaintext = _opened(self.crypt, stored, key_id, row_key)
        secret = plaintext and self.crypt.column.payload.decode(plaintext.reveal())
        if plaintext is None or secret is None:
            return None
        index = self.crypt.index(secret) if self.crypt.column.blind_index else None
        return Rewritten(self.crypt.seal(plaintext, *row_key), index)


@dataclass(frozen=True, slots=True)
class _Clear:
    crypt: ColumnCrypt[Any]

    def __call__(self, stored: Any, key_id: str | None, row_key: Sequence[str]) -> Rewritten | None:
        if stored is None:
            return Rewritten(None)
        plaintext = _opened(self.crypt, stored, key_id, row_key)
        if plaintext is None:
            return None
        if self.crypt.column.storage == "bytea":
            return Rewritten(plaintext.reveal())
        try:
            return Rewritten(_postgres_text(plaintext))
        except ValueError:
            return None


def _postgres_text(plaintext: Secret[bytes]) -> str:
    """Give the text; raises `ValueError` for one that only encryption can store."""
    if 0 in plaintext.reveal():
        raise ValueError
    return plaintext.reveal().decode()


def _opened(
    crypt: ColumnCrypt[Any], stored: Any, key_id: str | None, row_key: Sequence[str]
) -> Secret[bytes] | None:
    if key_id is None:
        return Secret(stored.encode() if isinstance(stored, str) else stored)
    try:
        return crypt.open(stored, key_id, *row_key)
    except SecretsError:
        return None


class _Meter:
    def __init__(self, column: SecretColumn[Any], total: int, progress: OnProgress | None) -> None:
        self._column = column
        self._total = total
        self._progress = progress
        self._done = 0

    def add(self, rows: int) -> None:
        self._done += rows
        if self._progress and rows:
            self._progress(Progress(self._column, self._done, max(self._total, self._done)))


def _total(left: _Left, column: SecretColumn[Any]) -> int:
    return sum(rows for one, _, rows in left if one is column)


def _check_known(left: _Left, ring: KeyRing) -> None:
    for column, key_id, _ in left:
        if key_id is not None and key_id not in ring.by_id:
            raise UnknownKeyError(column.relation, column.column, key_id)


def _rows_of(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _count_left(
    columns: Sequence[SecretColumn[Any]], wanted: str | None, plaintext: bool
) -> Steps[_Left]:
    """Count the rows under other keys than the wanted one, all columns at one moment."""
    yield Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    yield Statement("SELECT set_config('row_security', 'off', true)")
    left: _Left = []
    for column in columns:
        key_id = quoted(column.key_id)
        # Two ranges rather than `<>`, which no index serves.
        where = f"{key_id} < $1 OR {key_id} > $1" if wanted else f"{key_id} IS NOT NULL"
        if plaintext:
            where += f" OR ({key_id} IS NULL AND {quoted(column.column)} IS NOT NULL)"
        rows = yield Statement(
            f"SELECT {key_id}, count(*) FROM {quoted(column.schema, column.table)} "
            f"WHERE {where} GROUP BY 1 ORDER BY 1",
            (wanted,) if wanted else (),
        )
        left += [(column, found, number) for found, number in rows]
    return left


def _count(columns: Sequence[SecretColumn[Any]]) -> Steps[list[ColumnStatus]]:
    yield Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    yield Statement("SELECT set_config('row_security', 'off', true)")
    status = []
    for column in columns:
        rows = yield Statement(
            f"SELECT {quoted(column.key_id)}, count(*) "
            f"FROM {quoted(column.schema, column.table)} "
            f"WHERE {quoted(column.column)} IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        status.append(ColumnStatus(column, dict(rows)))
    return status
