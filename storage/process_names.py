"""A name for this process that others on the same machine can prove dead.

Proof spares whoever takes over the wait for a sign of life: after `kill -9` and a start on the same
machine nobody waits. Where nothing can be proved the name is only a name.
"""

import os
import secrets
import socket
from pathlib import Path

_PROCESSES = Path("/proc")


def process_name() -> str:
    """Return "host pid start-tick machine": unlike that of any other process, also of later ones.

    `machine` is this boot and its space of process numbers (containers have their own); a random
    word where the kernel does not tell.
    """
    pid, machine = os.getpid(), _machine()
    started = _started(pid)
    if started is None or machine is None:
        return f"{socket.gethostname()[:40]} {pid} 0 {secrets.token_hex(8)}"
    return f"{socket.gethostname()[:40]} {pid} {started} {machine}"


def is_gone(name: str) -> bool:
    """Return whether the process of that name has surely ended; False also for "nobody can tell"."""
    try:
        _, pid, started, machine = name.rsplit(" ", 3)
    except ValueError:
        return False
    if machine != _machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    found = _started(int(pid))
    return found is not None and found != started


def _machine() -> str | None:
    try:
        boot = (_PROCESSES / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return boot[:13] + os.readlink(_PROCESSES / "self/ns/pid").removeprefix("pid:")  # noqa: PTH115
    except OSError:
        return None


def _started(pid: int) -> str | None:
    """Return when a process started, in ticks since the boot; "ended" for one nobody has waited for yet.

    None where that is not told.
    """
    try:
        line = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may hold anything, brackets too.
    state, *others = line.rpartition(")")[2].split()
    # proc(5): the state is field 3, starttime field 22.
    return "ended" if state in {"Z", "X"} else others[18]
