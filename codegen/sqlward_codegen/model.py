"""What flows between the passes: frozen dataclasses, nothing else.

INVARIANT: every type here can be written and read by `msgspec` as it stands (no union of
two dataclasses, no dict with known keys), because the compiler's cache stores them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters `[start, end)` of one file.

    `path` is what the user sees: relative to the project's folder, with forward slashes.
    """

    path: str
    start: int
    end: int


# --- read ------------------------------------------------------------------------------


class Command(StrEnum):
    """What a query gives back: the word after its name."""

    ONE = ":one"
    OPT = ":opt"
    MANY = ":many"
    ITER = ":iter"
    EXEC = ":exec"
    EXECROWS = ":execrows"
    EXECRESULT = ":execresult"
    COPYFROM = ":copyfrom"
    BATCHEXEC = ":batchexec"
    BATCHONE = ":batchone"
    BATCHMANY = ":batchmany"

    @property
    def returns_rows(self) -> bool:
        """Whether the method hands rows of the statement to its caller."""
        return self in _ROW_COMMANDS

    @property
    def needs_one_row(self) -> bool:
        """Whether the statement must be proved to return at most one row."""
        return self in (Command.ONE, Command.OPT, Command.BATCHONE)

    @property
    def is_bulk(self) -> bool:
        """Whether the method takes an iterable of parameter sets."""
        return self is Command.COPYFROM or self.value.startswith(":batch")


_ROW_COMMANDS = frozenset(
    {
        Command.ONE,
        Command.OPT,
        Command.MANY,
        Command.ITER,
        Command.BATCHONE,
        Command.BATCHMANY,
    }
)


@dataclass(frozen=True, slots=True)
class Directive:
    """A comment that speaks to the compiler: `-- allow: SW204 reason`.

    `name` is the word before the colon, `value` the stripped rest of the line.
    """

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class RawQuery:
    """One annotated query as it stands in its file.

    `sql` is the slice of the file's text that starts at `sql_start`: from the statement's
    first token to its last one, without the final semicolon. Comments inside it stay.
    """

    name: str
    command: Command
    path: str
    sql: str
    sql_start: int
    name_span: Span
    command_span: Span
    doc: tuple[str, ...] = ()
    directives: tuple[Directive, ...] = ()


# --- macros ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters `[start, end)` of rewritten SQL that stand for `[source_start, source_end)`.

    Verbatim when both lengths are equal, unless `is_rewritten` says that they are so by chance;
    otherwise the whole stands for the whole.
    """

    start: int
    end: int
    source_start: int
    source_end: int
    is_rewritten: bool = False


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Leads an offset in rewritten SQL back to the user's file."""

    path: str
    segments: tuple[Segment, ...]

    def span(self, start: int, end: int | None = None) -> Span:
        """Give the span in the file for the characters `[start, end)` of the rewritten SQL.

        Without `end` the span covers one character, or the whole macro the offset lies in.
        """
        first = self._segment(start)
        last = first if end is None else self._segment(max(start, end - 1))
        source_start = _source(first, start) if _verbatim(first) else first.source_start
        if end is None:
            source_end = source_start + 1 if _verbatim(first) else first.source_end
        else:
            source_end = _source(last, end) if _verbatim(last) else last.source_end
        return Span(self.path, source_start, max(source_start, source_end))

    def _segment(self, offset: int) -> Segment:
        for segment in self.segments:
            if offset < segment.end:
                return segment
        return self.segments[-1]


def _verbatim(segment: Segment) -> bool:
    same_length = segment.end - segment.start == segment.source_end - segment.source_start
    return same_length and not segment.is_rewritten


def _source(segment: Segment, offset: int) -> int:
    return segment.source_start + offset - segment.start


@dataclass(frozen=True, slots=True)
class ParameterSource:
    """A parameter as the user wrote it.

    `name` is None for a bare `$1`; `nullable` is None where the user did not say
    (`sqlc.narg` says True); `is_slice` marks `sqlc.slice`.
    """

    number: int
    name: str | None
    nullable: bool | None
    is_slice: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Embed:
    """A `sqlc.embed(relation)`; `alias` is the output name it has in `Statement.probe`."""

    relation: str
    alias: str
    span: Span


