"""`sqlward migrate`: apply, undo, list or start migrations."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlward_codegen.config import Config, load_config
from sqlward_codegen.diagnostics import error
from sqlward_codegen.reading.sources import shown

if TYPE_CHECKING:
    from sqlward_codegen.schema.migrate import Standing

_SUFFIX = ".sql"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    actions = parser.add_subparsers(dest="action", title="actions", metavar="ACTION", required=True)
    up = actions.add_parser("up", help="apply every pending migration")
    down = actions.add_parser("down", help="undo the newest migrations")
    down.add_argument("count", nargs="?", type=_count, default=1, metavar="N", help="how many (1)")
    status = actions.add_parser("status", help="list the migrations and how they stand")
    new = actions.add_parser("new", help="write the files of the next migration")
    new.add_argument("name", metavar="NAME", help="what it does, in a few words")
    for action in (up, down, status):
        action.add_argument("--database-url", help="the database to migrate (DATABASE_URL)")


def run(args: argparse.Namespace) -> int:
    """Run the command; gives the exit code."""
    actions: dict[str, Callable[[argparse.Namespace, Config], int]] = {
        "up": _up,
        "down": _down,
        "status": _status,
        "new": _new,
    }
    url = getattr(args, "database_url", None)
    return actions[args.action](args, load_config(Path.cwd(), database_url=url))


def _up(args: argparse.Namespace, config: Config) -> int:
    from sqlward_codegen.schema.migrate import Folder, migrate_up

    folder = Folder.of(_folder(config), config.root)
    if not migrate_up(_database(config), folder, _say):
        _say("nothing to apply")
    return 0


def _down(args: argparse.Namespace, config: Config) -> int:
    from sqlward_codegen.schema.migrate import Folder, migrate_down

    folder = Folder.of(_folder(config), config.root)
    if not migrate_down(_database(config), folder, _say, args.count):
        _say("nothing to undo")
    return 0


def _status(args: argparse.Namespace, config: Config) -> int:
    from sqlward_codegen.schema.migrate import Folder, State, standings

    folder = Folder.of(_folder(config), config.root)
    lines = standings(_database(config), folder)
    for line in _table(lines):
        _say(line)
    return int(any(line.state in (State.CHANGED, State.UNKNOWN) for line in lines))


def _new(args: argparse.Namespace, config: Config) -> int:
    from sqlward_codegen.schema.new import write_next

    for path in write_next(_folder(config), config.root, args.name):
        _say(f"wrote {shown(path, config.root)}")
    return 0


def _table(lines: tuple[Standing, ...]) -> list[str]:
    if not lines:
        return ["there are no migrations"]
    width = max(len("migration"), *(len(line.title) for line in lines))
    table = [f"{'migration':{width}}  {'state':8}  applied at".rstrip()]
    for line in lines:
        moment = f"{line.applied_at:%Y-%m-%d %H:%M:%S %Z}" if line.applied_at else ""
        table.append(f"{line.title:{width}}  {line.state:8}  {moment}".rstrip())
    return table


def _folder(config: Config) -> Path:
    folders = [path for path in config.schema if path.suffix != _SUFFIX]
    if len(folders) == 1:
        return folders[0]
    named = ", ".join(f"`{shown(path, config.root)}`" for path in config.schema)
    raise error(
        "SW618",
        f"migrations need one folder, and `schema` names {named or 'none'}",
        help='set `schema = "schema/migrations"` in `[tool.sqlward]`',
    )


def _database(config: Config) -> str:
    if config.database_url:
        return config.database_url
    raise error(
        "SW619",
        "no database to migrate is named",
        help="set `DATABASE_URL`, or give `--database-url`",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number of migrations")
    return int(text)


def _say(line: str) -> None:
    print(line, flush=True)
