"""Programs under measurement run as processes of their own, with their bytecode warm.

A clone that was never run has no bytecode, and its first start compiles for seconds; an installed
service has it. So all children share one fresh cache, and everything is run once before it counts.
Nor has it what only developers install and a library takes up wherever it finds it: that is hidden.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
DUSAL = str(Path(sys.executable).parent / "dusal")
"""The command as people run it: pip's own starting script."""

_HIDDEN = ("rich",)
"""Comes with import-linter; structlog imports it where it is there, which takes 50 ms."""


@dataclass(slots=True)
class Child:
    """One running program."""

    process: subprocess.Popen[bytes]
    started_at: float
    """Monotonic seconds, just before the process was made."""
    peak_bytes: int = 0
    """Largest resident size; known once it has ended."""
    cpu_seconds: float = 0.0
    """Of all its threads; known once it has ended."""
    _ended: bool = field(default=False)

    def wait(self) -> float:
        """Return the seconds from its start to its end; raises when it failed."""
        _, status, used = os.wait4(self.process.pid, 0)
        seconds = time.monotonic() - self.started_at
        self._ended = True
        self.process.returncode = os.waitstatus_to_exitcode(status)
        # Linux counts kilobytes, macOS bytes.
        self.peak_bytes = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        self.cpu_seconds = used.ru_utime + used.ru_stime
        if self.process.returncode not in {0, -15}:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.returncode}")
        return seconds

    def cpu_now(self) -> float:
        """Return the CPU seconds it has used so far, all threads together (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it as a service manager does."""
        if not self._ended:
            # Not `terminate`: it reaps a program that has just ended, and its accounting with it.
            os.kill(self.process.pid, signal.SIGTERM)
            self.wait()


class Children:
    """Starts programs with the interpreter that runs the bench."""

    def __init__(self, scratch: Path) -> None:
        self._environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "DUSAL_", "COVERAGE"))
        }
        self._environ["PYTHONPYCACHEPREFIX"] = str(scratch / "bytecode")
        hiding = scratch / "hiding"
        hiding.mkdir(exist_ok=True)
        hides = "".join(f"sys.modules[{name!r}] = None\n" for name in _HIDDEN)
        (hiding / "sitecustomize.py").write_text(f"import sys\n{hides}", encoding="utf-8")
        self._environ["PYTHONPATH"] = os.pathsep.join((str(hiding), str(ROOT)))
        self._scratch = scratch

    def start(self, *words: str, **environ: str) -> Child:
        """Start `python words…`."""
        command = [sys.executable, *words]
        log = (self._scratch / "children.log").open("ab")
        started_at = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self._scratch,
            env=self._environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()
        return Child(process, started_at)

    @contextmanager
    def running(self, *words: str, **environ: str) -> Iterator[Child]:
        """Run a program while the block lasts."""
        child = self.start(*words, **environ)
        try:
            yield child
        finally:
            child.stop()

    def seconds(self, *words: str) -> float:
        """Return how long a program takes from its start to its end."""
        return self.start(*words).wait()


def alternating(
    children: Children, first: Sequence[str], second: Sequence[str], *, runs: int
) -> list[tuple[float, float]]:
    """Return the times of two programs that took turns, after one run of each that does not count."""
    children.seconds(*first)
    children.seconds(*second)
    return [(children.seconds(*first), children.seconds(*second)) for _ in range(runs)]
