"""Ask PostgreSQL what a statement takes and gives: PREPARE and describe, in a pipeline."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from psycopg.pq.abc import PGconn, PGresult

from sqlward_codegen.asking.answer import ServerError
from sqlward_codegen.asking.pipeline import Command, converse
from sqlward_codegen.model import DescribedColumn, Description


def describe(connection: PGconn, statements: Sequence[str]) -> Generator[Description | ServerError]:
    """Give each statement's parameter and column types, or why PostgreSQL refuses it.

    Raises ConnectionLostError.
    """
    groups = [[Command(sql, prepare=True)] for sql in statements]
    with closing(converse(connection, groups)) as answers:
        for answer in answers:
            yield answer if isinstance(answer, ServerError) else _description(answer[0])


def _description(result: PGresult) -> Description:
    return Description(
        parameter_oids=tuple(result.param_type(i) for i in range(result.nparams)),
        columns=tuple(_column(result, i) for i in range(result.nfields)),
    )


def _column(result: PGresult, index: int) -> DescribedColumn:
    name = result.fname(index)
    return DescribedColumn(
        name=name.decode() if name else "",
        type_oid=result.ftype(index),
        type_modifier=result.fmod(index),
        table_oid=result.ftable(index),
        attribute=result.ftablecol(index),
    )
