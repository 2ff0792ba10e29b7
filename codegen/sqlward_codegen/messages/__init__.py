"""How diagnostics look: codes, excerpts, carets, suggestions."""
