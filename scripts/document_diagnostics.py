"""Write docs/diagnostics.md from the compiler's own table of codes and the golden messages.

`--check` writes nothing and fails when the page is not current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlward_codegen.messages.codes import GROUPS, Code, all_codes

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "diagnostics.md"
GOLDENS = ROOT / "tests" / "goldens" / "diagnostics"
WIDTH = 100
INTRODUCTION = """\
# Diagnostics

<!-- Written by scripts/document_diagnostics.py from codes.py and the golden messages. -->

Every message has a code, a place in your file and, where there is one, the way out. An error
stops the build and nothing is written; a warning does not. All messages of a run are shown at
once, in the order of the files. What is known of your intent can be said in the file:
`-- allow: SW226 shown in any order` under a query's name excuses one warning there, with a
reason ([queries](queries.md)).

Exit codes: 0, also with warnings; 1 with an error, or when `--check` finds the store not
current; 2 for a command line that cannot be understood; 128 plus the signal's number when
interrupted.
"""


def page() -> str:
    """Give the text of the page."""
    goldens = _goldens()
    parts = [INTRODUCTION]
    for group, subject in GROUPS.items():
        codes = [code for code in all_codes() if code.code.startswith(group)]
        if codes:
            parts.append(f"## {group}xx: {subject}\n")
            parts += (_section(code, goldens) for code in codes)
    return "\n".join(parts)


def _goldens() -> list[Path]:
    """Give the golden messages, the shortest first; those of the renderer's own are made up."""
    paths = [path for path in GOLDENS.rglob("*.txt") if path.parent.name != "render"]
    return sorted(paths, key=lambda path: (len(path.read_text()), path))


def _section(code: Code, goldens: list[Path]) -> str:
    lines = [f"### {code.code} {code.title}", "", *_wrapped(code.explanation), ""]
    example = _example(code, goldens)
    if example:
        lines += ["```text", example, "```", ""]
    return "\n".join(lines)


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > WIDTH:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
    yield line


def _example(code: Code, goldens: list[Path]) -> str | None:
    """Give the first message with the code, from the shortest golden file that has one."""
    for path in goldens:
        for message in path.read_text().split("\n\n"):
            if message.startswith((f"error[{code.code}]", f"warning[{code.code}]")):
                return message.rstrip()
    return None


def main() -> int:
    """Write the page, or with `--check` compare it; gives the exit code."""
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text)
        return 0
    if PAGE.exists() and PAGE.read_text() == text:
        return 0
    print(f"{PAGE.name} is not current: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
