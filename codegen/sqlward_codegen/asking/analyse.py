"""Ask PostgreSQL for its own analysed query tree.

A statement becomes the body of a temporary SQL function (`BEGIN ATOMIC`, PostgreSQL 14 and
up), whose stored form is the tree; the transaction is rolled back. See "CREATE FUNCTION" in
PostgreSQL's manual.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from psycopg.pq.abc import PGconn

from sqlward_codegen.asking.answer import ServerError
from sqlward_codegen.asking.pipeline import Answer, Command, converse
from sqlward_codegen.reading.lexer import PARAMETER, scan

_FUNCTION = "pg_temp.sqlward_probe"
_MOST_ARGUMENTS = 100
"""`FUNC_MAX_ARGS`: a function takes no more; one argument with fields stands for them then."""
_ARGUMENT = "pg_temp.sqlward_parameters"
_FIELD = re.compile(
    r"\{FIELDSELECT :arg \{PARAM :paramkind 0 :paramid 1 [^{}]*\} :fieldnum (\d+)"
    r" :resulttype (\d+) :resulttypmod (-?\d+) :resultcollid (\d+)\}"
)
_PARAMETER = (
    r"{PARAM :paramkind 0 :paramid \1 :paramtype \2 :paramtypmod \3 :paramcollid \4 :location -1}"
)
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
    probes = [_probe(sql, [types[oid] for oid in oids]) for sql, oids in statements]
    groups = [group for probe in probes for group in (_question(probe), _ROLLBACK)]
    with closing(converse(connection, groups)) as answers:
        for probe in probes:
            yield _tree(next(answers), probe)
            next(answers)
        next(answers, None)


@dataclass(frozen=True, slots=True)
class _Probe:
    """The function that a statement becomes the body of; `argument` is a type to be made first.

    With such a type the statement's parameters are the fields of the one argument.
    """

    head: str
    sql: str
    argument: str | None = None


def _probe(sql: str, types: Sequence[str]) -> _Probe:
    if len(types) <= _MOST_ARGUMENTS:
        return _Probe(_head(", ".join(types)), sql)
    fields = ", ".join(f"p{number} {type_}" for number, type_ in enumerate(types, start=1))
    return _Probe(_head(_ARGUMENT), _with_fields(sql), fields)


def _head(arguments: str) -> str:
    return f"CREATE FUNCTION {_FUNCTION}({arguments}) RETURNS void LANGUAGE sql BEGIN ATOMIC\n"


def _with_fields(sql: str) -> str:
    """Write `($1).p7` for `$7`."""
    tokens = scan(sql)
    places = [n for n, kind in enumerate(tokens.kinds) if kind == PARAMETER]
    parts, end = [], 0
    for place in places:
        parts += [sql[end : tokens.start(place)], f"($1).p{tokens[place].text[1:]}"]
        end = tokens.end(place)
    return "".join([*parts, sql[end:]])


def _question(probe: _Probe) -> list[Command]:
    argument = f"CREATE TYPE {_ARGUMENT} AS ({probe.argument})"
    return [
        Command("BEGIN"),
        *([Command(argument)] if probe.argument else []),
        Command("SET LOCAL check_function_bodies = off"),
        Command(f"{probe.head}{probe.sql}\n; END"),
        Command(f"SELECT prosqlbody FROM pg_proc WHERE oid = '{_FUNCTION}'::regproc"),
    ]


def _tree(answer: Answer, probe: _Probe) -> str | ServerError:
    if isinstance(answer, ServerError):
        # Where the statement was rewritten, a place in it means nothing.
        position = 0 if probe.argument else max(0, answer.position - len(probe.head))
        return replace(answer, position=position)
    value = answer[-1].get_value(0, 0)
    tree = value.decode() if value else ""
    return _FIELD.sub(_PARAMETER, tree) if probe.argument else tree


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
