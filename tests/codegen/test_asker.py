"""The process that starts PostgreSQL and asks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from project import small_project

LET_GO = """
import sys, time
from pathlib import Path
from sqlward_codegen.asking.asker import Asker
from sqlward_codegen.config import load_config

for step in range(12):
    with Asker(load_config(Path.cwd())):
        time.sleep(step * 0.025)
"""


def test_who_is_not_needed_ends_without_a_word(tmp_path: Path) -> None:
    """Let go at any moment of its start, the process stops PostgreSQL and says nothing."""
    project = small_project(tmp_path, "-- name: ListChats :many\nSELECT * FROM chats;\n")
    project.run("generate")
    done = subprocess.run(
        [sys.executable, "-c", LET_GO], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
