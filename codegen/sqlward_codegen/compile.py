"""The compiler's pipeline: query files and schema in, understood queries out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlward_codegen.asking.asker import Asker
from sqlward_codegen.cache import (
    Cache,
    CompiledFile,
    RenderedModule,
    compiled_file,
    load_cache,
    new_cache,
    save_cache,
)
from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import CompileError, Diagnostic, Label, Severity
from sqlward_codegen.memory import digest
from sqlward_codegen.model import Pushdown, Query, Statement
from sqlward_codegen.parallel import each
from sqlward_codegen.reading.read import duplicates, read_text
from sqlward_codegen.reading.sources import decoded, query_files, shown
from sqlward_codegen.schema import read_schema

if TYPE_CHECKING:
    from sqlward_codegen.authz.authorize import Authorization
    from sqlward_codegen.authz.declarations import Declarations
    from sqlward_codegen.understand import Understood


class Reporter(Protocol):
    """Hears what the compiler is doing."""

    def step(self, what: str, done: int | None = None, total: int | None = None) -> None:
        """Say what is being done, and how far it is."""


@dataclass(frozen=True)
class Compilation:
    """What the passes up to `check` give, for all query files in order of path.

    `cache` is what the run before left, or a new one; `fresh` are the paths of the files that
    were compiled in this run. `authorization` is None without that layer.
    """

    cache: Cache
    files: tuple[CompiledFile, ...]
    fresh: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    authorization: Authorization | None = None

    @property
    def catalog(self) -> Catalog:
        """The schema that the queries were compiled against."""
        return self.cache.catalog

    @property
    def queries(self) -> tuple[Query, ...]:
        """All queries without errors, in the order of their files and within them."""
        return tuple(query for file in self.files for query in file.queries)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them must stop the build."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


@dataclass(frozen=True, slots=True)
class _Source:
    """A query file's text as read, with its digest."""

    path: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A query file's statements, and what is wrong with the others."""

    source: _Source
    statements: tuple[Statement, ...]
    diagnostics: tuple[Diagnostic, ...]


@contextmanager
def compile_project(
    config: Config, key: str, reporter: Reporter, asker: Asker | None = None
) -> Iterator[Compilation]:
    """Compile all queries of the project; what an earlier run knows is not asked again.

    `key` stands for the compiler and the configuration. Who is sure to need a server starts
    the `asker` beforehand; else it is started where something has to be asked, stops while the
    block is at work and is gone at its end. Raises CompileError where nothing can be compiled
    at all (no schema, no server).
    """
    reporter.step("reading the schema and the queries")
    schema = read_schema(config.schema, config.root)
    sources, diagnostics = _read(config)
    key = digest(key, schema.hash)
    declarations = None
    if config.has_authorization:
        from sqlward_codegen.authz.declarations import read_declarations

        declarations = read_declarations(config)
        key = digest(key, declarations.text)
    cache = load_cache(config.root, key)
    known = {file.path: file for file in cache.files} if cache else {}
    fresh = [s for s in sources if s.path not in known or known[s.path].digest != s.digest]
    if cache is not None and not fresh:
        yield _authorized(_compilation(cache, known, sources, diagnostics), declarations, config)
        return
    with nullcontext(asker) if asker else Asker(config) as starting:
        cache, compiled, found = _compile(
            starting, config, key, sources, fresh, cache, declarations, reporter
        )
        compilation = _compilation(cache, compiled, sources, diagnostics + found)
        yield _authorized(compilation, declarations, config)


def _compilation(
    cache: Cache,
    known: Mapping[str, CompiledFile],
    sources: Sequence[_Source],
    diagnostics: tuple[Diagnostic, ...],
) -> Compilation:
    files = tuple(known[s.path] for s in sources if s.path in known)
    old = {file.path: file for file in cache.files}
    changed = frozenset(f.path for f in files if f is not old.get(f.path))
    names = tuple(duplicates([name for file in files for name in file.names]))
    warnings = tuple(w for file in files for w in file.warnings)
    return Compilation(cache, files, changed, diagnostics + names + warnings)


def _authorized(
    compilation: Compilation, declarations: Declarations | None, config: Config
) -> Compilation:
    """Add the rules of all queries; a query may lean on one of another file."""
    if declarations is None:
        return compilation
    from sqlward_codegen.authz.authorize import authorize
    from sqlward_codegen.authz.policy import read_policy

    policy = read_policy(config)
    found = authorize(compilation.queries, declarations, policy, compilation.catalog)
    return replace(
        compilation,
        diagnostics=compilation.diagnostics + found.diagnostics,
        authorization=found,
    )


def keep(
    config: Config,
    compilation: Compilation,
    files: Iterable[CompiledFile],
    modules: Iterable[RenderedModule],
) -> None:
    """Keep what this run found out for the next one."""
    old = compilation.cache
    save_cache(
        config.root,
        Cache(old.key, old.fingerprint, old.catalog_body, tuple(files), tuple(modules)),
    )


