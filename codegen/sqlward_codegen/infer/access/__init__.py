"""What a statement does to which rows: the facts that authorization is proved from."""

from sqlward_codegen.infer.access.statement import access

__all__ = ["access"]
