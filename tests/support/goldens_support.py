"""Golden files: whole texts under `tests/goldens/`, rewritten by `make goldens`."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "goldens"
UPDATE = "SQLWARD_UPDATE_GOLDENS"


def assert_golden(name: str, text: str) -> None:
    """Compare the text with the golden file `name`; write the file instead when asked to."""
    path = FOLDER / name
    if os.environ.get(UPDATE) == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"{text}\n".encode())
    assert path.exists(), f"no golden file {name}: run `make goldens`"
    expected = path.read_bytes().decode().removesuffix("\n")

    assert expected == text
