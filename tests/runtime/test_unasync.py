"""The sync querier is the async one without `await`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_sync_source_is_current() -> None:
    """`sync.py` is what the script makes of `aio.py`."""
    script = ROOT / "scripts" / "unasync.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)


def test_importing_a_store_needs_no_pool_and_no_compiler() -> None:
    """The run time imports neither psycopg_pool nor anything of the compiler."""
    code = (
        "import sys; sys.modules['psycopg_pool'] = None; import sqlward.sync, sqlward.aio; "
        "print([m for m in sys.modules if m.startswith(('sqlward_codegen', 'jinja2'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout
