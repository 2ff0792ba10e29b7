"""A private server: from a cached image where there is one, from `initdb` where not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlward_codegen import __version__
from sqlward_codegen.diagnostics import CompileError, error
from sqlward_codegen.server.account import Account, account_for
from sqlward_codegen.server.binaries import Binaries, find_binaries
from sqlward_codegen.server.cluster import (
    INITDB_OPTIONS,
    PORT,
    Cluster,
    initialise,
    launch,
    wait_until_ready,
)
from sqlward_codegen.server.folders import (
    RunFolder,
    cache_folder,
    make_run_folder,
    run_places,
    sweep,
)
from sqlward_codegen.server.image import Image, prune
from sqlward_codegen.server.template import Template

if TYPE_CHECKING:
    from sqlward_codegen.server.databases import Server

BASES_KEPT = 3
SCHEMAS_KEPT = 5
LAYOUT = 2
"""Goes up when images of before must not be used any more."""


@contextmanager
def private_server(pg_bin: Path | str | None, template: Template | None) -> Iterator[Server]:
    """Give a server of our own, which ends with the block, with its template if one is asked for.

    Raises `CompileError` when it cannot be started.
    """
    sweep()
    binaries = find_binaries(pg_bin)
    account = account_for(binaries)
    images = _Images.of(binaries, template)
    cluster, server, has_template = _start(binaries, account, images)
    name: str | None = None
    try:
        if template:
            made = server.create_template(template.key, template.load)
            name = None if has_template else made
        yield server
    except Exception:
        raise
    except BaseException:
        # Interrupted: whoever did it wants us to end, not to write.
        name = None
        raise
    finally:
        is_kept = name is not None and server.strip(name)
        server.close()
        if cluster.stop(cleanly=is_kept) and is_kept and images.schema:
            images.schema.pack(cluster.folder.data)
            images.prune()
        cluster.remove()


@dataclass(frozen=True, slots=True)
class _Images:
    """The cached images that a run can start from."""

    base: Image
    schema: Image | None

    @classmethod
    def of(cls, binaries: Binaries, template: Template | None) -> _Images:
        folder = cache_folder() / "clusters"
        print_ = _fingerprint(binaries)
        base = Image(folder / f"{print_}.base")
        if template is None:
            return cls(base, None)
        key = hashlib.sha256(template.key.encode()).hexdigest()[:24]
        return cls(base, Image(folder / f"{print_}-{key}.schema"))

    def prune(self) -> None:
        folder = self.base.path.parent
        prune(list(folder.glob("*.base")), BASES_KEPT)
        prune(list(folder.glob("*.schema")), SCHEMAS_KEPT)


def _fingerprint(binaries: Binaries) -> str:
    program = Path(binaries.program("postgres"))
    status = program.stat()
    parts = (
        LAYOUT,
        __version__,
        binaries.version,
        program,
        status.st_size,
        status.st_mtime_ns,
        *INITDB_OPTIONS,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _start(binaries: Binaries, account: Account, images: _Images) -> tuple[Cluster, Server, bool]:
    """Start from the best image that works; says whether it held the template."""
    for image in (images.schema, images.base):
        if image is None:
            continue
        folder = _unpacked(image)
        if folder is None:
            continue
        try:
            return *_run(binaries, account, folder), image is images.schema
        except CompileError:
            # An image of another build, or a damaged one: what `initdb` makes will tell.
            image.discard()
    folder = _run_folder()
    try:
        initialise(binaries, account, folder.data)
    except BaseException:
        folder.remove()
        raise
    images.base.pack(folder.data)
    return *_run(binaries, account, folder), False


def _run(binaries: Binaries, account: Account, folder: RunFolder) -> tuple[Cluster, Server]:
    try:
        cluster = launch(binaries, account, folder)
    except BaseException:
        folder.remove()
        raise
    try:
        # The import takes as long as the server's start: they run side by side.
        from sqlward_codegen.server.databases import Server

        wait_until_ready(cluster)
        return cluster, Server(_conninfo(cluster), is_private=True, binaries=binaries.folder)
    except BaseException:
        cluster.stop()
        cluster.remove()
        raise


def _unpacked(image: Image) -> RunFolder | None:
    if not image.path.exists():
        return None
    for place in run_places():
        try:
            folder = make_run_folder(place)
        except OSError:
            continue
        try:
            if image.unpack(folder.data):
                return folder
        except OSError:
            # No space left: the next place may have some.
            folder.remove()
            continue
        folder.remove()
        image.discard()
        return None
    return None


def _run_folder() -> RunFolder:
    reason: OSError | None = None
    for place in run_places():
        try:
            return make_run_folder(place)
        except OSError as failure:
            reason = failure
    raise error(
        "SW710",
        f"no place for a private PostgreSQL: {reason}",
        help="set `TMPDIR` to a folder that can be written to",
    )


def _conninfo(cluster: Cluster) -> str:
    # Empty values keep libpq's environment variables out.
    return (
        f"host='{cluster.sockets}' port={PORT} user=postgres dbname=postgres "
        "hostaddr='' options='' sslmode=disable client_encoding=utf8"
    )
