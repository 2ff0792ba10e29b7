"""Lints: statements that PostgreSQL accepts and that are probably not what was meant."""
