"""Loading the schema into an empty database."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from sqlward_codegen.schema.execution import execute
from sqlward_codegen.schema.portable import Surroundings, portable
from sqlward_codegen.schema.statements import split
from sqlward_codegen.schema.steps import Schema, SchemaStep
from sqlward_codegen.schema.transaction import check_transaction
from sqlward_codegen.server.databases import cannot_connect


def load_schema(schema: Schema, dsn: str) -> None:
    """Run the schema's steps on the database of `dsn`, which is empty.

    What concerns other things than this database's shape is left out: owners, privileges and
    roles that do not exist here, other databases, settings unknown to this server. Raises
    `CompileError` with the place of the first statement that PostgreSQL refuses.
    """
    try:
        connection = psycopg.connect(dsn, autocommit=True)
    except psycopg.Error as failure:
        raise cannot_connect(failure) from failure
    with connection:
        surroundings = Surroundings.of(connection)
        for step in schema.steps:
            _load_step(connection, step, surroundings)
            _settle(connection)


def _load_step(
    connection: psycopg.Connection[Any], step: SchemaStep, surroundings: Surroundings
) -> None:
    script = split(step.sql)
    if step.is_migration:
        check_transaction(step.path, script)
    texts = portable(step.path, script, surroundings, is_migration=step.is_migration)
    for text in texts:
        execute(connection, step.path, text)


def _settle(connection: psycopg.Connection[Any]) -> None:
    """End what a step left open: a transaction, settings such as an empty search path."""
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.execute("COMMIT")
    connection.execute("RESET SESSION AUTHORIZATION")
    connection.execute("RESET ALL")