@dataclass(frozen=True, slots=True)
class Authorized:
    """A `sqlward.authorized(alias)`; it is the characters `[start, end)` of `Statement.sql`."""

    alias: str
    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class Pushdown:
    """The filters of a statement, and what it is without them.

    `plain` is the statement with `true` in the place of each macro, as the bare store runs it.
    `types` are those of the parameters behind the user's own, which hold what a subject may do;
    empty until the resource is known.
    """

    calls: tuple[Authorized, ...]
    plain: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A query whose macros are expanded.

    `sql` is what runs (`$n`, `relation.*` for an embed). `probe` is what is analysed: the
    same, but an embed is one whole-row column `relation AS "<alias>"`, so that the tree shows
    it as one thing. Without embeds the two are equal.
    """

    query: RawQuery
    sql: str
    sql_map: SourceMap
    probe: str
    probe_map: SourceMap
    parameters: tuple[ParameterSource, ...]
    embeds: tuple[Embed, ...]
    pushdown: Pushdown | None = None


# --- describe --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """One result column as PostgreSQL describes it.

    `table_oid` and `attribute` are 0 where the column is not a plain column of a relation.
    """

    name: str
    type_oid: int
    type_modifier: int
    table_oid: int
    attribute: int


@dataclass(frozen=True, slots=True)
class Description:
    """PostgreSQL's answer to PREPARE and describe of `Statement.sql`."""

    parameter_oids: tuple[int, ...]
    columns: tuple[DescribedColumn, ...]


