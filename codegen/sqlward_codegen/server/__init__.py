"""A PostgreSQL to compile against: a private throw-away one, or scratch databases on the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlward_codegen.server.start import Template, start_server

if TYPE_CHECKING:
    from sqlward_codegen.server.databases import Server

__all__ = ["Server", "Template", "start_server"]
