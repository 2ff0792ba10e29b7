"""Source text of strings: literals that give back their value exactly, and docstrings."""

from __future__ import annotations

import textwrap

_WIDTH = 100


def sql_literal(sql: str) -> str:
    """Give the Python literal of an SQL text, readable, one line of SQL to a line."""
    return f'"""\\\n{_escaped(sql)}"""'


def docstring(lines: tuple[str, ...], indent: int) -> str:
    """Give a docstring, quotes included; lines after the first are indented by `indent`."""
    quotes = 6 if len(lines) == 1 else 3
    wrapped = [p for line in lines for p in _wrapped(line.rstrip(), _WIDTH - indent - quotes)]
    margin = " " * indent
    if len(wrapped) == 1:
        return f'"""{_escaped(wrapped[0].strip())}"""'
    body = "\n".join(f"{margin}{w}" if w else "" for w in wrapped).strip()
    return f'"""{_escaped(body + chr(10))}{margin}"""'


def string(value: str) -> str:
    """Give the literal of a short string, in double quotes."""
    text = repr(value)
    if text[0] == '"':
        return text
    return '"' + text[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    margin = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def _escaped(text: str) -> str:
    # A file's line ends are read as \n, so a carriage return would not survive unescaped.
    text = text.replace("\\", "\\\\").replace("\r", "\\r")
    body = text.rstrip('"')
    return body.replace('"""', '\\"\\"\\"') + '\\"' * (len(text) - len(body))
