"""Random well-typed queries over a random schema: nothing typed non-null may be NULL."""
