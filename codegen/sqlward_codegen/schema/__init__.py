"""The user's schema: its SQL from migrations or a dump, loading it, dumping it, migrating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlward_codegen.schema.sources import read_schema
from sqlward_codegen.schema.steps import Schema, SchemaStep

if TYPE_CHECKING:
    from sqlward_codegen.schema.dump import dump_schema
    from sqlward_codegen.schema.load import load_schema

__all__ = ["Schema", "SchemaStep", "dump_schema", "load_schema", "read_schema"]


def __getattr__(name: str) -> Any:
    # These bring psycopg, and a run with nothing to do only reads.
    if name == "load_schema":
        from sqlward_codegen.schema.load import load_schema

        return load_schema
    if name == "dump_schema":
        from sqlward_codegen.schema.dump import dump_schema

        return dump_schema
    raise AttributeError(name)
