"""The part of a migration file that builds, for tools that keep both ways in one file."""

from __future__ import annotations

import re

_DIRECTIVES = (
    # dbmate, goose, sql-migrate: a comment opens the way up or the way down.
    re.compile(r"^--\s*migrate:(?P<way>up|down)\b.*$", re.MULTILINE),
    re.compile(r"^--\s*\+goose\s+(?P<way>up|down)\b.*$", re.MULTILINE | re.IGNORECASE),
    re.compile(r"^--\s*\+migrate\s+(?P<way>up|down)\b.*$", re.MULTILINE | re.IGNORECASE),
)
_TERN = re.compile(r"^---- create above / drop below ----[ \t]*\r?$", re.MULTILINE)
_VISIBLE = re.compile(r"[^\n]")


def building_part(sql: str) -> str:
    """Give the text with all that undoes made blank; offsets and lines stay as they were."""
    if tern := _TERN.search(sql):
        return sql[: tern.start()] + blank(sql[tern.start() :])
    for directive in _DIRECTIVES:
        found = list(directive.finditer(sql))
        if found:
            return _upwards(sql, found)
    return sql


def blank(text: str) -> str:
    """Give spaces in place of the text, line ends kept."""
    return _VISIBLE.sub(" ", text)


def _upwards(sql: str, found: list[re.Match[str]]) -> str:
    parts = [sql[: found[0].start()]]
    ends = [match.start() for match in found[1:]] + [len(sql)]
    for match, end in zip(found, ends, strict=True):
        section = sql[match.start() : end]
        parts.append(section if match["way"].lower() == "up" else blank(section))
    return "".join(parts)
