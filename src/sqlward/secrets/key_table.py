"""The table of keys: which there are, what proves them, and which are revoked.

A key-id column references `active`, which PostgreSQL itself derives: the id while the key is not
revoked, NULL after. So the server refuses to revoke or delete a key that any row is under, and
refuses new rows under a revoked one, whatever a process that was not told writes.
"""

from __future__ import annotations

from typing import Any

from sqlward.secrets.column import SecretColumn
from sqlward.secrets.steps import quoted

TABLE = "sqlward_keys"


def secrets_migration_sql(schema: str = "public") -> str:
    """Give the migration that makes the key table."""
    table = quoted(schema, TABLE)
    return f"""\
CREATE TABLE {table} (
    id text PRIMARY KEY,
    sentinel bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    active text UNIQUE GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN id END) STORED
);

COMMENT ON TABLE {table} IS 'Which encryption keys there are. No key is in it.';
COMMENT ON COLUMN {table}.id IS 'Derived from the key; tells nothing about it.';
COMMENT ON COLUMN {table}.sentinel IS 'Proves that a process has the key.';
COMMENT ON COLUMN {table}.active IS
    'The id until the key is revoked. Key-id columns reference it: a key in use stays active.';
"""


def column_migration_sql(column: SecretColumn[Any], schema: str = "public") -> str:
    """Give the migration that adds the columns which a marked column needs."""
    table, key_id = quoted(column.schema, column.table), quoted(column.key_id)
    statements = [
        f"ALTER TABLE {table}\n"
        f"    ADD COLUMN {key_id} text REFERENCES {quoted(schema, TABLE)} (active);",
        f"CREATE INDEX ON {table} ({key_id});",
    ]
    if column.blind_index:
        index = quoted(column.blind_index.column)
        statements += [
            f"ALTER TABLE {table} ADD COLUMN {index} {column.blind_index.storage};",
            f"CREATE INDEX ON {table} ({index});",
        ]
    return "\n".join(statements) + "\n"


def sealed_migration_sql(column: SecretColumn[Any]) -> str:
    """Give the migration after which the server refuses the column in the clear.

    For when every row is encrypted: `rotate(…, plaintext=True)` has ended.
    """
    value, key_id = quoted(column.column), quoted(column.key_id)
    return (
        f"ALTER TABLE {quoted(column.schema, column.table)}\n"
        f"    ADD CHECK (({value} IS NULL) = ({key_id} IS NULL));\n"
    )
