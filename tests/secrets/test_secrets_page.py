"""`docs/secrets.md` says what is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from secret_world import WrappedKeys

from sqlward import secrets

PAGE = (Path(__file__).parents[2] / "docs" / "secrets.md").read_text()


def test_the_key_table_is_the_one_that_is_made() -> None:
    """The SQL on the page is the beginning of the migration."""
    (block,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)

    assert secrets.secrets_migration_sql().startswith(block)


def test_the_example_of_a_provider_is_the_one_that_is_tested() -> None:
    """The page shows the class that the tests use."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    source = inspect.getsource(WrappedKeys).replace("@dataclasses.dataclass", "@dataclass")
    without_docstring = re.sub(r'    """.*?"""\n\n', "", source, flags=re.DOTALL)

    assert without_docstring == block


def test_every_name_on_the_page_exists() -> None:
    """What looks like a call or an error of ours is public."""
    named = set(re.findall(r"`(\w+)\(", PAGE)) | set(re.findall(r"`(\w+Error)`", PAGE))
    elsewhere = {"reveal", "key_ring"}

    assert set() == {name for name in named - elsewhere if not hasattr(secrets, name)}
