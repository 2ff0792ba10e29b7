"""What a run needs to find in its server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Load = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Template:
    """The template database a run needs: `load(dsn)` fills it, `key` changes when that would."""

    key: str
    load: Load
