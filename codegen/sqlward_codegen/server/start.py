"""The server that a run uses: the user's, or a private one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlward_codegen.server.template import Template

if TYPE_CHECKING:
    from sqlward_codegen.server.databases import Server


@contextmanager
def start_server(
    pg_bin: Path | str | None = None,
    database_url: str | None = None,
    template: Template | None = None,
) -> Iterator[Server]:
    """Give a server: the one of `database_url`, or a private one that ends with the block.

    With a `template` the private server as a whole, its template database inside, is kept
    for the next run with the same key; `create_template` with that key then costs nothing.
    Raises `CompileError` when there is no server to be had.
    """
    if database_url:
        with _users_server(database_url, template) as server:
            yield server
        return
    # Only here: it cannot be imported on Windows, where the user's server still serves.
    from sqlward_codegen.server.private import private_server

    with private_server(pg_bin, template) as server:
        yield server


@contextmanager
def _users_server(database_url: str, template: Template | None) -> Iterator[Server]:
    from sqlward_codegen.server.databases import Server

    server = Server(database_url, is_private=False)
    try:
        if template:
            server.create_template(template.key, template.load)
        yield server
    finally:
        server.close()
