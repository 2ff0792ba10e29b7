"""What encryption costs: `python benchmarks/bench_secrets.py`.

First the cost for a value: sqlward beside `AESGCM.encrypt` and `.decrypt` of `cryptography` with a
nonce that is there already, so that everything else counts as ours. Then rotations of a table on
an embedded PostgreSQL (`fsync=off`): alone, while 8 writers insert and update `--pace` times a
second each, and while they do so as fast as they can; and one killed with SIGKILL at random
points and started again. Writers and rotation are processes of their own on the same machine. After
each, every row is read and compared with what was last written to it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlward_codegen.server import start_server

from sqlward.secrets import (
    TEXT,
    ColumnCrypt,
    Crypt,
    EnvironmentKeys,
    KeyRing,
    Secret,
    SecretColumn,
    check_keys,
    column_migration_sql,
    new_key,
    rotate,
    secrets_migration_sql,
    status,
)

WRITERS: Final = 8
KILLS: Final = 20
TOKEN: Final = SecretColumn("public", "accounts", "token", "token_key_id", TEXT, bind=("id",))
PUT: Final = (
    "INSERT INTO accounts (id, token, token_key_id) VALUES (%s, %s, %s) ON CONFLICT (id) "
    "DO UPDATE SET token = EXCLUDED.token, token_key_id = EXCLUDED.token_key_id"
)


Costs = tuple[float, float]


def microseconds(call: Callable[[], object]) -> Costs:
    """Give the median and the least of the rounds."""
    number = 5_000
    rounds = timeit.repeat(call, number=number, repeat=25)
    return median(rounds) / number * 1e6, min(rounds) / number * 1e6


def value_costs() -> None:
    text, id = "sk-live-0123456789abcdef0123456789abcdef", UUID(int=7)
    raw, nonce, data, place = AESGCM(os.urandom(32)), os.urandom(12), text.encode(), b"p" * 80
    sealed = raw.encrypt(nonce, data, place)
    encrypt = microseconds(lambda: raw.encrypt(nonce, data, place))
    decrypt = microseconds(lambda: raw.decrypt(nonce, sealed, place))
    print("microseconds for a value of 40 characters: median (least), encrypt and decrypt")
    print(f"{'AESGCM of cryptography':44}{told(encrypt)}{told(decrypt)}")
    ring = EnvironmentKeys().key_ring({"SQLWARD_KEYS": new_key().reveal()})
    for name, bind in (("sqlward, over that", ()), ("bound to a UUID, over that", ("id",))):
        column = SecretColumn("public", "t", "c", "k", TEXT, bind=bind)
        ours = crypt_costs(Crypt(ring).column(column), Secret(text), (id,) if bind else ())
        print(f"{name:44}{told(ours[0], encrypt)}{told(ours[1], decrypt)}")


def crypt_costs(
    crypt: ColumnCrypt[str], secret: Secret[str], key: tuple[UUID, ...]
) -> tuple[Costs, Costs]:
    stored, key_id = crypt.encrypt(secret, *key)
    assert stored is not None
    return (
        microseconds(lambda: crypt.encrypt(secret, *key)),
        microseconds(lambda: crypt.decrypt(stored, key_id, *key)),
    )


def told(costs: Costs, over: Costs = (0.0, 0.0)) -> str:
    return f"{costs[0] - over[0]:9.2f} ({costs[1] - over[1]:.2f})"


async def write(dsn: str, rows: int, pace: float, number: int, written: dict[int, str]) -> None:
    """Write until standard input ends; an update in seven of ten, of rows of its own."""
    crypt = Crypt(EnvironmentKeys().key_ring()).column(TOKEN)
    chance = random.Random(number)
    fresh = 10_000_000 * (number + 1)
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        while not STOP.is_set():
            fresh += 1
            row = fresh if chance.random() < 0.3 else WRITERS * chance.randrange(rows // 8) + number
            text = f"{row} by {number} at {fresh}"
            await connection.execute(
                PUT, [UUID(int=row), *crypt.encrypt(Secret(text), UUID(int=row))]
            )
            written[row] = text
            if pace:
                await asyncio.sleep(1 / pace)


STOP: Final = asyncio.Event()


async def write_all(dsn: str, rows: int, pace: float) -> None:
    written: dict[int, str] = {}
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, STOP.set)
    await asyncio.gather(*(write(dsn, rows, pace, n, written) for n in range(WRITERS)))
    print(json.dumps(written))


def fill(connection: psycopg.Connection[Any], rows: int, ring: KeyRing) -> None:
    connection.execute("DROP TABLE IF EXISTS accounts; DROP TABLE IF EXISTS sqlward_keys")
    connection.execute(secrets_migration_sql().encode())
    connection.execute("CREATE TABLE accounts (id uuid PRIMARY KEY, token text)")
    connection.execute(column_migration_sql(TOKEN).encode())
    check_keys(connection, ring)
    crypt = Crypt(ring).column(TOKEN)
    with connection.cursor().copy("COPY accounts (id, token, token_key_id) FROM STDIN") as copy:
        for row in range(rows):
            copy.write_row((UUID(int=row), *crypt.encrypt(Secret(f"{row}"), UUID(int=row))))
    connection.execute("VACUUM ANALYZE accounts")


def check(
    connection: psycopg.Connection[Any], rows: int, ring: KeyRing, written: dict[int, str]
) -> None:
    """Nothing is lost, nothing is left: with the new key alone every row is what it should be."""
    crypt = Crypt(KeyRing(ring.primary)).column(TOKEN)
    found = connection.execute("SELECT id, token, token_key_id FROM accounts").fetchall()
    values = {id.int: crypt.decrypt(stored, key, id).reveal() for id, stored, key in found}
    assert values == {row: f"{row}" for row in range(rows)} | written


def part(*arguments: object) -> list[str]:
    return [sys.executable, __file__, *map(str, arguments)]


def rotated(dsn: str, rows: int, ring: KeyRing, pace: float | None) -> str:
    """Rotate once, with writers unless `pace` is None; 0 is as fast as they can."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        fill(connection, rows, KeyRing(ring.older[0]))
        check_keys(connection, ring)
        writers = None
        if pace is not None:
            writers = subprocess.Popen(
                part("--write", dsn, rows, pace), stdout=subprocess.PIPE, text=True
            )
            time.sleep(1)
        done = subprocess.run(part("--rotate", dsn), capture_output=True, text=True, check=True)
        written: dict[int, str] = {}
        if writers:
            writers.terminate()
            written = {int(row): text for row, text in json.loads(writers.communicate()[0]).items()}
        check(connection, rows, ring, written)
        return f"{float(done.stdout.split()[-1]):10,.0f} rows/s   {len(written):,} rows written meanwhile"


