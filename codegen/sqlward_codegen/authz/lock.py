"""`authz.lock`: who may run which query, one line each, to be reviewed in diffs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Final

from sqlward_codegen.authz.authorize import Authorization
from sqlward_codegen.authz.directives import Strategy
from sqlward_codegen.authz.rules import ProvedRule, RuledQuery
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import error
from sqlward_codegen.reading.sources import is_pattern, shown
from sqlward_codegen.write import WriteResult

NAME: Final = "authz.lock"
HEADER: Final = "# Who may run which query. Written by `sqlward generate`; review its diffs.\n"
_AND: Final = " + "
_UNPROVED: Final = (Strategy.CUSTOM, Strategy.NONE)


def lock_path(config: Config) -> Path:
    """Give the place of the lock file: beside the queries."""
    first = config.queries[0]
    while is_pattern(first):
        first = first.parent
    return (first if first.is_dir() else first.parent) / NAME


def lock_text(authorization: Authorization) -> str:
    """Give the lock file's text, the queries in order of their names."""
    ruled = sorted(authorization.queries, key=lambda r: r.query.name)
    lines = [_cells(query) for query in ruled]
    widths = [max((len(line[i]) for line in lines), default=0) for i in range(3)]
    body = "".join(
        "  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[3]]).rstrip()
        + "\n"
        for line in lines
    )
    return f"{HEADER}{body}{_summary(ruled)}"


def unproved(queries: Iterable[RuledQuery]) -> tuple[int, int]:
    """Give how many queries are `custom`, and how many are `none`."""
    found = [{rule.strategy for rule in query.rules} for query in queries]
    return (
        sum(Strategy.CUSTOM in strategies for strategies in found),
        sum(Strategy.NONE in strategies for strategies in found),
    )


def with_lock(
    result: WriteResult, authorization: Authorization, config: Config, *, check: bool
) -> WriteResult:
    """Write the lock file beside what was written, or with `check` say how it would change."""
    path, text = lock_path(config), lock_text(authorization)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before == text:
        return replace(result, unchanged=(*result.unchanged, path))
    diff = result.diff
    if check:
        name = shown(path, config.root)
        old = (before or "").splitlines(keepends=True)
        new = text.splitlines(keepends=True)
        origin = "/dev/null" if before is None else name
        diff += "".join(unified_diff(old, new, origin, name))
    else:
        _put(path, text, config)
    return replace(result, changed=(*result.changed, path), diff=diff)


def _put(path: Path, text: str, config: Config) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as failure:
        temporary.unlink(missing_ok=True)
        reason = (failure.strerror or "unwritable").lower()
        raise error("SW801", f"cannot write `{shown(path, config.root)}`: {reason}") from failure


def _cells(ruled: RuledQuery) -> tuple[str, str, str, str]:
    strategies = _AND.join(rule.strategy for rule in ruled.rules)
    asked = _AND.join(f"{r.action} {r.resource}" if r.action else "-" for r in ruled.rules)
    details = [text for rule in ruled.rules if (text := _detail(rule, ruled))]
    if ruled.exposed:
        details.append(f"exposes {exposed_text(ruled)}")
    return ruled.query.name, strategies, asked, "; ".join(details)


def _detail(rule: ProvedRule, ruled: RuledQuery) -> str:
    names = {p.number: p.name for p in ruled.query.parameters}
    match rule.strategy:
        case Strategy.CREATE:
            return ", ".join(f"{part.name}=@{names[part.number]}" for part in rule.parts)
        case Strategy.VIA:
            given = ", ".join(f"@{names[own]}" for _, own in rule.given)
            return f"{rule.fetch}({given}){' locked' if rule.locks else ''}"
        case Strategy.NONE:
            return f'"{rule.reason}"'
    return ""


def exposed_text(ruled: RuledQuery) -> str:
    """Give the columns that a query gives away: `user(email, username)`."""
    columns: dict[str, list[str]] = {}
    for resource, column in ruled.exposed:
        columns.setdefault(resource, []).append(column)
    return ", ".join(f"{resource}({', '.join(names)})" for resource, names in columns.items())


def _summary(queries: list[RuledQuery]) -> str:
    custom, none = unproved(queries)
    share = 100 * (custom + none) / len(queries) if queries else 0
    return f"# {len(queries)} queries; not proved: {custom} custom, {none} none ({share:.1f} %)\n"
