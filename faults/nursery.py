"""Children that are cheap to start: one process imports everything once, and forks when asked.

Starting an interpreter and importing the service takes a second of a processor; a thousand kills
would measure that. What is forked has opened nothing yet: SQLite does not survive a fork. A child is a
process of its own, is killed like one, and all it does from its fork on is the product's own code.
"""

import asyncio
import atexit
import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

from academy.outgoing import OUTGOING
from app.log_setup import set_up

ROOT = Path(__file__).parent.parent
ROLES = {
    "disk": "faults.disk_child",
    "starved": "faults.starved_child",
    "sender": "faults.sending_child",
    "worker": "faults.working_child",
    "serve": "faults.serving_child",
    "writer": "faults.writing_child",
}
"""Modules with an `async def live(**given) -> int`, by what the child is to be."""
_CLOSE_BELOW = 256


class Child:
    """One forked process."""

    def __init__(self, pid: int, *, ended: "asyncio.Future[int]", log: Path) -> None:
        self.pid = pid
        self._ended = ended
        self._log = log

    @property
    def is_running(self) -> bool:
        return not self._ended.done()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; nothing happens when it has ended already."""
        if self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self, *, seconds: float = 60.0) -> int:
        """Return the exit code, negative for a signal; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._ended)

    def processor_seconds(self) -> float:
        """Return how long it has kept a processor busy so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def written(self) -> str:
        """Return what it and its siblings wrote to standard error."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""


class Nursery:
    """Forks children while the `opened` block lasts, and ends those that are left at its end."""

    def __init__(self, writer: asyncio.StreamWriter, *, log: Path) -> None:
        self._writer = writer
        self._log = log
        self._begun: list[asyncio.Future[Child]] = []
        self._running: dict[int, asyncio.Future[int]] = {}

    async def child(self, role: str, *, environ: Mapping[str, str] | None = None, **given: object) -> Child:
        """Fork one; `given` are the arguments of its `live`."""
        begun: asyncio.Future[Child] = asyncio.get_running_loop().create_future()
        self._begun.append(begun)
        asked = {"role": role, "environ": dict(environ or {}), "log": str(self._log), "given": given}
        self._writer.write(json.dumps(asked).encode() + b"\n")
        await self._writer.drain()
        return await begun

    async def run(self, role: str, *, crash_at: str = "", seconds: float = 60.0, **given: object) -> int:
        """Fork one and return its exit code."""
        environ = {"DUSAL_CRASH_AT": crash_at} if crash_at else {}
        return await (await self.child(role, environ=environ, **given)).wait(seconds=seconds)

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Take in what the nursery says, until it ends."""
        while line := await reader.readline():
            told = json.loads(line)
            if "begun" in told:
                ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
                self._running[told["begun"]] = ended
                self._begun.pop(0).set_result(Child(told["begun"], ended=ended, log=self._log))
            elif (running := self._running.pop(told["ended"], None)) is not None:
                running.set_result(told["code"])


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Nursery]:
    """Use this process's nursery; what the children say goes to `folder`/children.log."""
    reader, writer = await asyncio.open_unix_connection(_started())
    nursery = Nursery(writer, log=folder / "children.log")
    listening = asyncio.create_task(nursery.listen(reader))
    try:
        yield nursery
    finally:
        listening.cancel()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


_door: str | None = None


def _started() -> str:
    """Return the socket of the nursery, which is started at the first call and ends with this process."""
    global _door  # noqa: PLW0603 - one nursery for all runs of a process is the point
    if _door is None:
        folder = tempfile.mkdtemp(prefix="dusal-nursery-")
        door = f"{folder}/door"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("DUSAL_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "faults.nursery", door],
            cwd=ROOT, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != b"open\n":
            raise RuntimeError("the nursery did not open")
        process.stdout.close()
        atexit.register(_end, process, folder)
        _door = door
    return _door


def _end(process: "subprocess.Popen[bytes]", folder: str) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait()
    for left in Path(folder).iterdir():
        left.unlink()
    Path(folder).rmdir()


class _Yard:
    """The nursery itself, in its own process: no threads, nothing opened, no loop running."""

    def __init__(self, door: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(door)
        self._door.listen()
        told, tell = os.pipe()
        os.set_blocking(tell, False)
        self._told = told
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(tell)
        self._selector.register(self._door, selectors.EVENT_READ)
        self._selector.register(told, selectors.EVENT_READ)
        self._selector.register(sys.stdin, selectors.EVENT_READ)
        self._asked: dict[socket.socket, bytes] = {}
        self._parents: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Fork for whoever asks, until standard input ends."""
        while True:
            for key, _ in self._selector.select():
                match key.fileobj:
                    case self._door:
                        asker, _ = self._door.accept()
                        self._asked[asker] = b""
                        self._selector.register(asker, selectors.EVENT_READ)
                    case self._told:
                        os.read(self._told, 4096)
                        self._reap()
                    case socket.socket() as asker:
                        self._read(asker)
                    case _:
                        for asker in list(self._asked):
                            self._leave(asker)
                        return

    def _read(self, asker: socket.socket) -> None:
        came = asker.recv(65536)
        if not came:
            self._leave(asker)
            return
        *lines, self._asked[asker] = (self._asked[asker] + came).split(b"\n")
        for line in lines:
            asked = json.loads(line)
            if (pid := os.fork()) == 0:
                _grow_up(**asked)
            self._parents[pid] = asker
            self._tell(asker, begun=pid)

    def _reap(self) -> None:
        while self._parents:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._tell(self._parents.pop(pid), ended=pid, code=os.waitstatus_to_exitcode(status))

    def _tell(self, asker: socket.socket, **what: int) -> None:
        with contextlib.suppress(OSError):
            asker.sendall(json.dumps(what).encode() + b"\n")

    def _leave(self, asker: socket.socket) -> None:
        """Forget somebody who has gone, and what was started for them."""
        self._selector.unregister(asker)
        del self._asked[asker]
        for pid in [pid for pid, parent in self._parents.items() if parent is asker]:
            os.kill(pid, signal.SIGKILL)
        asker.close()


def _grow_up(*, role: str, environ: Mapping[str, str], log: str, given: Mapping[str, Any]) -> NoReturn:
    """Become what was asked for, and never return."""
    code = 70
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.closerange(3, _CLOSE_BELOW)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
        os.environ.update(environ)
        set_up(level="WARNING")
        live: Callable[..., Awaitable[int]] = importlib.import_module(ROLES[role]).live
        code = asyncio.run(live(**given))  # type: ignore[arg-type]  # every `live` is a coroutine
    except BaseException:  # noqa: BLE001 - the edge: the parent learns of it by the code and the log
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main(door: str) -> None:
    for module in ROLES.values():
        importlib.import_module(module)
    # Built at its first use, which in a child would be after each kill.
    OUTGOING.rebuild()
    gc.freeze()
    yard = _Yard(door)
    print("open", flush=True)
    yard.serve()


if __name__ == "__main__":
    main(sys.argv[1])
