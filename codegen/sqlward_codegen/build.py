"""From a project to its generated store on disk: compile, plan, render, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlward_codegen.cache import RenderedModule
from sqlward_codegen.compile import Compilation, Reporter, compile_project, has_errors, remember
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.emit.plan import GeneratedFile, ModulePlan
from sqlward_codegen.emit.render import render
from sqlward_codegen.emit.store_plan import plan
from sqlward_codegen.format import format_sources
from sqlward_codegen.write import WriteResult, write_files


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build found; `written` is None where an error kept it from writing."""

    queries: int
    diagnostics: tuple[Diagnostic, ...]
    written: WriteResult | None


def build(config: Config, key: str, reporter: Reporter, *, check: bool) -> BuildResult:
    """Compile the project and write what changed; with `check`, only say what would change.

    With an error nothing is written. Raises CompileError where nothing can be compiled.
    """
    compilation = compile_project(config, key, reporter)
    reporter.step("planning the store")
    store = plan(compilation.queries, compilation.catalog, config)
    diagnostics = compilation.diagnostics + store.diagnostics
    if has_errors(diagnostics):
        remember(config, compilation, compilation.cache.modules)
        return BuildResult(len(compilation.queries), diagnostics, None)
    reporter.step("rendering the store")
    modules = _rendered(compilation, store.modules)
    reporter.step("keeping what was found out")
    remember(config, compilation, modules)
    reporter.step("putting the files in place")
    files = tuple(GeneratedFile(module.path, module.text) for module in modules)
    written = write_files(files, config.output, check=check)
    return BuildResult(len(compilation.queries), diagnostics, written)


def _rendered(
    compilation: Compilation, modules: Sequence[ModulePlan]
) -> tuple[RenderedModule, ...]:
    """Render the modules whose plan is not the one that their known text came from."""
    known = {(module.path, module.digest): module for module in compilation.cache.modules}
    digests = [module.digest for module in modules]
    stale = {
        module.path: render(module)
        for module, key in zip(modules, digests, strict=True)
        if (module.path, key) not in known
    }
    texts = format_sources(stale)
    return tuple(
        known.get((module.path, key)) or RenderedModule(module.path, key, texts[module.path])
        for module, key in zip(modules, digests, strict=True)
    )
