"""A PostgreSQL to compile against: a private throw-away one, or scratch databases on the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlward_codegen.server.start import start_server
from sqlward_codegen.server.template import Template

if TYPE_CHECKING:
    from sqlward_codegen.server.databases import Server

__all__ = ["Server", "Template", "start_server"]


def __getattr__(name: str) -> Any:
    # `Server` brings psycopg, which is loaded while PostgreSQL starts and not before.
    if name == "Server":
        from sqlward_codegen.server.databases import Server

        return Server
    raise AttributeError(name)
