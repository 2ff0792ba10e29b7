"""The key table proves keys at start, and PostgreSQL itself guards those in use."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation
from secret_world import COLUMNS, TOKEN, insert, random_index_key, random_key, tables
from sqlward_codegen.server import Server

from sqlward.secrets import (
    Crypt,
    IndexKey,
    Key,
    KeyInUseError,
    KeyRing,
    MissingKeyError,
    NoSuchKeyError,
    RevokedKeyError,
    Secret,
    SentinelError,
    aio,
    check_keys,
    list_keys,
    revoke,
    rotate,
    sealed_migration_sql,
)

Connection = psycopg.Connection[Any]


@pytest.fixture
def all_majors(each_postgres: Server) -> Iterator[Connection]:
    """The tables, on each PostgreSQL in turn."""
    with each_postgres.database() as dsn, tables(dsn) as connection:
        yield connection


def _ids(connection: Connection) -> set[str]:
    return {key.id for key in list_keys(connection)}


def test_a_first_start_registers_what_writes(connection: Connection, ring: KeyRing) -> None:
    """The primary and the index key are in the table after; older keys need not be."""
    check_keys(connection, replace(ring, older=(random_key(),)))
    check_keys(connection, ring)

    assert ring.index_key
    assert {ring.primary.id, ring.index_key.id} == _ids(connection)


def test_the_table_holds_no_key(connection: Connection) -> None:
    """What `pg_dump` would say of it opens nothing."""
    secret = Secret(bytes(range(100, 132)))
    check_keys(connection, KeyRing(Key(secret), (), IndexKey(secret)))
    columns = "id, encode(sentinel, 'hex'), active"
    dump = str(connection.execute(f"SELECT {columns} FROM sqlward_keys".encode()).fetchall())

    assert secret.reveal().hex() not in dump


def test_a_key_that_is_not_the_listed_one_is_refused(connection: Connection, ring: KeyRing) -> None:
    """A damaged sentinel, of any key that the ring has."""
    check_keys(connection, ring)
    assert ring.index_key
    for key_id in (ring.primary.id, ring.index_key.id):
        connection.execute(
            "UPDATE sqlward_keys SET sentinel = set_byte(sentinel, 20, get_byte(sentinel, 20) # 1) "
            "WHERE id = %s",
            [key_id],
        )
        with pytest.raises(SentinelError) as caught:
            check_keys(connection, ring)

        assert key_id == caught.value.key_id
        connection.execute(
            "UPDATE sqlward_keys SET sentinel = set_byte(sentinel, 20, get_byte(sentinel, 20) # 1) "
            "WHERE id = %s",
            [key_id],
        )
    check_keys(connection, ring)


def test_a_ring_without_an_active_key_is_refused(
    connection: Connection, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Values may be under it; and nothing is registered by the start that is refused."""
    check_keys(connection, ring)
    with pytest.raises(MissingKeyError) as key:
        check_keys(connection, replace(next_ring, older=()))
    with pytest.raises(MissingKeyError) as index_key:
        check_keys(connection, replace(ring, index_key=random_index_key()))

    assert ring.index_key
    assert (ring.primary.id, ring.index_key.id) == (key.value.key_id, index_key.value.key_id)
    assert {ring.primary.id, ring.index_key.id} == _ids(connection)


def test_a_revoked_primary_is_refused(connection: Connection, ring: KeyRing) -> None:
    """It may still read: as an older key it is no obstacle."""
    check_keys(connection, ring)
    revoke(connection, ring.primary.id)
    with pytest.raises(RevokedKeyError) as caught:
        check_keys(connection, ring)
    check_keys(connection, replace(ring, primary=random_key(), older=(ring.primary,)))

    assert (f"key `{ring.primary.id}` is revoked and cannot be the primary: use a new key") == str(
        caught.value
    )


