"""Ask PostgreSQL for its own analysed query tree.

A statement becomes the body of a temporary SQL function (`BEGIN ATOMIC`, PostgreSQL 14 and
up), whose stored form is the tree; the transaction is rolled back. See "CREATE FUNCTION" in
PostgreSQL's manual.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from psycopg.pq.abc import PGconn

from sqlward_codegen.answer import ServerError
from sqlward_codegen.pipeline import Answer, Command, converse

_FUNCTION = "pg_temp.sqlward_probe"
# A group of its own: it must run also after an error in the one before.
_ROLLBACK = [Command("ROLLBACK")]


def analyse(
    connection: PGconn, statements: Sequence[tuple[str, Sequence[int]]]
) -> Generator[str | ServerError]:
    """Give each statement's `pg_node_tree` text, or why PostgreSQL gives none.

    A statement comes with the OIDs of its parameters' types. A utility statement (`TRUNCATE`,
    `DO`, …) has no tree: `is_utility` tells. Raises ConnectionLostError.
    """
    types = _type_names(connection, {oid for _, oids in statements for oid in oids})
    headers = [_header([types[oid] for oid in oids]) for _, oids in statements]
    groups = [
        group
        for header, (sql, _) in zip(headers, statements, strict=True)
        for group in (_question(header, sql), _ROLLBACK)
    ]
    with closing(converse(connection, groups)) as answers:
        for header in headers:
            yield _tree(next(answers), len(header))
            next(answers)
        next(answers, None)


def _header(types: Sequence[str]) -> str:
    return (
        f"CREATE FUNCTION {_FUNCTION}({', '.join(types)}) RETURNS void LANGUAGE sql BEGIN ATOMIC\n"
    )


def _question(header: str, sql: str) -> list[Command]:
    return [
        Command("BEGIN"),
        Command("SET LOCAL check_function_bodies = off"),
        Command(f"{header}{sql}\n; END"),
        Command(f"SELECT prosqlbody FROM pg_proc WHERE oid = '{_FUNCTION}'::regproc"),
    ]


def _tree(answer: Answer, header_length: int) -> str | ServerError:
    if isinstance(answer, ServerError):
        return replace(answer, position=max(0, answer.position - header_length))
    value = answer[3].get_value(0, 0)
    return value.decode() if value else ""


def _type_names(connection: PGconn, oids: set[int]) -> dict[int, str]:
    if not oids:
        return {}
    wanted = "{" + ",".join(map(str, sorted(oids))) + "}"
    question = Command(
        # quote_ident by hand: format_type leaves out the schema of what search_path finds.
        "SELECT t.oid, quote_ident(n.nspname) || '.' || quote_ident(t.typname)"
        " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
        " WHERE t.oid = ANY($1::oid[])",
        parameters=(wanted,),
    )
    (answer,) = converse(connection, [[question]])
    if isinstance(answer, ServerError):
        raise RuntimeError(answer.message)
    rows = answer[0]
    return {
        int(rows.get_value(i, 0) or b"0"): (rows.get_value(i, 1) or b"").decode()
        for i in range(rows.ntuples)
    }
