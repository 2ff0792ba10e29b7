"""Inference: from PostgreSQL's own query tree to what each value, row and parameter is."""

from sqlward_codegen.infer.inference import infer

__all__ = ["infer"]