def _read(config: Config) -> tuple[list[_Source], tuple[Diagnostic, ...]]:
    files, missing = query_files(config.queries, config.root)
    diagnostics = list(missing)
    sources = []
    for file in files:
        path = shown(file, config.root)
        text = _text(file, path)
        if isinstance(text, Diagnostic):
            diagnostics.append(text)
        else:
            sources.append(_Source(path, text, digest(text)))
    return sources, tuple(diagnostics)


def _text(file: Path, path: str) -> str | Diagnostic:
    try:
        return decoded(file.read_bytes(), path)
    except OSError as failure:
        reason = (failure.strerror or "unreadable").lower()
        return Diagnostic("SW103", f"`{path}` cannot be read: {reason}")


def _compile(
    asker: Asker,
    config: Config,
    key: str,
    sources: Sequence[_Source],
    fresh: Sequence[_Source],
    cache: Cache | None,
    declarations: Declarations | None,
    reporter: Reporter,
) -> tuple[Cache, dict[str, CompiledFile], tuple[Diagnostic, ...]]:
    parsed = [_parse(source, declarations) for source in fresh]
    reporter.step("starting PostgreSQL")
    # What comes next is loaded while the server starts.
    import sqlward_codegen.build  # noqa: F401
    from sqlward_codegen import understand as meaning
    from sqlward_codegen.infer.views import with_judged_views

    fingerprint = asker.fingerprint()
    if cache is not None and cache.fingerprint != fingerprint:
        # Other OIDs: what was inferred before speaks of another catalog.
        cache = None
        already = {file.source.path for file in parsed}
        parsed += [_parse(s, declarations) for s in sources if s.path not in already]
    statements = [statement for file in parsed for statement in file.statements]
    reporter.step("asking PostgreSQL")
    locking = _locking(statements, config)
    asker.ask([*statements, *locking], with_catalog=cache is None)
    if cache is None:
        cache = new_cache(key, fingerprint, with_judged_views(asker.catalog()))
    catalog = cache.catalog
    answered = list(zip(statements, asker.answers(len(statements)), strict=True))
    accepted = {
        (statement.query.path, statement.query.name_span.start): statement.sql
        for statement, answer in zip(locking, asker.answers(len(locking)), strict=True)
        if answer.description is not None
    }
    asker.dismiss()
    reporter.step("understanding the queries")
    units = each(
        lambda pair: meaning.understand(*pair, catalog, config), answered, meaning.Understood
    )
    understood = dict(zip(map(id, statements), units, strict=True))
    files = {file.path: file for file in cache.files}
    diagnostics: list[Diagnostic] = []
    for file in parsed:
        own = [understood[id(statement)] for statement in file.statements]
        files[file.source.path], found = _finish(file, own, accepted)
        diagnostics += found
    return cache, files, tuple(diagnostics)


def _locking(statements: Sequence[Statement], config: Config) -> list[Statement]:
    if not config.has_authorization:
        return []
    from sqlward_codegen.authz.locking import locking_statements

    return locking_statements(statements)


def _parse(source: _Source, declarations: Declarations | None) -> _Parsed:
    from sqlward_codegen.reading.macros import expand_macros

    queries, diagnostics = read_text(source.text, source.path)
    statements = []
    for query in queries:
        try:
            statements.append(expand_macros(query))
        except CompileError as failure:
            diagnostics += failure.diagnostics
    if declarations is not None:
        from sqlward_codegen.authz.pushdown import with_predicate

        statements = [with_predicate(s, declarations.resources) for s in statements]
    else:
        diagnostics += [_needs_layer(s.pushdown) for s in statements if s.pushdown]
    return _Parsed(source, tuple(statements), tuple(diagnostics))


def _needs_layer(pushdown: Pushdown) -> Diagnostic:
    return Diagnostic(
        "SW434",
        "`sqlward.authorized` means nothing without the authorization layer",
        (Label(pushdown.calls[0].span),),
        help='write `layers = ["authz"]` in the configuration',
    )


def _finish(
    file: _Parsed, units: Sequence[Understood], locking: Mapping[tuple[str, int], str]
) -> tuple[CompiledFile, tuple[Diagnostic, ...]]:
    """Give the compiled file and its errors; with errors it must be compiled anew next time."""
    found = file.diagnostics + tuple(d for unit in units for d in unit.diagnostics)
    errors = tuple(d for d in found if d.severity is Severity.ERROR)
    warnings = tuple(d for d in found if d.severity is Severity.WARNING)
    queries = tuple(unit.query for unit in units if unit.query)
    if locking:
        from sqlward_codegen.authz.locking import with_locking

        queries = with_locking(queries, locking)
    kept = "" if errors else file.source.digest
    return compiled_file(file.source.path, kept, queries, warnings), errors
