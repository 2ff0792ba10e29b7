"""Write `src/sqlward/sync.py` from `src/sqlward/aio.py`; `--check` only compares."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "src" / "sqlward"
HEADER = "# Made from aio.py by scripts/unasync.py. DO NOT EDIT.\n"
NAMES = {
    "AsyncGenerator": "Generator",
    "AsyncIterator": "Iterator",
    "AbstractAsyncContextManager": "AbstractContextManager",
    "AsyncConnection": "Connection",
    "AsyncConnectionOrPool": "ConnectionOrPool",
    "AsyncConnectionPool": "ConnectionPool",
    "AsyncPool": "Pool",
    "AsyncQuerier": "Querier",
    "AsyncQueryCursor": "QueryCursor",
    "AsyncRawCursor": "RawCursor",
    "AsyncRows": "Rows",
    "AsyncStreamCursor": "StreamCursor",
    "_AsyncHeld": "_Held",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "async_each": "each",
    "asynccontextmanager": "contextmanager",
}


def synchronous(source: str) -> str:
    """Give the synchronous form of asynchronous Python source."""
    source = re.sub(r"\b(?:async|await) ", "", source)
    source = re.sub(r"AsyncGenerator\[(\w+), None\]", r"Generator[\1, None, None]", source)
    source = re.sub(r"\b\w+\b", lambda match: NAMES.get(match[0], match[0]), source)
    source = re.sub(r"for (\w+) in (\w+):\n +yield \1\n", r"yield from \2\n", source)
    source = source.replace(
        '"""The asynchronous querier under a generated store; `sync.py` is made from this file."""',
        '"""The synchronous querier under a generated store."""',
    )
    return formatted(HEADER + source)


def formatted(source: str) -> str:
    """Give the source as ruff writes it, imports sorted and each once."""
    for command in (
        ["check", "--fix", "--select", "I,F811", "--quiet", "-"],
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
    """Write the file, or with `--check` say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when sync.py is not current")
    arguments = parser.parse_args()
    target = FOLDER / "sync.py"
    source = synchronous((FOLDER / "aio.py").read_text(encoding="utf-8"))
    if not arguments.check:
        target.write_text(source, encoding="utf-8")
        return 0
    if target.exists() and target.read_text(encoding="utf-8") == source:
        return 0
    print("src/sqlward/sync.py is not current: run python scripts/unasync.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
