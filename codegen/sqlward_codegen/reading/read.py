"""The first pass: query files to raw queries, each with its place in its file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from sqlward_codegen.diagnostics import Diagnostic, Label
from sqlward_codegen.model import Directive, RawQuery, Span
from sqlward_codegen.reading.annotation import (
    LINE,
    WHOLE_LINE,
    Annotation,
    documentation,
    is_annotation,
    read_annotation,
    read_directive,
)
from sqlward_codegen.reading.lexer import COMMENTS, STRING, LexError, Tokens, scan
from sqlward_codegen.reading.sources import decoded, query_files, shown

_SEMICOLON: Final = ord(";")


def read_queries(
    paths: tuple[Path, ...], root: Path
) -> tuple[tuple[RawQuery, ...], tuple[Diagnostic, ...]]:
    """Give every query of the files under `paths`, and everything that is wrong with them.

    `paths` are files, folders or globs; `RawQuery.path` is relative to `root`. A query with an
    error is left out, the others are given.
    """
    files, missing = query_files(paths, root)
    queries: list[RawQuery] = []
    diagnostics = list(missing)
    for file in files:
        found, wrong = _read_file(file, shown(file, root))
        queries += found
        diagnostics += wrong
    first = {query.name: query for query in reversed(queries)}
    unique = tuple(query for query in queries if first[query.name] is query)
    return unique, (*diagnostics, *duplicates(queries))


def _read_file(file: Path, path: str) -> tuple[list[RawQuery], list[Diagnostic]]:
    try:
        data = file.read_bytes()
    except OSError as failure:
        reason = (failure.strerror or "unreadable").lower()
        return [], [Diagnostic("SW103", f"`{path}` cannot be read: {reason}")]
    text = decoded(data, path)
    if isinstance(text, Diagnostic):
        return [], [text]
    return read_text(text, path)


def read_text(text: str, path: str) -> tuple[list[RawQuery], list[Diagnostic]]:
    """Give the queries of one file's text, and what is wrong with the others."""
    queries: list[RawQuery] = []
    diagnostics: list[Diagnostic] = []
    for chunk in _chunks(text, path):
        if isinstance(chunk, Diagnostic):
            diagnostics.append(chunk)
            continue
        for block in _blocks(chunk):
            query, wrong = _Reader(chunk, path, block).read()
            diagnostics += wrong
            if query is not None:
                queries.append(query)
    return queries, diagnostics


class Named(Protocol):
    """A query, as far as its name goes."""

    @property
    def name(self) -> str:
        """The name after `-- name:`."""
        ...

    @property
    def name_span(self) -> Span:
        """Where the name stands."""
        ...


def duplicates(queries: Iterable[Named]) -> list[Diagnostic]:
    """Give a diagnostic for each query whose name an earlier one has."""
    first: dict[str, Named] = {}
    repeated: list[Diagnostic] = []
    for query in queries:
        earlier = first.setdefault(query.name, query)
        if earlier is query:
            continue
        labels = (Label(query.name_span, "again"), Label(earlier.name_span, "first here"))
        message = f"two queries are named `{query.name}`"
        repeated.append(Diagnostic("SW114", message, labels, "rename one of them"))
    return repeated


# --- scanning --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Tokens of a part of the file that starts at the offset `start`."""

    tokens: Tokens
    start: int


def _chunks(text: str, path: str) -> Iterator[_Chunk | Diagnostic]:
    """Scan the file at once, or query by query where an error in one would hide the others."""
    try:
        tokens = scan(text)
    except LexError as failure:
        yield from _chunk_by_chunk(text, path, failure)
        return
    if _swallows_annotation(tokens):
        pieces = list(_chunk_by_chunk(text, path, None))
        if any(isinstance(piece, Diagnostic) for piece in pieces):
            yield from pieces
            return
    yield _Chunk(tokens, 0)


