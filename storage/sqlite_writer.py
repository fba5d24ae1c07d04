"""The one thread that writes to SQLite: what is queued is committed together.

One fsync for many transactions makes `synchronous=FULL` affordable. Each function runs in a
savepoint of its own, so a failing one undoes only itself. But a full disk, `INSERT OR ROLLBACK` or
a `rollback()` in a function ends the *whole* transaction: then nobody is told anything, and each
function is run once more, alone. So a function has no effects outside the transaction it is given.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage.errors import WriterEndedError
from storage.file_locks import TriedLock, writers_lock
from storage.sqlite_connections import writing_engine
from storage.sqlite_troubles import FATAL, End, end_at_once, fatal, trouble

T = TypeVar("T")

_MOST_AT_ONCE = 128
_LONGEST_SECONDS = 0.01
"""A batch is bounded, so that the first of it does not wait for the last of a thousand: what has
run for so long is committed, and the rest is the next batch."""
_LOG_BYTES = 4 * 1024 * 1024
_LOG_ROWS = 500
"""The write-ahead log is copied into the database when it has grown by this much, or after so many
changed rows. Its file keeps its length then: a commit that makes a file longer waits for the file
system's own journal, 4 ms against 0.5 ms (ext4 on a virtual disk)."""
_MAKE_ROOM_SECONDS = 0.002
"""Left free after a commit while commands want to write (seams: p99 4 to 10 ms for both)."""


class _Request(NamedTuple):
    function: Callable[[Connection], Any]  # its result goes to the future that asked for it
    future: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


class _Answer(NamedTuple):
    request: _Request
    result: Any = None  # whatever the function returned
    error: BaseException | None = None


_Queued: TypeAlias = _Request | threading.Event | None
"""A function to run, a checkpoint to report, or None: stop."""


class _BatchLostError(Exception):
    """The transaction that held the whole batch is gone."""


