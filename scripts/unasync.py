"""Write the synchronous run time from the asynchronous one; `--check` only compares.

`src/sqlward/sync.py` is made from `aio.py`, each module of `_sync/` from that of `_aio/`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "src" / "sqlward"
HEADER = "# Made from {source} by scripts/unasync.py. DO NOT EDIT.\n"
NAMES = {
    "AsyncCall": "Call",
    "AsyncBound": "Bound",
    "AsyncGenerator": "Generator",
    "AsyncHeld": "Held",
    "AsyncIterator": "Iterator",
    "AbstractAsyncContextManager": "AbstractContextManager",
    "AsyncConnection": "Connection",
    "AsyncConnectionOrPool": "ConnectionOrPool",
    "AsyncConnectionPool": "ConnectionPool",
    "AsyncLend": "Lend",
    "AsyncPool": "Pool",
    "AsyncQuerier": "Querier",
    "AsyncQueryCursor": "QueryCursor",
    "AsyncRawCursor": "RawCursor",
    "AsyncRows": "Rows",
    "AsyncSession": "Session",
    "AsyncStreamCursor": "StreamCursor",
    "_aio": "_sync",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "async_each": "each",
    "async_listen": "listen",
    "async_owner": "owner",
    "async_pause": "pause",
    "async_ping": "ping",
    "async_publish": "publish",
    "open_async_store": "open_store",
    "AsyncSqlStore": "SqlStore",
    "_AsyncClosing": "_Closing",
    "asynccontextmanager": "contextmanager",
}


def pairs() -> dict[Path, Path]:
    """Give each asynchronous module and where its synchronous form goes."""
    made = {FOLDER / "aio.py": FOLDER / "sync.py"}
    for source in sorted((FOLDER / "_aio").glob("*.py")):
        made[source] = FOLDER / "_sync" / source.name
    return made


def synchronous(source: str, name: str) -> str:
    """Give the synchronous form of the asynchronous source of that name."""
    source = re.sub(r"\b(?:async|await) ", "", source)
    source = re.sub(r"AsyncGenerator\[(\w+), None\]", r"Generator[\1, None, None]", source)
    source = re.sub(r"Awaitable\[(\w+)\]", r"\1", source)
    source = re.sub(r"\b\w+\b", lambda match: NAMES.get(match[0], match[0]), source)
    source = source.replace("from sqlward.aio import", "from sqlward.sync import")
    source = source.replace("thread and task", "thread").replace("this task", "this thread")
    source = source.replace("one task", "one thread").replace("the task", "the thread")
    source = re.sub(r"for (\w+) in (\w+):\n +yield \1\n", r"yield from \2\n", source)
    source = source.replace(
        '"""The asynchronous querier under a generated store; `sync.py` is made from this file."""',
        '"""The synchronous querier under a generated store."""',
    )
    source = source.replace(
        '"""The asynchronous halves of the run time; `_sync/` is made from them."""',
        '"""The synchronous halves of the run time, made from `_aio/`."""',
    )
    return formatted(HEADER.format(source=name) + source)


def formatted(source: str) -> str:
    """Give the source as ruff writes it, imports sorted and each once."""
    for command in (
        ["check", "--fix", "--select", "I,F401,F811", "--quiet", "-"],
        ["format", "--quiet", "-"],
    ):
        arguments = [
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--stdin-filename",
            str(FOLDER / "sync.py"),
        ]
        done = subprocess.run(arguments, input=source, capture_output=True, text=True, check=True)
        source = done.stdout
    return source


def main() -> int:
    """Write the files, or with `--check` say whether they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when one is not current")
    arguments = parser.parse_args()
    stale = []
    for source, target in pairs().items():
        name = source.relative_to(FOLDER).as_posix()
        text = synchronous(source.read_text(encoding="utf-8"), name)
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(target.relative_to(FOLDER.parent.parent).as_posix())
        if not arguments.check:
            target.write_text(text, encoding="utf-8")
    if not arguments.check or not stale:
        return 0
    print(f"{', '.join(stale)} not current: run python scripts/unasync.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