# --- infer -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class ColumnRef:
    """A column of a table or view of the schema, by name."""

    schema: str
    table: str
    column: str

    def __str__(self) -> str:
        prefix = "" if self.schema == "public" else f"{self.schema}."
        return f"{prefix}{self.table}.{self.column}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a value can be NULL, and why; `reason` is a lower-case clause.

    `relation` is the alias of the relation in FROM that the reason is about; where that stands
    is looked up when the reason is shown. `is_checked`: that it cannot follows from what
    `non_null_elements` declares, so that the generated code looks.
    """

    nullable: bool
    reason: str
    relation: str | None = None
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a value comes from: every table column and every parameter that flows into it."""

    columns: tuple[ColumnRef, ...] = ()
    parameters: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """One result column, understood.

    `name` is without a trailing `!` or `?`. `origin` is the table column whose value this is,
    unchanged, if there is exactly one; its overrides and array dimensions apply. `elements`
    says whether the elements of an array can be NULL (None for what is no array).
    `embed` is the position in `Statement.embeds` of the embed it belongs to.
    """

    name: str
    type_oid: int
    type_modifier: int
    verdict: Verdict
    elements: Verdict | None = None
    dimensions: int = 0
    origin: ColumnRef | None = None
    lineage: Lineage = Lineage()
    embed: int | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedRelation:
    """An embed, understood: `columns` positions `[start, end)` of the result.

    `verdict` says whether the whole can be absent. `discriminator` is the result position of
    a column that is never NULL while the relation's row is there; None where no column can
    tell, and the embed is absent when all of its columns are NULL.
    """

    name: str
    table: str | None
    schema: str | None
    start: int
    end: int
    verdict: Verdict
    discriminator: int | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, understood.

    `column` is the table column that it is written into or compared with, if there is one:
    its overrides apply. `written_to` are the columns that its value lands in.
    """

    number: int
    name: str
    type_oid: int
    verdict: Verdict
    elements: Verdict | None = None
    dimensions: int = 0
    is_slice: bool = False
    column: ColumnRef | None = None
    written_to: tuple[ColumnRef, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Cardinality:
    """Whether at most one row comes back, why, and what would prove it if nothing does."""

    at_most_one: bool
    reason: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class RelationUse:
    """What the statement does to one relation, by column name."""

    schema: str
    table: str
    reads: tuple[str, ...] = ()
    inserts: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    is_written: bool = False
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class WrittenColumn:
    """A column that the statement writes, and what flows into it."""

    column: ColumnRef
    lineage: Lineage


@dataclass(frozen=True, slots=True)
class CopyTarget:
    """The table and columns of a `:copyfrom`; column i takes parameter i + 1."""

    schema: str
    table: str
    columns: tuple[str, ...]


class Write(StrEnum):
    """What a statement does to the rows of a table that it names."""

    NOTHING = ""
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    MERGE = "merge"


@dataclass(frozen=True, slots=True, order=True)
class OccurrenceColumn:
    """A column of the table that the statement names at that position of its occurrences."""

    occurrence: int
    column: str


@dataclass(frozen=True, slots=True)
class FixedKey:
    """Every row that counts has this column equal to that parameter."""

    column: str
    parameter: int


@dataclass(frozen=True, slots=True)
class EqualColumn:
    """Every row that counts has this column equal to that of a row of another occurrence."""

    column: str
    other: OccurrenceColumn


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """What is written into a column: that parameter unchanged, or None for anything else.

    `parameter` 0 is NULL.
    """

    column: str
    parameter: int | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a statement names a table; sub-queries and views are followed.

    `is_optional`: an outer join can leave its row out. `is_authorized`: `sqlward.authorized`
    lets only some of its rows count. `values` are what it writes. An INSERT `upserts` where it may
    update a row instead: one that is equal in the columns of `conflict`.
    """

    schema: str
    table: str
    alias: str
    write: Write = Write.NOTHING
    is_optional: bool = False
    is_authorized: bool = False
    upserts: bool = False
    conflict: tuple[str, ...] = ()
    fixed: tuple[FixedKey, ...] = ()
    equal: tuple[EqualColumn, ...] = ()
    values: tuple[WrittenValue, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputSource:
    """Where a result column comes from, by occurrence: unchanged (`origin`), and at all."""

    origin: OccurrenceColumn | None
    flows: tuple[OccurrenceColumn, ...]


@dataclass(frozen=True, slots=True)
class MisplacedFilter:
    """A `sqlward.authorized` (its position among them) that does not restrict, and why."""

    call: int
    reason: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a statement does to which rows: what authorization is proved from.

    `written` are the columns that flow into what is written. `counted` are the occurrences
    whose rows, by their number alone, show in the result; one group for each query level.
    `narrowed` names what happens to the result after WHERE (`LIMIT`, `an aggregate`).
    `locked` are the occurrences whose rows it locks; `can_lock`: FOR UPDATE can be added.
    `opaque` names the schema's own functions that it calls, which may read and write anything.
    """

    occurrences: tuple[Occurrence, ...] = ()
    outputs: tuple[OutputSource, ...] = ()
    written: tuple[OccurrenceColumn, ...] = ()
    counted: tuple[tuple[int, ...], ...] = ()
    narrowed: tuple[str, ...] = ()
    misplaced: tuple[MisplacedFilter, ...] = ()
    locked: tuple[int, ...] = ()
    can_lock: bool = False
    opaque: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Everything the compiler knows of one query before Python comes in.

    `access` is None in a project without the authorization layer, and for a utility statement.
    `locking` is the statement with FOR UPDATE, where PostgreSQL accepts that.
    """

    statement: Statement
    parameters: tuple[Parameter, ...]
    columns: tuple[OutputColumn, ...]
    embeds: tuple[EmbeddedRelation, ...]
    cardinality: Cardinality
    relations: tuple[RelationUse, ...]
    writes: tuple[WrittenColumn, ...] = ()
    copy: CopyTarget | None = None
    access: Access | None = None
    locking: str | None = None

    @property
    def name(self) -> str:
        """The name after `-- name:`."""
        return self.statement.query.name

    @property
    def command(self) -> Command:
        """The command after the name."""
        return self.statement.query.command