class SqliteWriter:
    """Runs functions one after the other and commits them in groups; its thread starts with it."""

    def __init__(self, path: Path, *, end: End = end_at_once) -> None:
        """Write to a prepared file; `end` is called when nothing may be written any more."""
        self._path = path
        self._end = end
        self._is_done = False
        self._log = path.with_name(path.name + "-wal")
        self._log_bytes_seen = 0
        self._rows_seen = 0
        self._queue: queue.SimpleQueue[_Queued] = queue.SimpleQueue()
        self._engine = writing_engine(path, patience_seconds=60, polite=False)
        self._writers = TriedLock(writers_lock(path))
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    async def run(self, function: Callable[[Connection], T]) -> T:
        """Return what `function` returned, once it is on disk."""
        if not self._thread.is_alive():
            raise RuntimeError("the database has been stopped")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Request(function=function, future=future, loop=loop))
        return await future

    def checkpoint(self) -> None:
        """Copy the log into the database and empty it; returns when done (call it from a thread)."""
        done = threading.Event()
        self._queue.put(done)
        done.wait()

    def stop(self) -> None:
        """Finish what is queued, checkpoint, close (call it from a thread)."""
        self._queue.put(None)
        self._thread.join()
        self._writers.close()

    def _work(self) -> None:
        try:
            self._write()
        except Exception as error:  # noqa: BLE001 - an edge: nobody would ever be answered
            self._end(fatal(error, self._path) or WriterEndedError(type(error).__name__))
            if not self._is_done:
                self._refuse_all(error)

    def _refuse_all(self, error: Exception) -> None:
        while (item := self._queue.get()) is not None:
            match item:
                case _Request():
                    _tell([_Answer(request=item, error=error)])
                case threading.Event():
                    item.set()

    def _write(self) -> None:
        connection = self._engine.connect()
        try:
            self._begin(connection)
            while self._serve(connection):
                pass
            self._is_done = True
        finally:
            # Closing the last connection checkpoints, so it needs the lock like any checkpoint.
            self._writers.wait()
            connection.close()
            self._writers.give_back()

    def _begin(self, connection: Connection) -> None:
        """Take nothing over from a log that a crash left: it may hold what never reached the disk.

        After a failed sync the kernel shows pages that it has given up. Copied into the database, they
        are written and synced anew, or that fails too and is noticed.
        """
        if self._log_bytes():
            self._after_commit(connection, forced=True)

    def _serve(self, connection: Connection) -> bool:
        """Commit one batch; return False when it was the last."""
        requests: list[_Request] = []
        checkpoints: list[threading.Event] = []
        item = self._queue.get()
        while True:
            match item:
                case None:
                    break
                case _Request():
                    requests.append(item)
                case threading.Event():
                    checkpoints.append(item)
            if len(requests) >= _MOST_AT_ONCE:
                break
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
        while requests:
            answers = self._answers(connection, requests)
            _tell(answers)
            del requests[: len(answers)]
        self._after_commit(connection, forced=bool(checkpoints))
        for done in checkpoints:
            done.set()
        return item is not None

    def _answers(self, connection: Connection, requests: Sequence[_Request]) -> list[_Answer]:
        """Return what became of the first of them, or of as many as one commit should hold."""
        if len(requests) > 1:
            try:
                return _together(connection, requests)
            except (_BatchLostError, SQLAlchemyError, sqlite3.Error) as lost:
                # Before anything is written or tried once more.
                self._end_if_fatal(lost)
                _undo(connection)
        answers = []
        for request in requests:
            answers.append(_alone(connection, request))
            self._end_if_fatal(answers[-1].error)
        return answers

    def _after_commit(self, connection: Connection, *, forced: bool) -> None:
        if not self._writers.take():
            if forced:
                self._writers.wait()
            else:
                time.sleep(_MAKE_ROOM_SECONDS)
                return
        try:
            if forced:
                self._copy_log(connection, "TRUNCATE")
            elif self._log_has_grown(connection):
                self._copy_log(connection, "PASSIVE")
        finally:
            self._writers.give_back()

    def _copy_log(self, connection: Connection, mode: Literal["TRUNCATE", "PASSIVE"]) -> None:
        raw = _raw(connection)
        # On a full disk the log stays as it is, and another commit tries again.
        try:
            # A reader in the middle of the log only keeps it from beginning anew: no error.
            raw.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
            # The next commit begins the log from its start. That is this one, while we hold the lock,
            # and never one of a command (guarantees B07). It changes nothing.
            if mode == "PASSIVE":
                (version,) = raw.execute("PRAGMA user_version").fetchone()
                raw.execute(f"PRAGMA user_version={version}")
        except sqlite3.Error as error:
            self._end_if_fatal(error)
        self._log_bytes_seen = self._log_bytes()
        self._rows_seen = raw.total_changes

    def _end_if_fatal(self, error: BaseException | None) -> None:
        if (why := fatal(error, self._path)) is not None:
            self._end(why)

    def _log_has_grown(self, connection: Connection) -> bool:
        grown = self._log_bytes() - self._log_bytes_seen
        return grown > _LOG_BYTES or _raw(connection).total_changes - self._rows_seen > _LOG_ROWS

    def _log_bytes(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0


def _together(connection: Connection, requests: Sequence[_Request]) -> list[_Answer]:
    """Run them in one transaction, until it has lasted long enough; return what became of each.

    Raises when that transaction does not survive to its commit.
    """
    answers: list[_Answer] = []
    raw = _raw(connection)
    enough_at = time.monotonic() + _LONGEST_SECONDS
    with connection.begin():
        for request in requests:
            if answers and time.monotonic() > enough_at:
                break
            try:
                with _savepoint(raw):
                    result = request.function(connection)
                answer = _Answer(request=request, result=result)
            except Exception as error:
                if trouble(error) in FATAL:
                    raise
                # It belongs to whoever asked, not to us.
                answer = _Answer(request=request, error=error)
            if not raw.in_transaction or not connection.in_transaction():
                raise _BatchLostError
            answers.append(answer)
    return answers


@contextlib.contextmanager
def _savepoint(raw: sqlite3.Connection) -> Iterator[None]:
    """Undo what is done in the block when it raises: SQLAlchemy's own way costs as much as two queries.

    A block that ends the whole transaction is left alone: `_together` finds out.
    """
    raw.execute("SAVEPOINT function")
    try:
        yield
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK TO function")
            raw.execute("RELEASE function")
        raise
    if raw.in_transaction:
        raw.execute("RELEASE function")


def _alone(connection: Connection, request: _Request) -> _Answer:
    try:
        with connection.begin():
            result = request.function(connection)
            _assert_in_transaction(connection)
    except Exception as error:  # noqa: BLE001 - it belongs to whoever asked, not to us
        _undo(connection)
        return _Answer(request=request, error=error)
    return _Answer(request=request, result=result)


def _assert_in_transaction(connection: Connection) -> None:
    if not _raw(connection).in_transaction or not connection.in_transaction():
        raise RuntimeError("the function ended the transaction it was given")


def _undo(connection: Connection) -> None:
    """Leave no transaction open, whichever of SQLite and SQLAlchemy still believes in one."""
    with contextlib.suppress(SQLAlchemyError):
        connection.rollback()
    raw = _raw(connection)
    if raw.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            raw.execute("ROLLBACK")


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _tell(answers: Sequence[_Answer]) -> None:
    """Wake each event loop once, however many of its futures are done."""
    loops: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for answer in answers:
        loops.setdefault(answer.request.loop, []).append(answer)
    for loop, mine in loops.items():
        # The loop may have been closed while its last function was being committed.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, mine)


def _resolve(answers: Sequence[_Answer]) -> None:
    for answer in answers:
        future = answer.request.future
        if future.done():
            continue
        if answer.error is None:
            future.set_result(answer.result)
        else:
            future.set_exception(answer.error)
