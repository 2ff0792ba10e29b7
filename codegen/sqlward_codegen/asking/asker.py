"""A process of its own that starts PostgreSQL and asks it, while we do everything else.

Starting the server, loading its schema and talking to it take as long as reading, inferring
and writing: on two processors they go on side by side. The two processes speak over a pair of
sockets; when ours ends, however it ends, the other one stops the server.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import socket
import threading
import traceback
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, NoReturn

import msgspec

from sqlward_codegen.diagnostics import CompileError, Diagnostic, error

if TYPE_CHECKING:
    from sqlward_codegen.asking.answer import Answer
    from sqlward_codegen.catalog import Catalog
    from sqlward_codegen.config import Config
    from sqlward_codegen.model import Statement


class Asker:
    """The process that asks; a context manager, which waits until the server has stopped.

    Every method raises CompileError with what went wrong on the other side: no server, a
    schema that does not load, a connection that was lost.
    """

    def __init__(self, config: Config) -> None:
        self._is_needed = False
        ours, theirs = socket.socketpair()
        self._lifeline: int | None
        lifeline, self._lifeline = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            ours.close()
            os.close(self._lifeline)
            _end_with_owner(lifeline)
            _serve(theirs, config)
        theirs.close()
        os.close(lifeline)
        self._socket = ours
        self._reader, self._writer = ours.makefile("rb"), ours.makefile("wb")

    def __enter__(self) -> Asker:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.dismiss()
        if kind is not None or not self._is_needed:
            # It may be in the middle of something long, like loading the schema.
            self._let_go()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._process, 0)
        self._let_go()

    def dismiss(self) -> None:
        """Say that nothing more will be asked: the server stops in its own time."""
        for file in (self._writer, self._reader, self._socket):
            with contextlib.suppress(OSError):
                file.close()

    def _let_go(self) -> None:
        """Tell the other process, which may not be listening, to end at once."""
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def fingerprint(self) -> str:
        """Give the digest of the catalog's OIDs; returns once the server is there."""
        self._is_needed = True
        fingerprint: str = self._receive()
        return fingerprint

    def ask(self, statements: Sequence[Statement], *, with_catalog: bool) -> None:
        """Ask what PostgreSQL says of each statement, and for the catalog if it is wanted."""
        questions = [(statement.sql, statement.probe) for statement in statements]
        with contextlib.suppress(BrokenPipeError):
            # Why the other side is gone is what it said last.
            _write(self._writer, (with_catalog, questions))

    def catalog(self) -> Catalog:
        """Give the schema as the server knows it; comes first where it was asked for."""
        from sqlward_codegen.catalog import Catalog

        catalog: Catalog = msgspec.msgpack.decode(self._receive(), type=Catalog)
        return catalog

    def answers(self, count: int) -> Iterator[Answer]:
        """Give the answer to each statement that was asked about, in order."""
        from sqlward_codegen.asking.answer import Answer

        decoder = msgspec.msgpack.Decoder(Answer)
        for _ in range(count):
            yield decoder.decode(self._receive())

    def _receive(self) -> Any:
        try:
            message = pickle.load(self._reader)
        except (EOFError, ConnectionResetError) as ended:
            raise error(
                "SW709",
                "the process that talks to PostgreSQL has ended",
                help="run it again; it may have been killed for want of memory",
            ) from ended
        if isinstance(message, _Failure):
            raise CompileError(message.diagnostics)
        if isinstance(message, _Defect):
            raise RuntimeError(message.text)
        return message


class _Failure:
    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics


class _Defect:
    def __init__(self, text: str) -> None:
        self.text = text


def _end_with_owner(lifeline: int) -> None:
    """End in order, whatever we are doing, once the other end of the pipe is closed."""

    def wait() -> None:
        os.read(lifeline, 1)
        # A conversation that is left in the middle is what was asked for, no news.
        logging.getLogger("psycopg").setLevel(logging.CRITICAL)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def _serve(theirs: socket.socket, config: Config) -> NoReturn:
    """Be the other process, until nothing more is asked."""
    # Ctrl-C is for the process that we work for; we end when it does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 1
    try:
        with theirs, theirs.makefile("rb") as reader, theirs.makefile("wb") as writer:
            try:
                _answer(reader, writer, config)
            except CompileError as failure:
                _write(writer, _Failure(failure.diagnostics))
            except BrokenPipeError:
                pass
            except Exception:
                _write(writer, _Defect(traceback.format_exc()))
        code = 0
    finally:
        # No handler of the process that we were forked from may run a second time.
        os._exit(code)


def _answer(reader: IO[bytes], writer: IO[bytes], config: Config) -> None:
    from sqlward_codegen.asking.database import connection_lost, schema_database
    from sqlward_codegen.schema import read_schema

    schema = read_schema(config.schema, config.root)
    with schema_database(config, schema) as connection:
        from sqlward_codegen.asking.ask import Question, ask
        from sqlward_codegen.asking.catalog_query import catalog_fingerprint, read_catalog
        from sqlward_codegen.asking.pipeline import ConnectionLostError

        _write(writer, catalog_fingerprint(connection))
        try:
            with_catalog, questions = pickle.load(reader)
        except EOFError:
            return
        try:
            if with_catalog:
                _write(writer, msgspec.msgpack.encode(read_catalog(connection)))
            for answer in ask(connection.pgconn, [Question(*q) for q in questions]):
                # Encoded by msgspec: pickle takes many times as long for frozen dataclasses.
                pickle.dump(msgspec.msgpack.encode(answer), writer, pickle.HIGHEST_PROTOCOL)
            writer.flush()
        except ConnectionLostError as lost:
            raise connection_lost(lost) from lost


def _write(writer: IO[bytes], message: object) -> None:
    pickle.dump(message, writer, pickle.HIGHEST_PROTOCOL)
    writer.flush()
