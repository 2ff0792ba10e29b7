"""What a schema is made of: SQL texts in order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """One file of the schema, or the part of it that builds rather than undoes.

    `sql` has the offsets of the file: what is not to be run is blank in it. `version` is the
    number of a migration, None for other files. `is_migration` says that the file is one of
    our own numbered migrations, which run as they stand, each in one transaction.
    """

    path: str
    sql: str
    version: int | None
    name: str
    is_migration: bool = False


@dataclass(frozen=True)
class Schema:
    """The whole schema, in the order in which it is built."""

    steps: tuple[SchemaStep, ...]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the SQL texts and their order, in hexadecimal."""
        digest = hashlib.sha256()
        for step in self.steps:
            content = step.sql.encode()
            digest.update(b"%d:" % len(content))
            digest.update(content)
        return digest.hexdigest()
