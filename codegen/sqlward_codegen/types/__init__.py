"""The Python types of what PostgreSQL holds."""
