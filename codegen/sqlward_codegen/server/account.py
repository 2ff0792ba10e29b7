"""Under whose name PostgreSQL runs: it refuses root, so root lends it another one."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlward_codegen.diagnostics import error
from sqlward_codegen.server.binaries import Binaries

_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """How to start a program: a command in front of it, or another user's id.

    `prefix` opens a user namespace in which root has an unprivileged id; `user` is the id to
    change to where that is refused. Both are empty for who is not root.
    """

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None

    def give(self, path: Path) -> None:
        """Make the account the owner of a folder and all that is in it."""
        if self.user is None or self.group is None:
            return
        for folder, _, files in os.walk(path):
            os.chown(folder, self.user, self.group)
            for name in files:
                os.chown(Path(folder, name), self.user, self.group)


def account_for(binaries: Binaries) -> Account:
    """Give the account to run those binaries with; raises `CompileError` if root has none."""
    if os.geteuid() != 0:
        return Account()
    entries = _unprivileged_entries()
    return _namespace(entries) or _other_user(entries, binaries) or _refuse(binaries)


def _unprivileged_entries() -> list[pwd.struct_passwd]:
    entries = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    named = [entries[name] for name in _UNPRIVILEGED if name in entries]
    return named or list(entries.values())[:1]


def _namespace(entries: list[pwd.struct_passwd]) -> Account | None:
    unshare = shutil.which("unshare")
    if unshare is None:
        return None
    for entry in entries:
        # `initdb` looks its user up by id, so it must be one that exists.
        prefix = (unshare, "-U", f"--map-user={entry.pw_uid}", "--")
        if _runs([*prefix, "true"], Account()):
            return Account(prefix=prefix)
    return None


def _other_user(entries: list[pwd.struct_passwd], binaries: Binaries) -> Account | None:
    for entry in entries:
        account = Account(user=entry.pw_uid, group=entry.pw_gid)
        if _runs([binaries.program("postgres"), "--version"], account):
            return account
    return None


def _runs(command: list[str], account: Account) -> bool:
    try:
        finished = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=None if account.user is None else [],
        )
    except (OSError, subprocess.SubprocessError, ValueError):
        return False
    return finished.returncode == 0


def _refuse(binaries: Binaries) -> Account:
    raise error(
        "SW706",
        "PostgreSQL refuses to run as root, and no other account could be used",
        help="run sqlward as another user, allow user namespaces (`unshare -U`), make "
        f"`{binaries.folder}` readable for `nobody`, or set `DATABASE_URL`",
    )
