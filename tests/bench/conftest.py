"""Lets these tests import `benchmarks`, which is not installed, also under plain `pytest`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))