def _swallows_annotation(tokens: Tokens) -> bool:
    """Whether a string holds a whole annotation: two unterminated strings can look like one."""
    if "name" not in tokens.text or "'" not in tokens.text:
        return False
    return any(
        kind == STRING and tokens[i].text[:1] == "'" and WHOLE_LINE.search(tokens[i].text)
        for i, kind in enumerate(tokens.kinds)
    )


def _chunk_by_chunk(
    text: str, path: str, failure: LexError | None
) -> Iterator[_Chunk | Diagnostic]:
    starts = (_with_comments_above(text, m.start()) for m in LINE.finditer(text))
    bounds = [0, *(start for start in starts if start > 0), len(text)]
    first, reported = 0, False
    for last in range(1, len(bounds)):
        start, end = bounds[first], bounds[last]
        try:
            chunk = _Chunk(scan(text[start:end]), start)
        except LexError as stop:
            if "/* comment" in stop.message and end < len(text):
                continue  # a comment around several queries: it ends further on
            reported = True
            yield _lex_diagnostic(stop, path, start, end)
        else:
            yield chunk
        first = last
    if failure is not None and not reported:
        yield _lex_diagnostic(failure, path, 0, len(text))


def _with_comments_above(text: str, start: int) -> int:
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        line = text[above:start].lstrip()
        if not line.startswith("--") or LINE.match(line):
            break
        start = above
    return start


def _lex_diagnostic(failure: LexError, path: str, start: int, end: int) -> Diagnostic:
    place = start + failure.position
    span = Span(path, place, min(place + 1, end))
    for words, name, way_out in _UNTERMINATED:
        if words in failure.message:
            return Diagnostic(
                "SW104", f"unterminated {name}", (Label(span, "starts here"),), way_out
            )
    return Diagnostic("SW105", failure.message[:1].lower() + failure.message[1:], (Label(span),))


_UNTERMINATED: Final = (
    ("unterminated /* comment", "comment", "end it with `*/`"),
    ("unterminated quoted identifier", "quoted identifier", 'end it with `"`'),
    ("unterminated dollar-quoted", "dollar-quoted string", "end it with the tag it begins with"),
    ("unterminated", "string", "end it with `'`; a quote inside a string is written twice: `''`"),
)


# --- splitting -------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """One annotation (None before the first) and what follows it, as token positions."""

    annotation: int | None
    before: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    statements: list[tuple[int, int]] = field(default_factory=list)


def _blocks(chunk: _Chunk) -> list[_Block]:
    tokens = chunk.tokens
    bodies = _body_tokens(tokens)
    blocks = [_Block(None)]
    first: int | None = None
    last = 0
    for i, kind in enumerate(tokens.kinds):
        if kind in COMMENTS:
            if not _names_query(tokens, i):
                blocks[-1].comments.append(i)
                continue
            if first is not None:
                blocks[-1].statements.append((first, last))
            blocks.append(_Block(i, _comments_above(tokens, blocks[-1], i)))
            first = None
        elif kind == _SEMICOLON and i not in bodies:
            if first is not None:
                blocks[-1].statements.append((first, last))
            first = None
        else:
            first = i if first is None else first
            last = i
    if first is not None:
        blocks[-1].statements.append((first, last))
    return blocks


def _names_query(tokens: Tokens, index: int) -> bool:
    token = tokens[index]
    return is_annotation(token.text) and _begins_line(tokens.text, token.start)


def _begins_line(text: str, offset: int) -> bool:
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()


def _comments_above(tokens: Tokens, block: _Block, annotation: int) -> list[int]:
    """Take from the block before the comments that stand right above the annotation."""
    above: list[int] = []
    below = annotation
    last_statement = block.statements[-1][1] if block.statements else block.annotation or -1
    while block.comments and block.comments[-1] == below - 1 and below - 1 > last_statement:
        comment = below - 1
        gap = tokens.text[tokens.end(comment) : tokens.start(below)]
        if gap.count("\n") != 1 or not _begins_line(tokens.text, tokens.start(comment)):
            break
        above.insert(0, block.comments.pop())
        below = comment
    return above


