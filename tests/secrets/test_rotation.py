"""Rotation loses nothing and leaves nothing, whatever happens around it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from secret_world import BLOB, CANARY, COLUMNS, CONFIG, EMAIL, TOKEN, insert, random_key, tokens

from sqlward.secrets import (
    Crypt,
    EnvironmentKeys,
    KeyRing,
    Progress,
    RotationError,
    Secret,
    UnknownKeyError,
    aio,
    check_keys,
    decrypt,
    new_key,
    rotate,
    status,
    verify,
)

Connection = psycopg.Connection[Any]


def _under(connection: Connection, columns: Any = COLUMNS) -> set[str | None]:
    return {key_id for found in status(connection, columns) for key_id in found.rows}


def test_everything_moves_to_the_primary(
    connection: Connection, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Every column, every value the same after, and `status` and `progress` say so."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(250))
    connection.execute("INSERT INTO accounts DEFAULT VALUES")
    check_keys(connection, next_ring)
    seen: list[Progress] = []
    rotate(connection, COLUMNS, next_ring, batch=100, progress=seen.append)
    alone = replace(next_ring, older=())

    assert [{next_ring.primary.id: 250}] * 4 == [
        found.rows for found in status(connection, COLUMNS)
    ]
    assert [(TOKEN, 100), (TOKEN, 200), (TOKEN, 250)] == [(p.column, p.done) for p in seen[:3]]
    assert {250} == {progress.total for progress in seen}
    assert (1000, ()) == (lambda v: (v.opened, v.findings))(verify(connection, COLUMNS, alone))
    assert [b"%d" % n for n in range(250)] == _blobs(connection, alone)


def _blobs(connection: Connection, ring: KeyRing) -> list[bytes]:
    crypt = Crypt(ring).column(BLOB)
    rows = connection.execute(
        'SELECT "Odd ""name\'", blob_key_id FROM accounts WHERE token IS NOT NULL ORDER BY id'
    ).fetchall()
    return [crypt.decrypt(stored, key_id).reveal() for stored, key_id in rows]


def test_the_asynchronous_form_does_the_same(
    connection: Connection, dsn: str, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Rotate, status, verify and decrypt on an `AsyncConnection`."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(30))

    async def work() -> tuple[int, set[Any]]:
        async with await psycopg.AsyncConnection.connect(dsn) as other:
            await aio.check_keys(other, next_ring)
            await aio.rotate(other, COLUMNS, next_ring, batch=7)
            opened = (await aio.verify(other, COLUMNS, next_ring)).opened
            under = {key for found in await aio.status(other, COLUMNS) for key in found.rows}
            await aio.decrypt(other, [CONFIG], next_ring)
            return opened, under

    assert (120, {next_ring.primary.id}) == asyncio.run(work())
    assert [{None: 30}] == [found.rows for found in status(connection, [CONFIG])]


def test_turning_encryption_on_and_off(connection: Connection, ring: KeyRing) -> None:
    """What is in the clear is encrypted when asked aloud, blind index and all, and back."""
    check_keys(connection, ring)
    clear = [(UUID(int=n), f"{CANARY}-{n}", f"Ann{n}@Example.org") for n in range(20)]
    connection.cursor().executemany(
        "INSERT INTO accounts (id, token, email) VALUES (%s, %s, %s)", clear
    )
    rotate(connection, COLUMNS, ring)

    assert {None} == _under(connection)

    rotate(connection, COLUMNS, ring, plaintext=True)
    found = connection.execute(
        "SELECT id FROM accounts WHERE email_index = %s",
        [Crypt(ring).column(EMAIL).index(Secret("ann7@example.org"))],
    ).fetchall()

    assert {ring.primary.id} == _under(connection)
    assert (40, ()) == (lambda v: (v.opened, v.findings))(verify(connection, COLUMNS, ring))
    assert [(UUID(int=7),)] == found

    decrypt(connection, COLUMNS, ring)

    assert (
        clear == connection.execute("SELECT id, token, email FROM accounts ORDER BY id").fetchall()
    )
    assert {None} == _under(connection)


def test_a_key_that_is_missing_stops_it_before_anything(
    connection: Connection, ring: KeyRing
) -> None:
    """The message names the column and the key."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(3))
    other = replace(ring, primary=random_key())
    with pytest.raises(UnknownKeyError) as caught:
        rotate(connection, COLUMNS, other)

    assert ring.primary.id == caught.value.key_id
    assert {ring.primary.id} == _under(connection)


