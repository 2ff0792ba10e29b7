"""Marked columns: encrypted in the database, a `Secret` in Python.

`Crypt` encrypts and decrypts, `check_keys` goes first when a process starts, `rotate` moves
everything to a new key. Asynchronous forms are in `sqlward.secrets.aio`.
"""

from sqlward.secrets.blind_index import BlindIndexer
from sqlward.secrets.checking import RegisteredKey
from sqlward.secrets.column import BlindIndex, Normalization, SecretColumn, Storage
from sqlward.secrets.crypt import ColumnCrypt, Crypt, Encrypted
from sqlward.secrets.errors import (
    DecryptionError,
    KeyConfigurationError,
    KeyInUseError,
    MissingKeyError,
    NoKeyError,
    NoSuchKeyError,
    PayloadError,
    PlaintextError,
    RevokedKeyError,
    RotationError,
    RowKeyError,
    SecretsError,
    SentinelError,
    UnknownKeyError,
)
from sqlward.secrets.key import IndexKey, Key, new_key
from sqlward.secrets.key_table import (
    column_migration_sql,
    sealed_migration_sql,
    secrets_migration_sql,
)
from sqlward.secrets.payload import BYTES, JSON, TEXT, Payload, json_payload
from sqlward.secrets.provider import EnvironmentKeys, FileKeys, KeyProvider
from sqlward.secrets.ring import KeyRing
from sqlward.secrets.rotation import ColumnStatus, Progress
from sqlward.secrets.secret import Secret
from sqlward.secrets.sync import check_keys, decrypt, list_keys, revoke, rotate, status, verify
from sqlward.secrets.verification import Finding, Verification

__all__ = [
    "BYTES",
    "JSON",
    "TEXT",
    "BlindIndex",
    "BlindIndexer",
    "ColumnCrypt",
    "ColumnStatus",
    "Crypt",
    "DecryptionError",
    "Encrypted",
    "EnvironmentKeys",
    "FileKeys",
    "Finding",
    "IndexKey",
    "Key",
    "KeyConfigurationError",
    "KeyInUseError",
    "KeyProvider",
    "KeyRing",
    "MissingKeyError",
    "NoKeyError",
    "NoSuchKeyError",
    "Normalization",
    "Payload",
    "PayloadError",
    "PlaintextError",
    "Progress",
    "RegisteredKey",
    "RevokedKeyError",
    "RotationError",
    "RowKeyError",
    "Secret",
    "SecretColumn",
    "SecretsError",
    "SentinelError",
    "Storage",
    "UnknownKeyError",
    "Verification",
    "check_keys",
    "column_migration_sql",
    "decrypt",
    "json_payload",
    "list_keys",
    "new_key",
    "revoke",
    "rotate",
    "sealed_migration_sql",
    "secrets_migration_sql",
    "status",
    "verify",
]