def _body_tokens(tokens: Tokens) -> frozenset[int]:
    """Give the positions inside `BEGIN ATOMIC … END`, where a semicolon ends no statement."""
    if "atomic" not in tokens.text.lower():
        return frozenset()
    inside: set[int] = set()
    depth, previous = 0, ""
    for i, kind in enumerate(tokens.kinds):
        if kind in COMMENTS:
            depth = 0 if _names_query(tokens, i) else depth
            continue
        word = tokens[i].word
        if (word == "ATOMIC" and previous == "BEGIN") or (depth and word == "CASE"):
            depth += 1
        elif depth and word == "END":
            depth -= 1
        if depth:
            inside.add(i)
        previous = word
    return frozenset(inside)


# --- one query -------------------------------------------------------------------------


class _Reader:
    """Reads one block; `read` gives the query, if it is one, and what is wrong."""

    def __init__(self, chunk: _Chunk, path: str, block: _Block) -> None:
        self._tokens = chunk.tokens
        self._start = chunk.start
        self._path = path
        self._block = block

    def read(self) -> tuple[RawQuery | None, list[Diagnostic]]:
        if self._block.annotation is None:
            return None, [self._nameless(s) for s in self._block.statements]
        token = self._tokens[self._block.annotation]
        annotation = read_annotation(token.text, self._path, self._start + token.start)
        if isinstance(annotation, Diagnostic):
            return None, [annotation]
        directives, doc, diagnostics = self._comments(annotation)
        if not self._block.statements:
            return None, [self._without_statement(annotation)]
        if len(self._block.statements) > 1:
            return None, [*diagnostics, self._second_statement(annotation)]
        first, last = self._block.statements[0]
        start, end = self._tokens.start(first), self._tokens.end(last)
        query = RawQuery(
            annotation.name,
            annotation.command,
            self._path,
            self._tokens.text[start:end],
            self._start + start,
            annotation.name_span,
            annotation.command_span,
            doc,
            directives,
        )
        return query, diagnostics

    def _comments(
        self, annotation: Annotation
    ) -> tuple[tuple[Directive, ...], tuple[str, ...], list[Diagnostic]]:
        directives: list[Directive] = []
        doc: list[str] = []
        diagnostics: list[Diagnostic] = []
        statements = self._block.statements
        until = statements[0][0] if statements else len(self._tokens)
        own = list(annotation.doc)
        for index in (*self._block.before, *self._block.comments):
            token = self._tokens[index]
            said = read_directive(token.text, self._path, self._start + token.start)
            if isinstance(said, Directive):
                directives.append(said)
                continue
            if isinstance(said, Diagnostic):
                diagnostics.append(said)
            if index > (self._block.annotation or 0):
                doc += own
                own = []
            if index < until:
                doc += documentation(token.text)
        return tuple(directives), tuple(_trimmed([*doc, *own])), diagnostics

    def _span(self, statement: tuple[int, int]) -> Span:
        first = self._tokens[statement[0]]
        return Span(self._path, self._start + first.start, self._start + first.end)

    def _nameless(self, statement: tuple[int, int]) -> Diagnostic:
        place = Label(self._span(statement))
        if self._tokens[statement[0]].text == "#":
            way_out = "PostgreSQL's comments begin with `--`: write `-- name: GetChat :one`"
        else:
            way_out = "write `-- name: GetChat :one` on the line above it"
        return Diagnostic("SW116", "a statement without a name", (place,), way_out)

    def _without_statement(self, annotation: Annotation) -> Diagnostic:
        message = f"`{annotation.name}` has no statement"
        place = Label(annotation.name_span)
        return Diagnostic("SW117", message, (place,), "write its SQL under the annotation")

    def _second_statement(self, annotation: Annotation) -> Diagnostic:
        message = f"`{annotation.name}` has {len(self._block.statements)} statements"
        second = Label(self._span(self._block.statements[1]), "the second begins here")
        way_out = "give each statement its own `-- name:`, or join them with `WITH`"
        return Diagnostic("SW115", message, (second, Label(annotation.name_span)), way_out)


def _trimmed(lines: Iterable[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    return kept
