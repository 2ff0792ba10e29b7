"""A table with marked columns of every kind, and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from sqlward.secrets import (
    BYTES,
    JSON,
    TEXT,
    BlindIndex,
    Crypt,
    IndexKey,
    Key,
    KeyRing,
    Normalization,
    Secret,
    SecretColumn,
    column_migration_sql,
    new_key,
    secrets_migration_sql,
)

CANARY = "canary-7f3a-the-value-itself"
TOKEN = SecretColumn("public", "accounts", "token", "token_key_id", TEXT, bind=("id",))
EMAIL = SecretColumn(
    "public",
    "accounts",
    "email",
    "email_key_id",
    TEXT,
    blind_index=BlindIndex("email_index", frozenset({Normalization.CASEFOLD})),
)
BLOB = SecretColumn("public", "accounts", "Odd \"name'", "blob_key_id", BYTES, storage="bytea")
CONFIG = SecretColumn("public", "accounts", "config", "config_key_id", JSON)
COLUMNS: tuple[SecretColumn[Any], ...] = (TOKEN, EMAIL, BLOB, CONFIG)
SCHEMA = (
    "CREATE TABLE accounts (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), token text, "
    'email text, "Odd ""name\'" bytea, config text);'
)


def random_key() -> Key:
    return Key.parse(new_key())


def random_index_key() -> IndexKey:
    return IndexKey.parse(new_key())


@contextmanager
def tables(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """The tables, made by the migrations that sqlward gives, on an autocommit connection."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SCHEMA + secrets_migration_sql())
        for column in COLUMNS:
            connection.execute(column_migration_sql(column).encode())
        yield connection


def insert(connection: psycopg.Connection[Any], crypt: Crypt, numbers: Sequence[int]) -> None:
    """Insert an account for each number; its values can be told from the number."""
    token, email, blob, config = (crypt.column(column) for column in COLUMNS)
    rows = []
    for number in numbers:
        id = UUID(int=number)
        mail = Secret(f"{CANARY}-{number}")
        rows.append(
            (
                id,
                *token.encrypt(Secret(f"{CANARY}-{number}"), id),
                *email.encrypt(mail),
                email.index(mail),
                *blob.encrypt(Secret(b"%d" % number)),
                *config.encrypt(Secret({"number": number})),
            )
        )
    connection.cursor().executemany(
        "INSERT INTO accounts (id, token, token_key_id, email, email_key_id, email_index, "
        '"Odd ""name\'", blob_key_id, config, config_key_id) '
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        rows,
    )


def tokens(connection: psycopg.Connection[Any], ring: KeyRing) -> dict[int, str]:
    """Give what the tokens are, by number."""
    crypt = Crypt(ring).column(TOKEN)
    rows = connection.execute("SELECT id, token, token_key_id FROM accounts").fetchall()
    return {id.int: crypt.decrypt(stored, key_id, id).reveal() for id, stored, key_id in rows}


class EnvelopeService:
    """Stands for a key management service: it unwraps data keys that only it can open."""

    def __init__(self) -> None:
        self._master = random_key()

    def wrap(self, key: Secret[str]) -> bytes:
        return self._master.seal(key.reveal().encode(), b"data key")

    def unwrap(self, wrapped: bytes) -> Secret[str] | None:
        opened = self._master.open(wrapped, b"data key")
        return None if opened is None else Secret(opened.decode())


@dataclass(frozen=True)
class WrappedKeys:
    """The example of docs/secrets.md: data keys lie wrapped in the configuration."""

    service: EnvelopeService
    wrapped: tuple[bytes, ...]

    def key_ring(self) -> KeyRing:
        keys = [self.service.unwrap(data) for data in self.wrapped]
        return KeyRing.of([Key.parse(key) for key in keys if key is not None])
