"""What a project says in `[tool.sqlward]` of `pyproject.toml`, or in `sqlward.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Override:
    """A Python type in place of the one that PostgreSQL's type would get.

    Exactly one of the four selectors is set: `db_type` (`uuid`, `public.chat_status`),
    `column` (`chats.labels`, globs: `*.metadata`), `query_column` (`GetChat.labels`),
    `parameter` (`GetChat.labels`). `python_type` is `module.Name` (or a builtin's name).
    `json` says that the type is a dataclass, msgspec struct or pydantic model held as JSON.
    `decode` / `encode` are `module.function`, from and to the value psycopg gives and takes.
    """

    python_type: str
    db_type: str | None = None
    column: str | None = None
    query_column: str | None = None
    parameter: str | None = None
    decode: str | None = None
    encode: str | None = None
    json: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """A project's configuration, checked, with absolute paths.

    `renames` maps a database name (table, column or enum label) to the Python name.
    `non_null_elements` are globs of array columns declared to hold no NULL element;
    `total_functions` are functions declared never to return NULL for non-null arguments.
    `resources` says which table is which resource; `policy` is the application's module with the
    functions of `-- authz: custom` (`store.policy`).
    """

    root: Path
    source: Path
    schema: tuple[Path, ...]
    queries: tuple[Path, ...]
    output: Path
    layers: tuple[str, ...] = ()
    database_url: str | None = None
    overrides: tuple[Override, ...] = ()
    renames: tuple[tuple[str, str], ...] = ()
    non_null_elements: tuple[str, ...] = ()
    total_functions: tuple[str, ...] = ()
    frozen_rows: bool = False
    pg_bin: Path | None = None
    resources: Path = Path("schema/resources.toml")
    policy: str | None = None

    @property
    def has_authorization(self) -> bool:
        """Whether the store gets the authorization layer, so that every query needs a rule."""
        return "authz" in self.layers


def load_config(
    start: Path, *, database_url: str | None = None, pg_bin: str | Path | None = None
) -> Config:
    """Read the configuration of the project that the folder `start` is in.

    `database_url` and `pg_bin` come from the command line and win over the file; so does the
    environment's DATABASE_URL. Raises CompileError with everything that is wrong with the file.
    """
    from sqlward_codegen.settings.config_file import read_config

    return read_config(start, database_url, None if pg_bin is None else Path(pg_bin))


def find_root(start: Path) -> Path | None:
    """Give the folder at or above `start` that holds the configuration, None without one."""
    from sqlward_codegen.settings.config_file import find_sources

    return next((path.parent for path in find_sources(start)), None)
