"""The asynchronous halves of the run time; `_sync/` is made from them."""