def test_a_key_in_use_cannot_be_revoked(
    all_majors: Connection, ring: KeyRing, next_ring: KeyRing
) -> None:
    """Nor deleted; after a rotation it can, and no row can come under it again."""
    connection = all_majors
    check_keys(connection, ring)
    insert(connection, Crypt(ring), [1])
    with pytest.raises(KeyInUseError) as caught:
        revoke(connection, ring.primary.id)
    with pytest.raises(ForeignKeyViolation):
        connection.execute("DELETE FROM sqlward_keys")
    check_keys(connection, next_ring)
    rotate(connection, COLUMNS, next_ring)
    revoke(connection, ring.primary.id)
    with pytest.raises(ForeignKeyViolation):
        insert(connection, Crypt(ring), [2])
    with pytest.raises(NoSuchKeyError):
        revoke(connection, ring.primary.id)

    assert (f"key `{ring.primary.id}` is in use by rows of `accounts`: rotate them first") == str(
        caught.value
    )


def test_a_key_is_not_revoked_under_a_write_that_has_begun(
    connection: Connection, dsn: str, ring: KeyRing
) -> None:
    """A revocation waits for the transactions that use the key, and then is refused."""
    check_keys(connection, ring)
    with psycopg.connect(dsn) as writer, ThreadPoolExecutor(1) as pool:
        insert(writer, Crypt(ring), [1])
        revoking = pool.submit(revoke, connection, ring.primary.id)
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not writer.execute(waiting).fetchall():
            assert not revoking.done()
            writer.execute("SELECT pg_stat_clear_snapshot()")
        writer.commit()
        with pytest.raises(KeyInUseError):
            revoking.result()


def _start_at_once(dsn: str, rings: list[KeyRing]) -> list[BaseException | None]:
    barrier = threading.Barrier(len(rings))

    def start(ring: KeyRing) -> BaseException | None:
        with psycopg.connect(dsn) as connection:
            barrier.wait()
            try:
                check_keys(connection, ring)
            except MissingKeyError as error:
                return error
            return None

    with ThreadPoolExecutor(len(rings)) as pool:
        return list(pool.map(start, rings))


def test_processes_that_start_at_once_agree(
    connection: Connection, dsn: str, ring: KeyRing
) -> None:
    """With one ring all start and each key is there once."""
    assert [None] * 6 == _start_at_once(dsn, [ring] * 6)
    assert 2 == len(list_keys(connection))


def test_processes_that_disagree_do_not_both_start(connection: Connection, dsn: str) -> None:
    """With different rings one starts, and only its keys are registered."""
    results = _start_at_once(dsn, [KeyRing(random_key()) for _ in range(4)])

    assert 3 == sum(isinstance(result, MissingKeyError) for result in results)
    assert 1 == len(list_keys(connection))


def test_the_asynchronous_form_does_the_same(
    connection: Connection, dsn: str, ring: KeyRing
) -> None:
    """Checks, lists, revokes, and refuses."""

    async def start() -> tuple[list[Any], type[BaseException]]:
        async with await psycopg.AsyncConnection.connect(dsn) as other:
            await aio.check_keys(other, ring)
            insert(connection, Crypt(ring), [1])
            with pytest.raises(KeyInUseError) as caught:
                await aio.revoke(other, ring.primary.id)
            return await aio.list_keys(other), caught.type

    listed, refusal = asyncio.run(start())

    assert (list_keys(connection), KeyInUseError) == (listed, refusal)


def test_a_connection_in_a_transaction_is_refused(connection: Connection, ring: KeyRing) -> None:
    """Its transactions would not be their own."""
    calls: list[Callable[[], object]] = [
        lambda: check_keys(connection, ring),
        lambda: rotate(connection, COLUMNS, ring),
    ]
    for call in calls:
        with connection.transaction(), pytest.raises(ValueError, match="in a transaction"):
            call()


def test_a_sealed_column_takes_no_plaintext(connection: Connection, ring: KeyRing) -> None:
    """After the last migration the server itself refuses a value without a key id."""
    check_keys(connection, ring)
    connection.execute(sealed_migration_sql(TOKEN).encode())
    insert(connection, Crypt(ring), [1])
    with pytest.raises(CheckViolation):
        connection.execute("INSERT INTO accounts (id, token) VALUES (%s, 'clear')", [UUID(int=2)])
