"""What is written and never looked at."""

from __future__ import annotations

from collections.abc import Iterator

from sqlward_codegen.diagnostics import Diagnostic
from sqlward_codegen.infer.lineage import PARAM_EXTERN
from sqlward_codegen.infer.lints.finding import Subject, warning
from sqlward_codegen.infer.scope import Command
from sqlward_codegen.tree import Node


def unused_parameter(subject: Subject) -> Iterator[Diagnostic]:
    """A parameter of which nothing depends: it stands only in a CTE that is not referred to."""
    used = set(_parameters(subject.scope.query))
    for parameter in subject.query.parameters:
        if parameter.number in used:
            continue
        yield warning(
            "SW223",
            f"`{subject.query.name}` never uses its parameter `{parameter.name}`",
            parameter.span or subject.place(),
            "nothing depends on it",
            "remove it, or refer to the CTE that it stands in",
        )


def _parameters(node: Node) -> Iterator[int]:
    if node.tag == "PARAM" and node.number("paramkind") == PARAM_EXTERN:
        yield node.number("paramid")
    if node.tag == "COMMONTABLEEXPR" and not node.number("cterefcount"):
        query = node.node("ctequery")
        if query is not None and query.number("commandType") == Command.SELECT:
            return
    for child in node.children():
        yield from _parameters(child)
