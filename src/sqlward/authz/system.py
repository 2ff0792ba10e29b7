"""Subjects that are no person: a job that may do what it names, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from sqlward.authz.model import ANY, Permission, Role, Subject


def system_subject(name: str, permissions: Iterable[Permission]) -> Subject:
    """Give a subject `system:<name>` that holds exactly these permissions, on the whole site.

    Raises `ValueError` for a `*`: a job names each action on each type that it needs.
    """
    held = tuple(permissions)
    for permission in held:
        if ANY in (permission.resource_type, permission.action):
            raise ValueError(f"system subject `{name}` must name each resource type and action")
    return Subject(f"system:{name}", roles=(Role(f"system:{name}", site=held),))
