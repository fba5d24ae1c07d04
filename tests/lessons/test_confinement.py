"""What a process that reads strangers' courses can no longer do, tried in such a process."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

from lessons.confinement import MEMORY_BYTES, network_can_be_cut

TRY = """
import os, socket, sys
from lessons.confinement import confine

left = confine(cpu_seconds=1)
try:
    {attempt}
except (OSError, MemoryError) as error:
    print(type(error).__name__, left)
else:
    print("done", left)
"""


def tried(attempt: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", TRY.format(attempt=attempt)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_network_is_out_of_reach_or_the_doctor_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        result = tried(f"socket.create_connection(('127.0.0.1', {port}), timeout=5)")

    assert result == (0, "OSError ()\n" if network_can_be_cut() else "done ('network',)\n")


def test_more_memory_than_its_share_is_refused() -> None:
    assert tried(f"bytearray({MEMORY_BYTES})") == (0, "MemoryError ()\n")


def test_a_file_that_is_made_stays_empty(tmp_path: Path) -> None:
    code, told = tried(f"open({str(tmp_path / 'kept')!r}, 'wb', buffering=0).write(b'x')")

    assert (code, told.split()[0]) == (0, "OSError")
    assert (tmp_path / "kept").read_bytes() == b""


def test_work_without_end_is_ended() -> None:
    code, _ = tried("while True: pass")

    assert code in {-signal.SIGXCPU, -signal.SIGKILL}
