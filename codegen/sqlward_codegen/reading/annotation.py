"""What a comment of a query file says: `name: GetChat :one`, a directive, or documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sqlward_codegen.diagnostics import Diagnostic, Label, Severity
from sqlward_codegen.messages.suggest import did_you_mean, distance, nearest
from sqlward_codegen.model import Command, Directive, Span

DIRECTIVES: Final = ("authz", "exposes", "allow", "timeout", "replica")

LINE: Final = re.compile(r"^[ \t]*(?:--|/\*)[ \t]*name[ \t]*:", re.MULTILINE)
"""Where an annotation begins, for telling queries apart in a file that does not scan."""

WHOLE_LINE: Final = re.compile(
    rf"^[ \t]*(?:--|/\*) ?name: \w+ (?:{'|'.join(c.value for c in Command)})\b", re.MULTILINE
)
"""An annotation in full, which no string constant holds unless the one before never ended."""

_HEAD: Final = re.compile(r"(?:--|/\*)\s*name\s*:[ \t]*")
_LOOSE_HEAD: Final = re.compile(
    r"(?:--|/\*)\s*Name\s*:[ \t]*(?=[^\W\d]\w*[ \t]+:[a-z]+\s*(?:\*/)?$)", re.I
)
_WORD: Final = re.compile(r"\S+")
_DIRECTIVE: Final = re.compile(r"--\s*([A-Za-z][\w-]*):(?=\s|$)[ \t]*(.*)", re.DOTALL)

_FORM: Final = "write `-- name: GetChat :one`"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A query's name and command, and the rest of the comment's lines."""

    name: str
    command: Command
    name_span: Span
    command_span: Span
    doc: tuple[str, ...] = ()


def is_annotation(comment: str) -> bool:
    """Whether the comment names a query (well or badly)."""
    return bool(_HEAD.match(comment) or _LOOSE_HEAD.match(comment))


def read_annotation(comment: str, path: str, start: int) -> Annotation | Diagnostic:
    """Read the comment that starts at the offset `start` of the file, or say what is wrong."""
    head = _HEAD.match(comment) or _LOOSE_HEAD.match(comment)
    assert head is not None
    block = comment.startswith("/*")
    body = comment[: -2 if block and comment.endswith("*/") else None]
    first_end = body.find("\n", head.end())
    words = list(_WORD.finditer(body, head.end(), len(body) if first_end < 0 else first_end))
    spans = [Span(path, start + w.start(), start + w.end()) for w in words]
    whole = Span(path, start, start + len(comment.splitlines()[0].rstrip()))
    if not words:
        return _bad("SW110", "a query's annotation without a name", whole, "", _FORM)
    name = words[0].group()
    if name.startswith(":"):
        return _bad("SW110", f"no name before `{name}`", spans[0], "", _FORM)
    if len(words) > 2:
        return _bad(
            "SW110",
            f"unexpected `{words[2].group()}` after the command of `{name}`",
            Span(path, spans[2].start, spans[-1].end),
            "",
            _FORM,
        )
    if not name.isidentifier():
        return _bad_name(name, spans[0])
    if len(words) == 1:
        return _missing_command(name, spans[0])
    command = _command(words[1].group())
    if command is None:
        return _unknown_command(name, words[1].group(), spans[1])
    rest = () if first_end < 0 else documentation("/*" + body[first_end:])
    return Annotation(name, command, spans[0], spans[1], rest)


def _command(word: str) -> Command | None:
    return next((c for c in Command if c.value == word), None)


def _missing_command(name: str, span: Span) -> Diagnostic:
    message = f"`{name}` has no command"
    label = "expected a command after the name"
    place = Span(span.path, span.start, span.end)
    return _bad("SW111", message, place, label, f"one of {_commands()}")


def _unknown_command(name: str, word: str, span: Span) -> Diagnostic:
    message = f"`{name}` has the unknown command `{word}`"
    if word.lstrip(":") == "execlastid":
        text = "PostgreSQL has no last inserted id"
        return _bad("SW112", message, span, text, "make it `:one` and end it with `RETURNING id`")
    bare = ":" + word.lstrip(":").lower()
    found = nearest(bare, [c.value for c in Command])
    help_text = f"did you mean `{found}`?" if found else f"one of {_commands()}"
    return _bad("SW112", message, span, "", help_text)


def _bad_name(name: str, span: Span) -> Diagnostic:
    message = f"`{name}` cannot name a query"
    help_text = "take letters, digits and `_`, as in `GetChat`, which becomes the method `get_chat`"
    return _bad("SW113", message, span, "not an identifier", help_text)


def _commands() -> str:
    return ", ".join(f"`{c.value}`" for c in Command)


def _bad(code: str, message: str, span: Span, label: str, help_text: str) -> Diagnostic:
    return Diagnostic(code, message, (Label(span, label),), help_text)


def read_directive(comment: str, path: str, start: int) -> Directive | Diagnostic | None:
    """Read a `-- word: text` comment; None for any other comment.

    A word that is close to a directive's gives a warning, and the comment stays one.
    """
    match = _DIRECTIVE.match(comment)
    if match is None:
        return None
    word = match.group(1)
    span = Span(path, start, start + len(comment.rstrip()))
    if word in DIRECTIVES:
        return Directive(word, match.group(2).strip(), span)
    close = [d for d in DIRECTIVES if distance(word.lower(), d) <= 1 + (len(word) > 6)]
    help_text = did_you_mean(word, close)
    if help_text is None:
        return None
    place = Label(Span(path, start + match.start(1), start + match.end(1)))
    message = f"`{word}` is no directive: the line is taken as documentation"
    return Diagnostic("SW118", message, (place,), help_text, Severity.WARNING)


def documentation(comment: str) -> tuple[str, ...]:
    """Give the lines of text in a comment, without its marks; sqlc's own flags are left out."""
    if comment.startswith("--"):
        return _without_flags((comment[2:].removeprefix(" ").rstrip(),))
    body = comment[2:].removesuffix("*/")
    lines = [
        line.strip().removeprefix("*").removeprefix(" ").rstrip() for line in body.splitlines()
    ]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return _without_flags(tuple(lines))


def _without_flags(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if not line.startswith("@sqlc-"))
