"""What PostgreSQL says of a schema and of statements, and the process that asks it."""
