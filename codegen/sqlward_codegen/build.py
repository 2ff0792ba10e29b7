"""From understood queries to the generated store on disk: plan, render, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlward_codegen.cache import CompiledFile, RenderedModule, rendered_module
from sqlward_codegen.compile import Compilation, Reporter, has_errors, keep
from sqlward_codegen.config import Config
from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.emit.authz_plan import StoreRules
from sqlward_codegen.emit.plan import GeneratedFile, ModulePlan, QueriesModule
from sqlward_codegen.emit.query_module import QueryFile
from sqlward_codegen.emit.render import render
from sqlward_codegen.emit.store_plan import StorePlanner, module_names
from sqlward_codegen.format import format_sources
from sqlward_codegen.write import WriteResult, write_files


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build found; `written` is None where an error kept it from writing."""

    queries: int
    diagnostics: tuple[Diagnostic, ...]
    written: WriteResult | None


@dataclass(frozen=True, slots=True)
class _Store:
    """The store's modules, the files with their interfaces, and what is wrong with it."""

    files: tuple[CompiledFile, ...]
    modules: tuple[RenderedModule, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def build(
    compilation: Compilation, config: Config, reporter: Reporter, *, check: bool
) -> BuildResult:
    """Write what changed of the store; with `check`, only say what would change.

    With an error nothing is written.
    """
    count = sum(len(file.names) for file in compilation.files)
    if has_errors(compilation.diagnostics):
        # What is wrong with the store as a whole is worth saying at the same time.
        found = _planned(compilation, config, reporter).diagnostics
        keep(config, compilation, compilation.files, ())
        return BuildResult(count, compilation.diagnostics + found, None)
    store = _with_changed_files(compilation, config, reporter)
    if store is None:
        store = _planned(compilation, config, reporter)
    diagnostics = compilation.diagnostics + store.diagnostics
    reporter.step("keeping what was found out")
    keep(config, compilation, store.files, () if store.diagnostics else store.modules)
    if has_errors(diagnostics):
        return BuildResult(count, diagnostics, None)
    reporter.step("putting the files in place")
    files = (GeneratedFile(module.path, module.text) for module in store.modules)
    written = write_files(files, config.output, check=check)
    if compilation.authorization is not None:
        from sqlward_codegen.authz.lock import with_lock

        written = with_lock(written, compilation.authorization, config, check=check)
    return BuildResult(count, diagnostics, written)


def _planned(compilation: Compilation, config: Config, reporter: Reporter) -> _Store:
    """Plan the whole store, and render what was not rendered before."""
    reporter.step("planning the store")
    planner = StorePlanner(compilation.catalog, config, _rules(compilation))
    names = module_names(file.path for file in compilation.files)
    files = [planner.file(f.path, names[f.path], f.queries) for f in compilation.files]
    plan = planner.store(files)
    if has_errors((*compilation.diagnostics, *plan.diagnostics)):
        return _Store(compilation.files, (), plan.diagnostics)
    reporter.step("rendering the store")
    modules = _rendered(plan.modules, compilation.cache.modules)
    return _Store(_with_interfaces(compilation.files, files), modules, plan.diagnostics)


def _with_changed_files(
    compilation: Compilation, config: Config, reporter: Reporter
) -> _Store | None:
    """Plan and render the changed files alone; None where more than they would change.

    That is enough as long as the same files are there and the changed ones show the rest of
    the store what they did before (`CompiledFile.interface`).
    """
    old = {file.path: file for file in compilation.cache.files}
    known = {module.source: module for module in compilation.cache.modules}
    changed = [file for file in compilation.files if file.path in compilation.fresh]
    if compilation.authorization is not None:
        return None  # a rule in one file can ask for another form of a query in the next
    is_same = list(old) == [file.path for file in compilation.files]
    if not (is_same and known and all(file.path in known for file in changed)):
        return None
    reporter.step("planning the changed files")
    planner = StorePlanner(compilation.catalog, config)
    names = module_names(old)
    files = [planner.file(f.path, names[f.path], f.queries) for f in changed]
    if not planner.is_clean or any(f.interface != old[f.source].interface for f in files):
        return None
    reporter.step("rendering the changed files")
    plans = [planner.query_module(file) for file in files]
    fresh = {module.path: module for module in _rendered(plans, compilation.cache.modules)}
    modules = tuple(fresh.get(m.path, m) for m in compilation.cache.modules)
    return _Store(_with_interfaces(compilation.files, files), modules)


def _rules(compilation: Compilation) -> StoreRules | None:
    """Give the rules to write the layer by; None too where some of them are missing."""
    found = compilation.authorization
    if found is None or has_errors(compilation.diagnostics):
        return None
    return StoreRules(found)


def _with_interfaces(
    files: Sequence[CompiledFile], planned: Sequence[QueryFile]
) -> tuple[CompiledFile, ...]:
    interfaces = {file.source: file.interface for file in planned}
    return tuple(replace(f, interface=interfaces.get(f.path, f.interface)) for f in files)


def _rendered(
    plans: Sequence[ModulePlan], rendered: Sequence[RenderedModule]
) -> tuple[RenderedModule, ...]:
    """Give the plans' modules; those whose plan is known already are not rendered again."""
    known = {(module.path, module.plan): module for module in rendered}
    digests = [plan.digest for plan in plans]
    stale = {
        plan.path: render(plan)
        for plan, digest in zip(plans, digests, strict=True)
        if (plan.path, digest) not in known
    }
    texts = format_sources(stale)
    return tuple(
        known.get((plan.path, digest))
        or rendered_module(plan.path, _source(plan), digest, texts[plan.path])
        for plan, digest in zip(plans, digests, strict=True)
    )


def _source(plan: ModulePlan) -> str:
    return plan.source if isinstance(plan, QueriesModule) else ""
