"""The application's policy module: read as text, never imported."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from sqlward_codegen.config import Config
from sqlward_codegen.reading.sources import shown


@dataclass(frozen=True, slots=True)
class PolicyFunction:
    """A function of the module: its parameters' names behind the first, and whether it is async."""

    name: str
    has_check: bool
    parameters: tuple[str, ...]
    takes_all: bool
    is_async: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy module; `path` is None where the project names none, or it is not there.

    `failure` says why it could not be read.
    """

    module: str | None
    path: str | None
    functions: tuple[PolicyFunction, ...] = ()
    failure: str | None = None

    def function(self, name: str) -> PolicyFunction | None:
        """Give the function of that name."""
        return next((f for f in self.functions if f.name == name), None)


def policy_file(config: Config) -> Path | None:
    """Give the file of the policy module, None where there is none."""
    return next((place for place in policy_places(config) if place.is_file()), None)


def policy_places(config: Config) -> list[Path]:
    """Give where the policy module may be: below `src`, the project's folder, or the store's."""
    if config.policy is None:
        return []
    relative = Path(*config.policy.split("."))
    above = [f for f in config.output.parents if f == config.root or config.root in f.parents]
    folders = dict.fromkeys((config.root / "src", config.root, *above))
    return [
        folder / place
        for folder in folders
        for place in (relative.with_suffix(".py"), relative / "__init__.py")
    ]


def read_policy(config: Config) -> Policy:
    """Give what the policy module defines."""
    path = policy_file(config)
    if path is None:
        return Policy(config.policy, None)
    name = shown(path, config.root)
    try:
        tree = ast.parse(path.read_bytes(), name)
    except (OSError, SyntaxError, ValueError) as failure:
        reason = failure.msg if isinstance(failure, SyntaxError) else str(failure)
        return Policy(config.policy, name, failure=reason.lower())
    functions = tuple(
        _function(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return Policy(config.policy, name, functions)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> PolicyFunction:
    positional = [*node.args.posonlyargs, *node.args.args]
    named = [*positional[1:], *node.args.kwonlyargs]
    return PolicyFunction(
        node.name,
        bool(positional),
        tuple(a.arg for a in named),
        node.args.kwarg is not None,
        isinstance(node, ast.AsyncFunctionDef),
    )
