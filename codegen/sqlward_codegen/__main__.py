"""`python -m sqlward_codegen` is the `sqlward` command."""

from sqlward_codegen.cli import entry

entry()
