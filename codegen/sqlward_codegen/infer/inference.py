"""The pass itself: what a statement's tree and description say, put together as a `Query`."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label, error
from sqlward_codegen.infer.access import access
from sqlward_codegen.infer.cardinality import cardinality
from sqlward_codegen.infer.copy import copy_target
from sqlward_codegen.infer.declared import declared, judged
from sqlward_codegen.infer.lineage import Flow
from sqlward_codegen.infer.lints.finding import Subject
from sqlward_codegen.infer.lints.lint import lint
from sqlward_codegen.infer.meetings import parameter_meetings
from sqlward_codegen.infer.outputs import Outputs, outputs, undescribed_outputs
from sqlward_codegen.infer.parameters import parameters
from sqlward_codegen.infer.relations import relation_uses, written_columns
from sqlward_codegen.infer.scope import Scope
from sqlward_codegen.model import (
    Cardinality,
    Command,
    CopyTarget,
    Description,
    Query,
    Statement,
)
from sqlward_codegen.tree import queries, read_tree

_WITHOUT_TREE = (Command.EXEC, Command.EXECRESULT, Command.EXECROWS)


def infer(
    statement: Statement,
    description: Description,
    tree: str | None,
    catalog: Catalog,
    config: Config,
) -> tuple[Query, tuple[Diagnostic, ...]]:
    """Give everything that the compiler knows of a query before Python comes in.

    `tree` is PostgreSQL's `pg_node_tree` text of `Statement.probe`, None for a utility
    statement; `description` is of `Statement.sql`. Raises CompileError for a query that
    cannot go on.
    """
    found = queries(read_tree(tree)) if tree else []
    if len(found) != 1:
        return _utility(statement, description, catalog, config), ()
    scope = Scope.of(found[0], catalog)
    flow = Flow()
    meetings = parameter_meetings(scope, flow)
    # Those behind the user's own belong to `sqlward.authorized`, and no caller ever sees them.
    hidden = len(statement.pushdown.types) if statement.pushdown else 0
    own = description.parameter_oids[: len(description.parameter_oids) - hidden]
    known = parameters(statement, own, meetings, catalog, config)
    options = declared(known, catalog, config)
    result = Outputs((), ())
    if description.columns:
        result = outputs(statement, description, scope, flow, judged(scope, options))
    query = Query(
        statement=statement,
        parameters=known,
        columns=result.columns,
        embeds=result.embeds,
        cardinality=cardinality(scope),
        relations=relation_uses(scope),
        writes=written_columns(scope, flow),
        copy=_copy(statement, scope),
        access=access(scope, result.columns, len(own) + 1) if config.has_authorization else None,
    )
    return query, lint(Subject(query, scope, options))


def _copy(statement: Statement, scope: Scope) -> CopyTarget | None:
    if statement.query.command is not Command.COPYFROM:
        return None
    target = copy_target(scope)
    if isinstance(target, CopyTarget):
        return target
    raise _not_copyable(statement, target)


def _not_copyable(statement: Statement, reason: str) -> CompileError:
    query = statement.query
    return error(
        "SW208",
        f"`{query.name}` cannot be `:copyfrom`: {reason}",
        Label(query.command_span, "COPY takes rows of one table"),
        help="write `INSERT INTO table (a, b) VALUES (@a, @b)`, or make it `:batchexec`",
    )


def _utility(
    statement: Statement, description: Description, catalog: Catalog, config: Config
) -> Query:
    command = statement.query.command
    if command not in _WITHOUT_TREE:
        raise error(
            "SW209",
            f"`{statement.query.name}` cannot be `{command}`: it is a utility statement",
            Label(statement.query.command_span),
            help="PostgreSQL shows nothing of its result before it runs: make it `:exec`",
        )
    return Query(
        statement=statement,
        parameters=parameters(statement, description.parameter_oids, (), catalog, config),
        columns=undescribed_outputs(description, catalog),
        embeds=(),
        cardinality=Cardinality(False, "it is a utility statement"),
        relations=(),
    )
