# Made from _aio/__init__.py by scripts/unasync.py. DO NOT EDIT.
"""The synchronous halves of the run time, made from `_aio/`."""
