"""Processes that start in a tenth of the time: forked from one that has imported what they need.

Starting an interpreter and importing the service takes a second of a processor, and a hundred tests want
a process of their own. What is forked here has opened nothing yet; it is a process like any other, with
its own number, folder, environment and standard streams, and all it does from its fork on is the
product's own code, up to the interpreter's own end. What a start itself is worth is tested with real
ones: `Town.launched` (tests/app) and tests/lessons/test_reading_apart.py.
"""

import asyncio
import atexit
import contextlib
import gc
import json
import os
import pkgutil
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.quick_process import ask

ROOT: Final = Path(__file__).parent.parent
_CLIENT: Final = Path(__file__).with_name("quick_process.py")
_LONGEST_QUESTION: Final = 1 << 17
_CLOSE_BELOW: Final = 256
_STREAMS: Final = 3
_NOTHING: Final = os.open(os.devnull, os.O_RDONLY)


@dataclass(slots=True)
class Quick:
    """One forked process, as a test looks at one of asyncio's."""

    pid: int
    _told: socket.socket
    _out: asyncio.StreamReader
    _err: asyncio.StreamReader
    returncode: int | None = None
    _watch: "asyncio.Task[None] | None" = None

    def watch(self) -> None:
        """Take note of its end as soon as there is one."""
        self._watch = asyncio.create_task(self._ended())

    async def _ended(self) -> None:
        self.returncode = int(await asyncio.get_running_loop().sock_recv(self._told, 64) or b"70")
        self._told.close()

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def communicate(self) -> tuple[bytes, bytes]:
        """Return all it wrote, once it has ended."""
        assert self._watch is not None
        out, err, _ = await asyncio.gather(self._out.read(), self._err.read(), self._watch)
        return out, err


class Source:
    """What they are forked from, on the side of whoever asks."""

    def __init__(self, entry: str, *imported: str) -> None:
        """Run `entry`, a `module:function`, behind imports of these modules; a function of them is called."""
        self._folder = tempfile.mkdtemp(prefix="dusal-quick-")
        self._door = f"{self._folder}/door"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DUSAL_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.quick_processes", self._door, entry, *imported],
            cwd=ROOT, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"open\n":
            raise RuntimeError("there is nothing to fork from")
        self._process.stdout.close()
        atexit.register(self._leave)

    def _leave(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        Path(self._door).unlink()
        Path(self._folder).rmdir()

    def command(self) -> tuple[str, ...]:
        """Return a command that runs one, for code that wants to start a command."""
        return (sys.executable, "-S", "-E", "-s", str(_CLIENT), self._door)

    async def start(self, *words: str, cwd: Path, env: Mapping[str, str]) -> Quick:
        """Fork one with `words` behind its name."""
        loop = asyncio.get_running_loop()
        told = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        told.connect(self._door)
        with (
            _pipe() as (out, out_there),
            _pipe() as (err, err_there),
        ):
            streams = [_NOTHING, out_there, err_there]
            ask(told, list(words), cwd=str(cwd), env=dict(env), streams=streams)
            told.settimeout(0)
            pid = int(await loop.sock_recv(told, 64))
            begun = Quick(pid, told, await _reader(out), await _reader(err))
        begun.watch()
        return begun


@contextlib.contextmanager
def _pipe() -> Any:  # an iterator of two numbers
    ours, theirs = os.pipe()
    try:
        yield ours, theirs
    finally:
        os.close(theirs)


async def _reader(descriptor: int) -> asyncio.StreamReader:
    """Return what reads it to its end, and closes it then."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader


@cache
def dusal() -> Source:
    """Return what `dusal …` is forked from, started at the first call."""
    return Source(
        "app.front_door:main",
        *("app.cli", "app.settings_file", "app.log_setup", "lessons.yaml_text", "storage.hearing"),
        *("app.serving", "app.leading", "app.service", "app.wiring", "app.web", "app.health"),
        *("app.commands.serve", "app.commands.announce", "app.commands.doctor", "app.commands.restore"),
        *("alembic.command", "psycopg", "apscheduler.schedulers.asyncio"),
        *("uvicorn.lifespan.off", "uvicorn.protocols.http.h11_impl"),
        # Built at its first use, which would be in every fork.
        "academy.outgoing:OUTGOING.rebuild",
    )


@cache
def reader() -> Source:
    """Return what the process in which courses are read is forked from.

    Its memory is counted from its first byte on, so nothing else is imported there.
    """
    return Source("lessons.reading_process:main", "lessons.versions")


class _Yard:
    """The process they are forked from: no threads, nothing opened, no loop running."""

    def __init__(self, door: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(door)
        self._door.listen(64)
        self._told, tell = os.pipe()
        os.set_blocking(tell, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(tell)
        for one in (self._door, self._told, sys.stdin):
            self._selector.register(one, selectors.EVENT_READ)
        self._running: dict[socket.socket, int] = {}

    def serve(self) -> dict[str, Any] | None:  # JSON as `ask` writes it
        """Fork for whoever asks; return what was asked for in the fork, and None once nobody asks."""
        while True:
            for key, _ in self._selector.select():
                match key.fileobj:
                    case self._door:
                        asker, _ = self._door.accept()
                        self._selector.register(asker, selectors.EVENT_READ)
                    case self._told:
                        os.read(self._told, 4096)
                        self._reap()
                    case socket.socket() as asker:
                        if (asked := self._read(asker)) is not None:
                            return asked
                    case _:
                        for left in self._running.values():
                            os.kill(left, signal.SIGKILL)
                        return None

    def _read(self, asker: socket.socket) -> dict[str, Any] | None:  # the same
        asked, streams, _, _ = socket.recv_fds(asker, _LONGEST_QUESTION, _STREAMS)
        if not asked:
            self._selector.unregister(asker)
            asker.close()
            if (left := self._running.pop(asker, None)) is not None:
                os.kill(left, signal.SIGKILL)
            return None
        if (pid := os.fork()) == 0:
            self._become(streams)
            told: dict[str, Any] = json.loads(asked)
            return told
        self._running[asker] = pid
        for stream in streams:
            os.close(stream)
        asker.send(str(pid).encode())
        return None

    def _become(self, streams: list[int]) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        self._selector.close()
        for left in (self._door, *self._running):
            left.detach()
        os.closerange(_STREAMS, _CLOSE_BELOW)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for asker in [one for one, running in self._running.items() if running == pid]:
                del self._running[asker]
                with contextlib.suppress(OSError):
                    asker.send(str(os.waitstatus_to_exitcode(status)).encode())


def main(door: str, entry: str, *imported: str) -> None:
    for one in imported:
        found = pkgutil.resolve_name(one)
        if callable(found):
            found()
    run: Callable[[], None] = pkgutil.resolve_name(entry)
    gc.freeze()
    yard = _Yard(door)
    print("open", flush=True)  # noqa: T201 - to whoever waits for it
    asked = yard.serve()
    if asked is None:
        return
    # From here on this is the process that was asked for.
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv[1:] = asked["words"]
    run()


if __name__ == "__main__":
    main(*sys.argv[1:])
