"""Turn understood queries into the source of a typed store."""

from __future__ import annotations

from sqlward_codegen.catalog import Catalog
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic, Severity
from sqlward_codegen.emit.plan import GeneratedFile, ModulePlan, StorePlan
from sqlward_codegen.emit.render import render
from sqlward_codegen.emit.store_plan import plan
from sqlward_codegen.format import format_sources
from sqlward_codegen.model import Query

__all__ = ["GeneratedFile", "ModulePlan", "StorePlan", "emit_store", "plan", "render"]


def emit_store(
    queries: tuple[Query, ...], catalog: Catalog, config: Config
) -> tuple[tuple[GeneratedFile, ...], tuple[Diagnostic, ...]]:
    """Give all files of the store, formatted, and what is wrong with it.

    There are no files when one of the diagnostics is an error.
    """
    store = plan(queries, catalog, config)
    if any(d.severity is Severity.ERROR for d in store.diagnostics):
        return (), store.diagnostics
    rendered = {module.path: render(module) for module in store.modules}
    formatted = format_sources(rendered)
    return tuple(GeneratedFile(path, text) for path, text in formatted.items()), store.diagnostics
