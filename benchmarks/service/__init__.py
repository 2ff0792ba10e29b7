"""A made-up service: a schema and queries like a real one's, of any size, from a seed."""
