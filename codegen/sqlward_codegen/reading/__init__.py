"""From query files to statements: what the user wrote, and where it stands."""
