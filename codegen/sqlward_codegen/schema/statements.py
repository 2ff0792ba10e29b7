"""Where statements begin and end in a script that `psql` would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlward_codegen.schema.sections import blank

_TOKEN = re.compile(
    r"""
      --[^\n]*
    | (?P<block>/\*)
    | (?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'
    | '[^']*'
    | "[^"]*"
    | (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$
    | (?P<word>\b(?:begin|case|end)\b)
    | (?P<open>\() | (?P<close>\))
    | (?P<semicolon>;)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SPACE = re.compile(r"\s+|--[^\n]*")
_ROUTINE = re.compile(r"create\s+(or\s+replace\s+)?(function|procedure)\b", re.IGNORECASE)
_COPY = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_LINE = re.compile(r"[^\n]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `[start, end)` of a script: a statement without its semicolon."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text, with what is for psql alone made blank, and its statements.

    `commands` are psql's backslash commands, whose text is in `source` only.
    """

    source: str
    sql: str
    statements: tuple[Piece, ...]
    commands: tuple[Piece, ...]

    def text(self, piece: Piece) -> str:
        """Give a statement's text."""
        return self.sql[piece.start : piece.end]


def split(sql: str) -> Script:
    """Take a script apart; data of `COPY … FROM stdin` and backslash commands become blank."""
    statements: list[Piece] = []
    commands: list[Piece] = []
    hidden: list[Piece] = []
    position = _skip_space(sql, 0)
    while position < len(sql):
        if sql[position] == "\\":
            line = _LINE.match(sql, position)
            end = line.end() if line else len(sql)
            commands.append(Piece(position, end))
        else:
            stop, end = _statement_end(sql, position)
            piece = Piece(position, stop)
            if _COPY.match(sql, position, stop):
                end = _data_end(sql, end)
                hidden.append(Piece(position, end))
            elif stop > position:
                statements.append(piece)
        position = _skip_space(sql, end)
    text = hide(sql, [*commands, *hidden])
    return Script(sql, text, tuple(statements), tuple(commands))


def hide(sql: str, pieces: list[Piece]) -> str:
    """Make pieces of a text blank."""
    parts: list[str] = []
    position = 0
    for piece in sorted(pieces, key=lambda piece: piece.start):
        parts += (sql[position : piece.start], blank(sql[piece.start : piece.end]))
        position = piece.end
    return "".join((*parts, sql[position:]))


def _statement_end(sql: str, start: int) -> tuple[int, int]:
    """Give where the statement ends, and where the next one can begin."""
    # Semicolons inside parentheses (rules) and inside `BEGIN ATOMIC … END` do not end it.
    depth = blocks = 0
    is_routine = _ROUTINE.match(sql, start) is not None
    for token in _tokens(sql, start):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "word" and is_routine:
            blocks += _nesting(token["word"].lower(), blocks)
        elif kind == "semicolon" and depth <= 0 and blocks <= 0:
            return token.start(), token.end()
    return len(sql.rstrip()), len(sql)


def _nesting(word: str, blocks: int) -> int:
    if word == "begin":
        return 1
    if not blocks:
        return 0
    return 1 if word == "case" else -1


def _tokens(sql: str, start: int) -> Iterator[re.Match[str]]:
    position = start
    while token := _TOKEN.search(sql, position):
        position = token.end()
        if token["block"]:
            position = _block_end(sql, token.start())
        elif token["tag"] is not None:
            closing = sql.find(f"${token['tag']}$", position)
            position = len(sql) if closing < 0 else closing + len(token[0])
        yield token


def _skip_space(sql: str, position: int) -> int:
    while True:
        if found := _SPACE.match(sql, position):
            position = found.end()
        elif sql.startswith("/*", position):
            position = _block_end(sql, position)
        else:
            return position


def _block_end(sql: str, start: int) -> int:
    # Block comments nest in PostgreSQL.
    depth = 0
    for edge in _BLOCK_EDGE.finditer(sql, start):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)


def _data_end(sql: str, start: int) -> int:
    end = _COPY_END.search(sql, start)
    return end.end() if end else len(sql)