def killed(dsn: str, rows: int, ring: KeyRing) -> str:
    """Kill a rotation at random points while writers write; then let one end."""
    chance = random.Random(7)
    with psycopg.connect(dsn, autocommit=True) as connection:
        fill(connection, rows, KeyRing(ring.older[0]))
        check_keys(connection, ring)
        writers = subprocess.Popen(
            part("--write", dsn, rows, 20), stdout=subprocess.PIPE, text=True
        )
        left = []
        for _ in range(KILLS):
            process = subprocess.Popen(
                part("--rotate", dsn), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            assert process.stdout
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.15))
            process.kill()
            process.communicate()
            left.append(status(connection, [TOKEN])[0].rows.get(ring.older[0].id, 0))
        rotate(connection, [TOKEN], ring)
        writers.terminate()
        written = {int(row): text for row, text in json.loads(writers.communicate()[0]).items()}
        check(connection, rows, ring, written)
    return f"{KILLS} kills, rows left after each: {left}"


def rotate_timed(dsn: str) -> None:
    """Rotate; print the rows in a second, counted by the progress that it reports."""
    done = 0

    def count(progress: Any) -> None:
        nonlocal done
        done = progress.done

    with psycopg.connect(dsn, autocommit=True) as connection:
        ring = EnvironmentKeys().key_ring()
        print("begin", flush=True)
        start = time.perf_counter()
        rotate(connection, [TOKEN], ring, progress=count)
        print(done / (time.perf_counter() - start))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pace", type=float, default=50)
    parser.add_argument("--pg-bin", type=Path)
    parser.add_argument("--rotate", metavar="DSN", help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.rotate:
        return rotate_timed(given.rotate)
    if given.write:
        dsn, rows, pace = given.write
        return asyncio.run(write_all(dsn, int(rows), float(pace)))
    value_costs()
    os.environ["SQLWARD_KEYS"] = f"{new_key().reveal()} {new_key().reveal()}"
    ring = EnvironmentKeys().key_ring()
    with start_server(given.pg_bin) as server, server.database() as dsn:
        for name, pace in (
            ("alone", None),
            (f"8 writers, {given.pace:g} writes/s each", given.pace),
            ("8 writers, as fast as they can", 0),
        ):
            print(f"{name:44}{rotated(dsn, given.rows, ring, pace)}")
        print(killed(dsn, given.rows, ring))
    return None


if __name__ == "__main__":
    main()