def test_what_does_not_open_is_left_and_told(
    connection: Connection, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Everything else is rotated; the error and `verify` say how much is left and where."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(50))
    connection.execute(
        "UPDATE accounts SET token = (SELECT token FROM accounts WHERE id = %s) WHERE id = %s",
        [UUID(int=1), UUID(int=2)],
    )
    check_keys(connection, next_ring)
    with pytest.raises(RotationError) as caught:
        rotate(connection, COLUMNS, next_ring, batch=20)
    checked = verify(connection, COLUMNS, next_ring)

    assert (
        "values that do not open are left: 1 row of `public.accounts.token` "
        f"under `{ring.primary.id}`"
    ) == str(caught.value)
    assert 199 == checked.opened
    assert [(TOKEN, ring.primary.id)] == [(f.column, f.key_id) for f in checked.findings]
    assert {ring.primary.id: 1, next_ring.primary.id: 49} == status(connection, [TOKEN])[0].rows


def test_verify_finds_what_is_wrong(connection: Connection, ring: KeyRing) -> None:
    """A value in the clear, a wrong blind index, a key id without a value."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(4))
    for change in (
        "email_index = 'no' WHERE id = %s",
        "token_key_id = NULL WHERE id = %s",
        "config = NULL WHERE id = %s",
    ):
        connection.execute(f"UPDATE accounts SET {change}".encode(), [UUID(int=1)])
    checked = verify(connection, COLUMNS, ring)

    assert [
        (TOKEN, None, "cannot decrypt `public.accounts.token` under key `None`: "
         "it is stored in the clear, and `plaintext=True` is not"),
        (EMAIL, ring.primary.id, "the blind index is not that of the value"),
        (CONFIG, ring.primary.id, "there is a key id and no value"),
    ] == [(f.column, f.key_id, f.why) for f in checked.findings]  # fmt: skip
    assert 13 == checked.opened


def test_rows_that_others_have_locked_are_waited_for(
    connection: Connection, dsn: str, ring: KeyRing, next_ring: KeyRing
) -> None:
    """A rotation passes them by, and takes them when they are free."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(10))
    check_keys(connection, next_ring)
    with psycopg.connect(dsn) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute("SELECT FROM accounts WHERE id = %s FOR UPDATE", [UUID(int=4)])
        rotating = pool.submit(rotate, connection, [TOKEN], next_ring)
        done = "SELECT 1 FROM accounts WHERE token_key_id = %s HAVING count(*) = 9"
        with psycopg.connect(dsn, autocommit=True) as watcher:
            while not watcher.execute(done, [next_ring.primary.id]).fetchall():
                time.sleep(0.01)

        assert not rotating.done()

        holder.rollback()
        rotating.result()

    assert {next_ring.primary.id} == _under(connection, [TOKEN])


class Writers:
    """Insert and update through a connection each, until they are stopped; know what they did."""

    def __init__(self, dsn: str, ring: KeyRing, number: int, rows: int) -> None:
        self.written: dict[int, str] = {}
        self._stop = threading.Event()
        self._crypt = Crypt(ring).column(TOKEN)
        self._pool = ThreadPoolExecutor(number)
        self._running = [self._pool.submit(self._write, dsn, n, rows) for n in range(number)]

    def stop(self) -> None:
        self._stop.set()
        for running in self._running:
            running.result()
        self._pool.shutdown()

    def _write(self, dsn: str, number: int, rows: int) -> None:
        chance = random.Random(number)
        fresh = 1_000_000 * (number + 1)
        # Each updates rows of its own, so that what is there in the end is known.
        mine = range(number, rows, 8)
        with psycopg.connect(dsn, autocommit=True) as connection:
            while not self._stop.is_set():
                fresh += 1
                row = fresh if chance.random() < 0.3 else chance.choice(mine)
                self._put(connection, row, f"{row} by {number} at {fresh}")

    def _put(self, connection: Connection, row: int, text: str) -> None:
        id = UUID(int=row)
        connection.execute(
            "INSERT INTO accounts (id, token, token_key_id) VALUES (%s, %s, %s) "
            "ON CONFLICT (id) DO UPDATE "
            "SET token = EXCLUDED.token, token_key_id = EXCLUDED.token_key_id",
            [id, *self._crypt.encrypt(Secret(text), id)],
        )
        self.written[row] = text


def test_no_value_is_lost_while_eight_write(
    connection: Connection, dsn: str, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Each row holds what was last written to it, under the new key, old or new as it is."""
    rows = 3000
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(rows))
    check_keys(connection, next_ring)
    writers = Writers(dsn, next_ring, 8, rows)
    try:
        rotate(connection, [TOKEN], next_ring, batch=200)
    finally:
        writers.stop()
    expected = {n: f"{CANARY}-{n}" for n in range(rows)} | writers.written

    assert expected == tokens(connection, replace(next_ring, older=()))
    assert {next_ring.primary.id} == _under(connection, [TOKEN])


def test_writers_with_the_old_key_are_told_of(
    connection: Connection, dsn: str, ring: KeyRing, next_ring: KeyRing
) -> None:
    """A process that still writes under the old key keeps a rotation from its proof."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(50))
    check_keys(connection, next_ring)
    numbers = iter(range(1000, 9000))
    late = Crypt(ring)

    with (
        psycopg.connect(dsn, autocommit=True) as other,
        pytest.raises(RotationError, match="another process writes under an old key"),
    ):
        rotate(
            connection,
            [TOKEN],
            next_ring,
            progress=lambda _: insert(other, late, [next(numbers)]),
        )
    few = [[9001], [9002]]
    rotate(
        connection,
        [TOKEN],
        next_ring,
        progress=lambda _: insert(connection, late, few.pop() if few else []),
    )

    assert [] == few
    assert {next_ring.primary.id} == _under(connection, [TOKEN])


ROTATE = """
import sys
import psycopg
from secret_world import COLUMNS
from sqlward.secrets import EnvironmentKeys, rotate

ring = EnvironmentKeys().key_ring()
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    print("begin", flush=True)
    rotate(connection, COLUMNS, ring, batch=25)
"""


def test_a_rotation_that_is_killed_goes_on(connection: Connection, dsn: str) -> None:
    """Killed at random points; every value still opens; the last run ends with the proof."""
    old, new, index = new_key(), new_key(), new_key()
    text = f"{new.reveal()} {old.reveal()} index:{index.reveal()}"
    keys = {"SQLWARD_KEYS": text}
    next_ring = EnvironmentKeys().key_ring(keys)
    ring = KeyRing(next_ring.older[0], (), next_ring.index_key)
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(1500))
    check_keys(connection, next_ring)
    environment = {**os.environ, **keys, "PYTHONPATH": str(Path(__file__).parents[1] / "support")}
    chance = random.Random(7)
    left: list[int] = []
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", ROTATE, dsn], env=environment, stdout=subprocess.PIPE
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.12))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        counted: Counter[str | None] = Counter()
        for found in status(connection, COLUMNS):
            counted.update(found.rows)
        left.append(counted[ring.primary.id])

        assert (6000, ()) == (lambda v: (v.opened, v.findings))(
            verify(connection, COLUMNS, next_ring)
        )
    rotate(connection, COLUMNS, next_ring)

    assert left == sorted(left, reverse=True)
    assert left[0] > 0
    assert {next_ring.primary.id} == _under(connection)
    assert {n: f"{CANARY}-{n}" for n in range(1500)} == tokens(connection, next_ring)


