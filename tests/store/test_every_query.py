"""No query of the reference store is without a test."""

from __future__ import annotations

from pathlib import Path

from store.generated import AsyncStore, Store


def _methods(protocol: type) -> list[str]:
    return [name for name in vars(protocol) if not name.startswith("_")]


def test_every_method_is_called_by_a_test() -> None:
    """Each method of the store is called on a real database by the tests of this folder."""
    folder = Path(__file__).parent
    paths = [*folder.glob("test_*.py"), folder.parent / "support" / "chat_world.py"]
    sources = "".join(path.read_text() for path in paths)
    untested = [name for name in _methods(Store) if f"store.{name}(" not in sources]

    assert [] == untested


def test_both_protocols_have_the_same_methods() -> None:
    """What the sync store can do the async store can do."""
    assert _methods(Store) == _methods(AsyncStore)
