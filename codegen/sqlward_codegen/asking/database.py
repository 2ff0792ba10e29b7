"""A connection to a database that holds the project's schema and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError, error
from sqlward_codegen.schema import Schema
from sqlward_codegen.server import Template, start_server

if TYPE_CHECKING:
    import psycopg

# Plans are never run here, and compiling them would cost more than everything else.
_OPTIONS = "-c jit=off -c client_encoding=UTF8"


@contextmanager
def schema_database(config: Config, schema: Schema) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection to a scratch database with the schema in it, dropped at the end.

    Raises CompileError where there is no server or the schema does not load.
    """
    template = Template(schema.hash, partial(_load, schema))
    with start_server(config.pg_bin, config.database_url, template) as server:
        # Loaded while the server starts, which takes as long.
        import psycopg

        try:
            name = server.create_template(template.key, template.load)
            with (
                server.database(name, as_it_is=True) as dsn,
                psycopg.connect(dsn, autocommit=True, options=_OPTIONS) as connection,
            ):
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as failure:
            raise connection_lost(failure) from failure


def _load(schema: Schema, dsn: str) -> None:
    from sqlward_codegen.schema import load_schema

    load_schema(schema, dsn)


def connection_lost(failure: Exception) -> CompileError:
    """Give the diagnostic for a server that went away in the middle of the work."""
    reason = next(iter(str(failure).strip().splitlines()), "no reason given")
    return error(
        "SW709",
        f"the connection to PostgreSQL was lost: {reason.strip()}",
        help="run it again; if it happens again, the server's log says why",
    )
