"""What the compiler keeps from one run for the next one.

INVARIANT: the cache is a pure gain. It is read only if it was written by this very compiler
for this very schema; whatever cannot be read is as good as absent.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.memory import recall, remember
from sqlward_codegen.model import Query, Span

_FILE = "cache"


@dataclass(frozen=True, slots=True)
class QueryName:
    """A query's name and where it stands."""

    name: str
    name_span: Span


@dataclass(frozen=True)
class CompiledFile:
    """A query file and what it compiles to.

    `digest` is of its text, empty where it has errors and must be compiled anew. `body` holds
    the queries, which most runs never look at. `interface` is the digest of what the rest of
    the store shows of it, empty where that is not known.
    """

    path: str
    digest: str
    names: tuple[QueryName, ...]
    warnings: tuple[Diagnostic, ...]
    body: msgspec.Raw
    interface: str = ""

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """The file's queries, in its order."""
        return msgspec.msgpack.decode(self.body, type=tuple[Query, ...])


def compiled_file(
    path: str, digest: str, queries: Iterable[Query], warnings: tuple[Diagnostic, ...]
) -> CompiledFile:
    """Give the compiled file of these queries."""
    kept = tuple(queries)
    names = tuple(QueryName(q.name, q.statement.query.name_span) for q in kept)
    file = CompiledFile(path, digest, names, warnings, _raw(kept))
    # What was just encoded need not be decoded: the property finds its value in place.
    file.__dict__["queries"] = kept
    return file


@dataclass(frozen=True)
class RenderedModule:
    """A generated file's final text, by the digest of the plan that it was rendered from.

    `source` is the path of the query file that it comes from, empty for the others.
    """

    path: str
    source: str
    plan: str
    body: msgspec.Raw

    @cached_property
    def text(self) -> str:
        """The module's source text."""
        return msgspec.msgpack.decode(self.body, type=str)


def rendered_module(path: str, source: str, plan: str, text: str) -> RenderedModule:
    """Give the rendered module of this text."""
    return RenderedModule(path, source, plan, _raw(text))


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(value))


@dataclass(frozen=True)
class Cache:
    """Everything worth keeping from one run.

    `key` is of compiler, configuration and schema; `fingerprint` of the catalog's OIDs.
    `modules` is empty where the store was not (or not without warnings) written.
    """

    key: str
    fingerprint: str
    catalog_body: msgspec.Raw
    files: tuple[CompiledFile, ...]
    modules: tuple[RenderedModule, ...] = ()

    @cached_property
    def catalog(self) -> Catalog:
        """The schema that the queries were compiled against."""
        return msgspec.msgpack.decode(self.catalog_body, type=Catalog)


def new_cache(key: str, fingerprint: str, catalog: Catalog) -> Cache:
    """Give the cache of a run that knows nothing yet but the schema."""
    cache = Cache(key, fingerprint, _raw(catalog), ())
    cache.__dict__["catalog"] = catalog
    return cache


def load_cache(root: Path, key: str) -> Cache | None:
    """Give the project's cache if it is there, whole, and has this key."""
    try:
        stored, _, body = recall(root, _FILE).partition(b"\n")
        if stored.decode() != key:
            return None
        return msgspec.msgpack.decode(body, type=Cache)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def save_cache(root: Path, cache: Cache) -> None:
    """Keep the cache; a folder that cannot be written is no reason to fail."""
    with contextlib.suppress(OSError):
        remember(root, _FILE, cache.key.encode() + b"\n" + msgspec.msgpack.encode(cache))
