"""How much a querier costs over raw psycopg: `python benchmarks/bench_runtime.py [--dsn DSN]`.

Raw psycopg is prepared, binary and gives tuples. Each pair runs in turns; medians of rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from sqlward.aio import AsyncQuerier
from sqlward.json import JsonValue
from sqlward.query import Copy, Query
from sqlward.rows import row
from sqlward.sync import Querier

ROUNDS: Final = 7
TABLE: Final = """
CREATE TABLE bench_chats (
    id uuid PRIMARY KEY, owner_id uuid NOT NULL, title text NOT NULL, status text NOT NULL,
    created_at timestamptz NOT NULL, updated_at timestamptz, messages int NOT NULL,
    archived bool NOT NULL, score float8 NOT NULL, settings jsonb NOT NULL
);
INSERT INTO bench_chats
SELECT md5(i::text)::uuid, md5((i % 100)::text)::uuid, 'chat number ' || i, 'active',
       now() - i * interval '1 minute', now(), i, i % 3 = 0, i / 7.0,
       jsonb_build_object('model', 'large', 'tags', jsonb_build_array('a', 'b', i),
                          'limits', jsonb_build_object('tokens', i * 10, 'cost', i / 3.0))
FROM generate_series(1, 10000) i;
ANALYZE bench_chats;
"""


@dataclass(slots=True)
class Chat:
    id: UUID
    owner_id: UUID
    title: str
    status: str
    created_at: datetime
    updated_at: datetime | None
    messages: int
    archived: bool
    score: float
    settings: JsonValue


GET: Final = Query[Chat](
    "GetChat",
    "-- name: GetChat :one\nSELECT * FROM bench_chats WHERE id = $1",
    parameters=("uuid",),
    row=row(Chat),
)
LIST: Final = Query[Chat](
    "ListChats",
    "-- name: ListChats :many\nSELECT * FROM bench_chats LIMIT $1",
    parameters=("int8",),
    row=row(Chat),
)
COPY: Final = Copy(
    "CopyChats",
    "COPY bench_target FROM STDIN (FORMAT BINARY)",
    parameters=(
        "uuid",
        "uuid",
        "text",
        "text",
        "timestamptz",
        "timestamptz",
        "int4",
        "bool",
        "float8",
        "jsonb",
    ),
)


@dataclass(frozen=True)
class Pair:
    """What is compared, and how many calls make one round."""

    name: str
    raw: Callable[[], Any]
    ours: Callable[[], Any]
    calls: int


def sync_pairs(connection: psycopg.Connection[Any]) -> list[Pair]:
    store = Querier(connection)
    key = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")

    def raw_many(count: int) -> list[Any]:
        cursor = psycopg.RawCursor(connection)
        cursor.execute(LIST.statement, (count,), prepare=True, binary=True)
        return cursor.fetchall()

    def raw_one() -> Any:
        return connection.execute(
            "SELECT * FROM bench_chats WHERE id = %s", (key,), prepare=True, binary=True
        ).fetchone()

    return [
        Pair("one row by key", raw_one, lambda: store._one(GET, key), 1000),
        Pair("100 rows", lambda: raw_many(100), lambda: store._many(LIST, 100), 100),
        Pair("10,000 rows", lambda: raw_many(10_000), lambda: store._many(LIST, 10_000), 2),
    ]


def copy_pair(connection: psycopg.Connection[Any]) -> Pair:
    store = Querier(connection)
    rows = store._many(LIST, 10_000)
    tuples = [tuple(getattr(r, name) for name in Chat.__match_args__) for r in rows]
    raw_tuples = [(*values[:9], Jsonb(values[9])) for values in tuples]

    def raw() -> None:
        connection.execute("TRUNCATE bench_target")
        with connection.cursor().copy(COPY.statement) as out:
            out.set_types(COPY.parameters)
            for values in raw_tuples:
                out.write_row(values)

    def ours() -> None:
        connection.execute("TRUNCATE bench_target")
        store._copyfrom(COPY, tuples)

    return Pair("copy of 10,000 rows", raw, ours, 1)


def seconds(call: Callable[[], Any], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def show(name: str, raw: list[float], ours: list[float]) -> None:
    ratio = median(b / a for a, b in zip(raw, ours, strict=True))
    print(f"{name:28} {median(raw) * 1e6:12.1f} {median(ours) * 1e6:12.1f} {ratio:7.2f}x")


def run_sync(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(TABLE.encode())
        connection.execute("CREATE UNLOGGED TABLE bench_target (LIKE bench_chats)")
        for pair in (*sync_pairs(connection), copy_pair(connection)):
            seconds(pair.raw, 1)
            seconds(pair.ours, 1)
            raw, ours = [], []
            for _ in range(ROUNDS):
                raw.append(seconds(pair.raw, pair.calls))
                ours.append(seconds(pair.ours, pair.calls))
            show(pair.name, raw, ours)


async def run_async(dsn: str) -> None:
    key = UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        store = AsyncQuerier(connection)

        async def raw_one() -> Any:
            cursor = await connection.execute(
                "SELECT * FROM bench_chats WHERE id = %s", (key,), prepare=True, binary=True
            )
            return await cursor.fetchone()

        async def time_calls(call: Callable[[], Awaitable[Any]]) -> float:
            start = time.perf_counter()
            for _ in range(1000):
                await call()
            return (time.perf_counter() - start) / 1000

        raw, ours = [], []
        for _ in range(ROUNDS):
            raw.append(await time_calls(raw_one))
            ours.append(await time_calls(lambda: store._one(GET, key)))
        show("one row by key, async", raw, ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dsn", help="an empty database to use; default: one on an embedded server"
    )
    arguments = parser.parse_args()
    with ExitStack() as stack:
        if arguments.dsn is None:
            from sqlward_codegen.server import start_server

            server = stack.enter_context(start_server())
            dsn = stack.enter_context(server.database())
        else:
            dsn = arguments.dsn
        print(f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__}), µs per call")
        print(f"{'':28} {'raw psycopg':>12} {'sqlward':>12} {'ratio':>8}")
        run_sync(dsn)
        asyncio.run(run_async(dsn))


if __name__ == "__main__":
    main()
