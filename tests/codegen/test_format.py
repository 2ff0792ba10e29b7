"""Generated source, laid out by ruff."""

from __future__ import annotations

import pytest
from sqlward_codegen.diagnostics import CompileError
from sqlward_codegen.format import format_sources


def test_formats_every_file() -> None:
    """All files come back formatted, in their order, under their own paths."""
    sources = {"b.py": "x=1\n", "sub/a.py": "y = {'é':2}\n"}

    assert [("b.py", "x = 1\n"), ("sub/a.py", 'y = {"é": 2}\n')] == list(
        format_sources(sources).items()
    )


def test_nothing_needs_no_ruff() -> None:
    """Without files nothing is run."""
    assert {} == format_sources({})


def test_lines_are_as_long_as_ours() -> None:
    """The line length is 100, whatever the project's own ruff configuration says."""
    line = f"value = call({'a' * 40}, {'b' * 44})\n"

    assert 100 == len(line) - 1
    assert {"a.py": line} == format_sources({"a.py": line})


def test_broken_source_is_a_diagnostic() -> None:
    """Source that is not Python is our defect, and is reported as one."""
    with pytest.raises(CompileError) as raised:
        format_sources({"a.py": "def (:\n"})

    assert ["SW803"] == [d.code for d in raised.value.diagnostics]
