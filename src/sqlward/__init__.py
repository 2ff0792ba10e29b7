"""The run time under a generated store."""