def test_partitions_and_two_rotations_at_once(
    connection: Connection, dsn: str, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Rows of different partitions share places, and two rotations share the rows."""
    check_keys(connection, ring)
    connection.execute("ALTER TABLE accounts RENAME TO accounts_of_before")
    connection.execute(
        "CREATE TABLE accounts (LIKE accounts_of_before, PRIMARY KEY (id)) PARTITION BY HASH (id)"
    )
    for part in range(3):
        connection.execute(
            f"CREATE TABLE accounts_{part} PARTITION OF accounts "
            f"FOR VALUES WITH (MODULUS 3, REMAINDER {part})".encode()
        )
    connection.execute("CREATE INDEX ON accounts (token_key_id)")
    # One that does not open must not hide those at its place in the other partitions.
    connection.execute(
        "INSERT INTO accounts (id, token, token_key_id) VALUES (%s, 'no', %s)",
        [UUID(int=5000), ring.primary.id],
    )
    insert(connection, Crypt(ring), range(600))

    def one() -> str:
        with psycopg.connect(dsn) as other, pytest.raises(RotationError) as caught:
            rotate(other, [TOKEN], next_ring, batch=20)
        return str(caught.value)

    with ThreadPoolExecutor(2) as pool:
        ends = [pool.submit(one) for _ in range(2)]
        told = {end.result() for end in ends}

    assert 1 == len(told)
    assert {ring.primary.id: 1, next_ring.primary.id: 600} == status(connection, [TOKEN])[0].rows


def test_a_role_that_does_not_see_every_row_cannot_rotate(
    connection: Connection, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Row security would hide rows from the proof: it is an error, not a silent remainder."""
    check_keys(connection, ring)
    insert(connection, Crypt(ring), range(3))
    connection.execute("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY")
    connection.execute("CREATE ROLE sqlward_test_rotator")
    connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO sqlward_test_rotator")
    connection.execute("SET ROLE sqlward_test_rotator")
    calls: list[Callable[[], object]] = [
        lambda: rotate(connection, [TOKEN], next_ring),
        lambda: verify(connection, [TOKEN], next_ring),
        lambda: status(connection, [TOKEN]),
    ]
    try:
        for call in calls:
            with pytest.raises(InsufficientPrivilege, match="row-level security"):
                call()
    finally:
        connection.execute("RESET ROLE; DROP OWNED BY sqlward_test_rotator")
        connection.execute("DROP ROLE sqlward_test_rotator")
