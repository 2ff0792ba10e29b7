"""Who runs, and how they wait: the names that differ between threads and tasks."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Final

owner: Final = threading.get_ident
pause: Final = time.sleep
async_owner: Final = asyncio.current_task
async_pause: Final = asyncio.sleep
