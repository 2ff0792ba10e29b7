"""Reading a project's configuration, ours or sqlc's."""
